import { isJsonObject, type Json, type JsonObject } from '#flow/json';

/** The OpenAPI document as the page shows it: only what is read from it, so that the browser gets no more. */
export type Field = { name: string; required: boolean; schema: JsonObject };
export type ShownOperation = {
  id: string; method: string; path: string; group: string; summary: string; right: string | null;
  inPath: Field[]; inQuery: Field[]; body: { type: string; required: boolean; schema: JsonObject } | null;
  answers: { status: string; schema: JsonObject | null }[]; errors: { status: string; codes: string[] }[];
};
export type Reference = { operations: ShownOperation[]; schemas: { name: string; schema: JsonObject }[] };

export function referenceOf(document: JsonObject): Reference {
  const operations = entries(document['paths']).flatMap(([path, methods]) => entries(methods).map(([method, operation]) => shown(path, method, operation)));
  const schemas = entries(part(document['components'], 'schemas')).map(([name, schema]) => ({ name, schema: object(schema) }));
  return { operations, schemas: schemas.toSorted((a, b) => a.name.localeCompare(b.name)) };
}

function shown(path: string, method: string, given: Json): ShownOperation {
  const operation = object(given);
  const responses = entries(operation['responses']);
  return {
    id: String(operation['operationId']), method: method.toUpperCase(), path, group: path.split('/')[1] ?? '', summary: String(operation['summary'] ?? ''),
    right: typeof operation['x-right'] === 'string' ? operation['x-right'] : null,
    inPath: fields(operation['parameters'], 'path'), inQuery: fields(operation['parameters'], 'query'), body: bodyOf(object(operation['requestBody'])),
    answers: responses.filter(([status]) => Number(status) < 400).map(([status, response]) => ({ status, schema: jsonSchema(response) })),
    errors: responses.filter(([status]) => Number(status) >= 400).map(([status, response]) => ({ status, codes: String(object(response)['description'] ?? '').split(', ') })),
  };
}

function fields(given: Json | undefined, place: string): Field[] {
  return (Array.isArray(given) ? given : []).map(object).filter((each) => each['in'] === place)
    .map((each) => ({ name: String(each['name']), required: each['required'] === true, schema: object(each['schema']) }));
}

function bodyOf(body: JsonObject): ShownOperation['body'] {
  const [content] = entries(body['content']);
  return content ? { type: content[0], required: body['required'] === true, schema: object(object(content[1])['schema']) } : null;
}

function jsonSchema(response: Json): JsonObject | null {
  const content = part(object(response)['content'], 'application/json');
  return content === undefined ? null : object(object(content)['schema']);
}

const object = (value: Json | undefined): JsonObject => (isJsonObject(value) ? value : {});
const part = (value: Json | undefined, key: string): Json | undefined => object(value)[key];
const entries = (value: Json | undefined): [string, Json][] => Object.entries(object(value));
