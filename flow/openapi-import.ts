import { fail } from './failure';
import { endpointParameter, headerName, isReservedHeader, parameterTypes, pathTemplate, templateParameters, type CallMethod, type EndpointDefinition, type EndpointParameter } from './integration';
import { isJsonObject, type Json, type JsonObject } from './json';
import { text } from './text';

/**
 * Endpoints out of an OpenAPI 3 document: one per path and method. References are followed within the document only; one
 * that leads back to itself is refused, a schema that holds itself is cut where it repeats.
 */
export type ImportedEndpoint = Omit<EndpointDefinition, 'responseSchema'> & { /** "GET /orders/{id}". */ key: string; responseSchema: Json };
export type ImportPreview = { title: string; server: string | null; endpoints: ImportedEndpoint[]; skipped: { key: string; reason: string }[] };

const methods: Record<string, CallMethod> = { get: 'Get', post: 'Post', put: 'Put', delete: 'Delete' };
const otherMethods = ['patch', 'head', 'options', 'trace'];
const mostOperations = 500;
const budget = 200_000;
const deepestSchema = 10;
const mostHops = 50;

export function importOpenApi(document: Json): ImportPreview {
  if (!isJsonObject(document)) return notOne('The document is no object.', 'Le document n’est pas un objet.');
  const version = document['openapi'];
  if (typeof version !== 'string' || !/^3\.\d/.test(version)) {
    return notOne('The document is no OpenAPI 3: "openapi" must begin with 3 (Swagger 2 has to be converted first).', 'Le document n’est pas de l’OpenAPI 3 : « openapi » doit commencer par 3 (Swagger 2 est à convertir d’abord).');
  }
  const paths = document['paths'] ?? null;
  if (!isJsonObject(paths)) return notOne('The document has no "paths".', 'Le document n’a pas de « paths ».');
  const reader = new Reader(document);
  const preview: ImportPreview = { title: short(isJsonObject(document['info'] ?? null) ? wordsOf(object(document['info'])['title']) : ''), server: serverOf(document['servers'] ?? null), endpoints: [], skipped: [] };
  for (const [path, given] of Object.entries(paths)) readPathItem(path, reader.resolved(given, `paths.${short(path)}`), reader, preview);
  return preview;
}

function notOne(en: string, fr: string): never {
  return fail('VALIDATION_FAILED', text(en, fr), { path: 'document' });
}

const short = (words: string) => words.slice(0, 200);
const wordsOf = (value: Json | undefined) => (typeof value === 'string' ? value : '');
const object = (value: Json | undefined): JsonObject => (value !== undefined && isJsonObject(value) ? value : {});

function serverOf(servers: Json): string | null {
  const first = Array.isArray(servers) ? object(servers[0])['url'] : undefined;
  return typeof first === 'string' && /^https?:\/\//.test(first) && URL.canParse(first) ? first.replace(/\/+$/, '') : null;
}

function readPathItem(path: string, item: Json, reader: Reader, preview: ImportPreview): void {
  const shared = object(item);
  for (const [verb, given] of Object.entries(shared)) {
    const key = `${verb.toUpperCase()} ${short(path)}`;
    if (otherMethods.includes(verb)) preview.skipped.push({ key, reason: 'method' });
    const method = methods[verb];
    if (!method) continue;
    if (preview.endpoints.length + preview.skipped.length >= mostOperations) notOne(`The document has more than ${mostOperations} operations. Import the part of it that you need.`, `Le document a plus de ${mostOperations} opérations. Importez la partie dont vous avez besoin.`);
    if (!pathTemplate.safeParse(path).success) preview.skipped.push({ key, reason: 'path' });
    else preview.endpoints.push(endpointOf(key, path, method, reader.resolved(given, key), shared['parameters'] ?? null, reader));
  }
}

function endpointOf(key: string, path: string, method: CallMethod, given: Json, shared: Json, reader: Reader): ImportedEndpoint {
  const operation = object(given);
  const parameters = new Map<string, EndpointParameter>();
  for (const list of [shared, operation['parameters'] ?? null]) {
    for (const each of Array.isArray(list) ? list.slice(0, 200) : []) {
      const parameter = parameterOf(reader.resolved(each, key), reader);
      if (parameter && (parameter.in !== 'path' || templateParameters(path).includes(parameter.name))) parameters.set(`${parameter.in} ${parameter.name.toLowerCase()}`, parameter);
    }
  }
  for (const name of templateParameters(path)) if (!parameters.has(`path ${name.toLowerCase()}`)) parameters.set(`path ${name.toLowerCase()}`, { name, in: 'path', required: true });
  const body = method === 'Get' ? null : bodyOf(operation['requestBody'] ?? null, key, reader);
  const all = [...parameters.values(), ...(body?.parameters ?? [])].slice(0, 100);
  return {
    key, name: short(wordsOf(operation['summary']).trim() || wordsOf(operation['operationId']).trim() || key), path, methods: [method], parameters: all,
    responseSchema: answerOf(operation['responses'] ?? null, key, reader), idempotent: false, bodyKind: body?.kind ?? 'json',
  };
}

function parameterOf(given: Json, reader: Reader): EndpointParameter | null {
  const one = object(given);
  const [name, place] = [wordsOf(one['name']), one['in']];
  if ((place !== 'path' && place !== 'query' && place !== 'header') || name === '') return null;
  if (place === 'header' && (!headerName.safeParse(name).success || isReservedHeader(name) || name.toLowerCase() === 'authorization')) return null;
  const schema = object(reader.schema(one['schema'] ?? null));
  return checked({ name, in: place, ...typeOf(schema), ...(one['required'] === true || place === 'path' ? { required: true } : {}), ...defaultOf(schema) });
}

const checked = (parameter: EndpointParameter): EndpointParameter | null => (endpointParameter.safeParse(parameter).success ? parameter : null);

function typeOf(schema: JsonObject): { type?: (typeof parameterTypes)[number] } {
  const format = schema['format'];
  if (schema['type'] === 'string' && (format === 'date' || format === 'date-time')) return { type: format };
  const type = parameterTypes.find((each) => each === schema['type']);
  return type ? { type } : {};
}

const defaultOf = (schema: JsonObject): { default?: Json } => {
  const value = schema['default'];
  return value === undefined || value === null || JSON.stringify(value).length > 2_000 ? {} : { default: value };
};

type Body = { kind: EndpointDefinition['bodyKind']; parameters: EndpointParameter[] };

/** Each property of an object becomes a parameter; anything else is the body as a whole. */
function bodyOf(given: Json, key: string, reader: Reader): Body | null {
  const request = object(reader.resolved(given, key));
  const content = object(request['content']);
  const json = Object.keys(content).find((type) => type.includes('json'));
  const type = json ?? Object.keys(content)[0];
  if (type === undefined) return null;
  const kind = type.startsWith('multipart/') ? 'multipart' : type === 'application/x-www-form-urlencoded' ? 'form' : 'json';
  const schema = object(reader.schema(object(content[type])['schema'] ?? null));
  const required = new Set(Array.isArray(schema['required']) ? schema['required'].map(String) : []);
  const properties = Object.entries(object(schema['properties'])).slice(0, 60);
  const parameters = properties.flatMap(([name, each]) => checked({ name, in: 'body', ...typeOf(object(each)), ...(required.has(name) ? { required: true } : {}), ...defaultOf(object(each)) }) ?? []).filter((each) => each.name !== '' && !/[.[\]"]/.test(each.name));
  return { kind, parameters: parameters.length > 0 ? parameters : [{ name: '', in: 'body', ...(request['required'] === true ? { required: true } : {}) }] };
}

function answerOf(given: Json, key: string, reader: Reader): Json {
  const responses = object(given);
  const good = ['200', '201', '202', '2XX', '203', 'default'].find((status) => Object.hasOwn(responses, status));
  if (good === undefined) return null;
  const content = object(object(reader.resolved(responses[good] ?? null, key))['content']);
  const type = Object.keys(content).find((each) => each.includes('json'));
  const schema = type === undefined ? null : reader.schema(object(content[type])['schema'] ?? null);
  return isJsonObject(schema) && Object.keys(schema).length > 0 && JSON.stringify(schema).length < 200_000 ? schema : null;
}

/** Follows references, and counts what it costs. */
class Reader {
  private readonly root: JsonObject;
  private spent = 0;

  constructor(root: JsonObject) {
    this.root = root;
  }

  resolved(given: Json, at: string): Json {
    let node = given;
    const seen = new Set<string>();
    for (;;) {
      this.spend();
      const ref = isJsonObject(node) ? node['$ref'] : undefined;
      if (typeof ref !== 'string') return node;
      if (seen.has(ref) || seen.size > mostHops) return notOne(`The reference ${short(ref)} (at ${at}) leads back to itself.`, `La référence ${short(ref)} (dans ${at}) ramène à elle-même.`);
      seen.add(ref);
      node = this.find(ref, at);
    }
  }

  private find(ref: string, at: string): Json {
    if (!ref.startsWith('#/')) return notOne(`The reference ${short(ref)} (at ${at}) leads out of the document. Bundle it into one document first.`, `La référence ${short(ref)} (dans ${at}) sort du document. Regroupez-le d’abord en un seul document.`);
    let node: Json | undefined = this.root;
    for (const part of ref.slice(2).split('/').map((each) => each.replaceAll('~1', '/').replaceAll('~0', '~'))) {
      const name = decoded(part);
      if (Array.isArray(node)) node = /^\d{1,6}$/.test(name) ? node[Number(name)] : undefined;
      else node = node !== undefined && isJsonObject(node) && Object.hasOwn(node, name) ? node[name] : undefined;
    }
    return node ?? notOne(`The reference ${short(ref)} (at ${at}) leads nowhere.`, `La référence ${short(ref)} (dans ${at}) ne mène nulle part.`);
  }

  /** A schema without references, as deep as pickers need it. */
  schema(given: Json, open: readonly string[] = []): Json {
    this.spend();
    if (!isJsonObject(given)) return {};
    const ref = given['$ref'];
    const node = object(this.resolved(given, typeof ref === 'string' ? ref : 'schema'));
    if ((typeof ref === 'string' && open.includes(ref)) || open.length >= deepestSchema) return { type: 'object' };
    const inside = [...open, typeof ref === 'string' ? ref : ''];
    const parts = Array.isArray(node['allOf']) ? node['allOf'].slice(0, 50) : null;
    if (parts) return this.merged(node, parts.map((each) => object(this.schema(each, inside))), inside);
    const plain: JsonObject = {};
    for (const key of ['type', 'format', 'nullable', 'default', 'enum']) if (node[key] !== undefined) plain[key] = node[key];
    if (Array.isArray(node['required'])) plain['required'] = node['required'].slice(0, 500).filter((each) => typeof each === 'string');
    if (isJsonObject(node['properties'] ?? null)) plain['properties'] = Object.fromEntries(Object.entries(object(node['properties'])).slice(0, 500).map(([name, each]) => [name, this.schema(each, inside)]));
    if (node['items'] !== undefined) plain['items'] = this.schema(node['items'] ?? null, inside);
    if (plain['properties'] !== undefined && plain['type'] === undefined) plain['type'] = 'object';
    return plain;
  }

  private merged(node: JsonObject, parts: readonly JsonObject[], open: readonly string[]): Json {
    const { allOf: _allOf, $ref: _ref, ...own } = node;
    const all = [...parts, object(this.schema(own, open))];
    const required = all.flatMap((each) => (Array.isArray(each['required']) ? each['required'] : []));
    return { ...Object.assign({}, ...all), type: 'object', properties: Object.assign({}, ...all.map((each) => object(each['properties']))), ...(required.length > 0 ? { required: [...new Set(required)] } : {}) };
  }

  private spend(): void {
    this.spent += 1;
    if (this.spent > budget) notOne('The document refers to itself so often that it cannot be unfolded. Import the part of it that you need.', 'Le document se réfère si souvent à lui-même qu’il ne peut être déplié. Importez la partie dont vous avez besoin.');
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
