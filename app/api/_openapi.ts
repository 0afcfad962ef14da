import { z } from 'zod';
import type { ErrorCode } from '#flow/error-code';
import type { JsonObject } from '#flow/json';
import type { Operation } from './_operations/operation';
import { table } from './_operations/table';
import { statusOf } from './_reply';

/** The OpenAPI 3.1 document, derived from the operations: whatever a route checks stands here, and nothing else. */
export function openApi(): JsonObject {
  const paths: Record<string, JsonObject> = {};
  for (const [name, operation] of Object.entries<Operation>(table)) {
    const path = operation.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: describe(name, operation) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Millrace', version: '1', description: 'Times are ISO 8601 in UTC. A session needs an allowed Origin to change anything; an API key needs none. Lists take `limit` (at most 200) and `cursor`.' },
    servers: [{ url: '/api/v1' }],
    security: [{ session: [] }, { apiKey: [] }],
    paths,
    components: {
      securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: 'millrace.session_token' }, apiKey: { type: 'http', scheme: 'bearer' } },
      parameters: { workspace: { name: 'X-Workspace', in: 'header', description: 'Another workspace of the account than the one the session used last.', schema: { type: 'string' } } },
      schemas: { Error: errorSchema },
    },
  };
}

function describe(operationId: string, operation: Operation): JsonObject {
  const ofWorkspace = operation.right !== 'person' && operation.right !== 'anyone';
  return {
    operationId,
    summary: operation.summary,
    ...(ofWorkspace ? { 'x-right': operation.right } : {}),
    ...(operation.right === 'anyone' ? { security: [] } : {}),
    parameters: [
      ...parameters('path', operation.params), ...parameters('query', operation.query),
      ...(ofWorkspace ? [{ $ref: '#/components/parameters/workspace' }] : []),
    ],
    ...bodyOf(operation),
    responses: { ...successes(operation), ...failures(operation) },
  };
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonObject {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline' });
  return JSON.parse(JSON.stringify(rest)); // plain JSON: zod's own type allows undefined
}

function parameters(place: 'path' | 'query', schema: z.ZodType | undefined): JsonObject[] {
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries<z.ZodType>(schema.shape).map(([name, each]) => ({
    name, in: place, required: place === 'path' || !each.safeParse(undefined).success, schema: schemaOf(each, 'input'),
  }));
}

function bodyOf(operation: Operation): JsonObject {
  if (operation.upload) {
    const schema = { type: 'object', required: [operation.upload], properties: { [operation.upload]: { type: 'string', format: 'binary' } } };
    return { requestBody: { required: true, content: { 'multipart/form-data': { schema } } } };
  }
  return operation.body ? { requestBody: { required: !operation.body.safeParse({}).success, content: { 'application/json': { schema: schemaOf(operation.body, 'input') } } } } : {};
}

function successes(operation: Operation): JsonObject {
  return Object.fromEntries(Object.entries(operation.answers).map(([status, schema]) => [status, {
    description: status === '202' ? 'Accepted' : status === '201' ? 'Made' : 'Done',
    content: schema ? { 'application/json': { schema: schemaOf(schema, 'output') } } : { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
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
    ...(operation.params || operation.query || operation.body || operation.upload ? ['PARAM_INVALID' as const] : []),
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

const errorSchema: JsonObject = {
  type: 'object', required: ['error'],
  properties: {
    error: {
      type: 'object', required: ['code', 'message'],
      properties: {
        code: { type: 'string' }, message: { type: 'string', description: 'In French when Accept-Language or the cookie `locale` asks for it, else in English.' },
        stepId: { type: 'string' }, itemIndex: { type: 'integer' }, path: { type: 'string' }, details: {},
      },
    },
  },
};
