import { z } from 'zod';
import type { ErrorCode } from '#flow/error-code';
import type { JsonObject } from '#flow/json';
import { text, type Locale, type Text } from '#flow/text';
import type { Operation } from './_operations/operation';
import { table } from './_operations/table';
import { statusOf } from './_reply';

/** The OpenAPI 3.1 document, derived from the operations: whatever a route checks stands here, and nothing else. Its words are in the reader's language. */
export function openApi(locale: Locale): JsonObject {
  const paths: Record<string, JsonObject> = {};
  const document: Document = { locale, shared: {} };
  for (const [name, operation] of Object.entries<Operation>(table)) {
    const path = operation.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: describe(name, operation, document) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Millrace', version: '1', description: words.info[locale] },
    servers: [{ url: '/api/v1' }],
    security: [{ session: [] }, { apiKey: [] }],
    paths,
    components: {
      schemas: { Error: errorSchema(locale), ...document.shared },
      securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: 'millrace.session_token' }, apiKey: { type: 'http', scheme: 'bearer' } },
      parameters: { workspace: { name: 'X-Workspace', in: 'header', description: words.workspace[locale], schema: { type: 'string' } } },
    },
  };
}

/** A document in the making: its language, and the schemas that stand once, which references point to. */
type Document = { locale: Locale; shared: JsonObject };

const words = {
  info: text(
    'Times are ISO 8601 in UTC. A session needs an allowed Origin to change anything; an API key needs none. Lists take `limit` (at most 200) and `cursor`. A parameter of the query that an operation does not name is refused.',
    'Les heures suivent ISO 8601 en UTC. Une session doit venir d’une origine permise pour modifier quoi que ce soit ; une clé d’API n’en a pas besoin. Les listes prennent `limit` (200 au plus) et `cursor`. Un paramètre de requête qu’une opération ne nomme pas est refusé.',
  ),
  workspace: text('Another workspace of the account than the one the session used last.', 'Un autre espace du compte que le dernier utilisé par la session.'),
  message: text('In French when Accept-Language or the cookie `locale` asks for it, else in English.', 'En français si Accept-Language ou le cookie `locale` le demande, sinon en anglais.'),
  done: text('Done', 'Fait'), made: text('Made', 'Créé'), accepted: text('Accepted', 'Accepté'),
} satisfies { [key: string]: Text };

function describe(operationId: string, operation: Operation, document: Document): JsonObject {
  const ofWorkspace = operation.right !== 'person' && operation.right !== 'anyone';
  return {
    operationId,
    summary: operation.summary[document.locale],
    ...(ofWorkspace ? { 'x-right': operation.right } : {}),
    ...(operation.right === 'anyone' ? { security: [] } : {}),
    parameters: [
      ...parameters('path', operation.params, document), ...parameters('query', operation.query, document),
      ...(ofWorkspace ? [{ $ref: '#/components/parameters/workspace' }] : []),
    ],
    ...bodyOf(operation, document),
    responses: { ...successes(operation, document), ...failures(operation) },
  };
}

/** Schemas with an id go to `shared`, and references to them point there. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output', { locale, shared }: Document): JsonObject {
  const { $schema: _dialect, ...own } = z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline', override: ({ jsonSchema }) => plain(jsonSchema, locale) });
  const { $defs, ...rest }: JsonObject = JSON.parse(JSON.stringify(own).replaceAll('"#/$defs/', '"#/components/schemas/'));
  Object.assign(shared, $defs);
  return rest;
}

/** Without what says nothing to a reader: the pattern behind a format, the bounds of every JavaScript integer. */
function plain(schema: z.core.JSONSchema.BaseSchema, locale: Locale): void {
  if (schema.format) delete schema.pattern;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (locale === 'fr' && typeof schema['french'] === 'string') schema.description = schema['french'];
  delete schema['french'];
  delete schema['id'];
}

function parameters(place: 'path' | 'query', schema: z.ZodType | undefined, document: Document): JsonObject[] {
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries<z.ZodType>(schema.shape).map(([name, each]) => ({
    name, in: place, required: place === 'path' || !each.safeParse(undefined).success, schema: schemaOf(each, 'input', document),
  }));
}

function bodyOf({ upload, body }: Operation, document: Document): JsonObject {
  if (upload) {
    const schema = { type: 'object', required: [upload], properties: { [upload]: { type: 'string', format: 'binary' } } };
    return { requestBody: { required: true, content: { 'multipart/form-data': { schema } } } };
  }
  if (!body) return {};
  const required = !(body instanceof z.ZodObject) || !body.safeParse({}).success;
  return { requestBody: { required, content: { 'application/json': { schema: schemaOf(body, 'input', document) } } } };
}

function successes(operation: Operation, document: Document): JsonObject {
  return Object.fromEntries(Object.entries(operation.answers).map(([status, schema]) => [status, {
    description: words[status === '202' ? 'accepted' : status === '201' ? 'made' : 'done'][document.locale],
    content: schema ? { 'application/json': { schema: schemaOf(schema, 'output', document) } } : { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
  }]));
}

/** The codes an operation may answer with: its own, and those its kind always has. */
export function codesOf(operation: Operation): ErrorCode[] {
  const known = operation.right !== 'anyone';
  const ofWorkspace = known && operation.right !== 'person';
  return [...new Set<ErrorCode>([
    ...(operation.errors ?? []),
    ...(known ? ['NOT_SIGNED_IN' as const] : []),
    ...(ofWorkspace ? ['WORKSPACE_NOT_FOUND' as const, 'ACCESS_DENIED' as const] : []),
    ...(known && operation.method !== 'GET' ? ['ORIGIN_REFUSED' as const] : []),
    'PARAM_INVALID',
    ...(operation.body ? ['INVALID_JSON' as const] : []),
    ...(operation.upload ? ['PARAM_REQUIRED' as const] : []),
    ...(operation.body || operation.upload ? ['UNSUPPORTED_MEDIA_TYPE' as const, 'TOO_LARGE' as const] : []),
    'INTERNAL',
  ])];
}

function failures(operation: Operation): JsonObject {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codesOf(operation)) byStatus.set(statusOf(code), [...(byStatus.get(statusOf(code)) ?? []), code]);
  return Object.fromEntries([...byStatus].map(([status, codes]) => [status, {
    description: codes.join(', '),
    content: { 'application/json': { schema: { allOf: [{ $ref: '#/components/schemas/Error' }, { properties: { error: { properties: { code: { enum: codes } } } } }] } } },
  }]));
}

const errorSchema = (locale: Locale): JsonObject => ({
  type: 'object', required: ['error'],
  properties: {
    error: {
      type: 'object', required: ['code', 'message'],
      properties: {
        code: { type: 'string' }, message: { type: 'string', description: words.message[locale] },
        stepId: { type: 'string' }, itemIndex: { type: 'integer' }, path: { type: 'string' }, details: {},
      },
    },
  },
});
