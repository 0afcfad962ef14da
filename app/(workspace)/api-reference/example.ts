import { isJsonObject, type Json, type JsonObject } from '#flow/json';
import type { ShownOperation } from './view-model';

/** A value that fits a JSON Schema, for examples: what must be there, and the first of every choice. */
export function exampleOf(schema: JsonObject, schemas: ReadonlyMap<string, JsonObject>, depth = 0): Json {
  const named = typeof schema['$ref'] === 'string' ? schemas.get(schema['$ref'].split('/').at(-1) ?? '') : undefined;
  if (named) return depth > 6 ? null : exampleOf(named, schemas, depth + 1);
  if (schema['const'] !== undefined) return schema['const'];
  if (schema['default'] !== undefined) return schema['default'];
  const [first] = Array.isArray(schema['enum']) ? schema['enum'] : [];
  if (first !== undefined) return first;
  const choices = [schema['anyOf'], schema['oneOf'], schema['allOf']].find((each) => Array.isArray(each));
  if (Array.isArray(choices) && isJsonObject(choices[0])) return exampleOf(choices[0], schemas, depth + 1);
  const type = Array.isArray(schema['type']) ? schema['type'][0] : schema['type'];
  switch (type) {
    case 'object': return objectExample(schema, schemas, depth);
    case 'array': return Number(schema['minItems'] ?? 0) > 0 && isJsonObject(schema['items']) ? [exampleOf(schema['items'], schemas, depth + 1)] : [];
    case 'string': return textExample(schema);
    case 'integer': case 'number': return Number(schema['minimum'] ?? schema['exclusiveMinimum'] ?? 1) || 1;
    case 'boolean': return true;
    case 'null': return null;
    default: return {};
  }
}

function objectExample(schema: JsonObject, schemas: ReadonlyMap<string, JsonObject>, depth: number): JsonObject {
  const required = Array.isArray(schema['required']) ? schema['required'].map(String) : [];
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  return Object.fromEntries(required.flatMap((name): [string, Json][] => (isJsonObject(properties[name]) ? [[name, nameExample(name) ?? exampleOf(properties[name], schemas, depth + 1)]] : [])));
}

/** Words a reader knows where the schema only says "text". */
function nameExample(name: string): Json | undefined {
  const known: JsonObject = { cron: '0 7 * * 1-5', email: 'someone@example.com', title: 'Orders', name: 'Orders', text: 'Looks good.', path: '/orders/{id}' };
  return known[name];
}

function textExample(schema: JsonObject): string {
  if (schema['format'] === 'date-time') return '2026-01-31T08:30:00Z';
  if (schema['format'] === 'email') return 'someone@example.com';
  if (schema['format'] === 'uri') return 'https://example.com/';
  if (schema['format'] === 'uuid') return '01890a5d-ac96-774b-bcce-b302099a8057';
  return typeof schema['pattern'] === 'string' && schema['pattern'].includes('A-Za-z0-9_-') ? 'some_id' : 'text'.padEnd(Number(schema['minLength'] ?? 0), '.');
}

/** The call as it stands in a shell. `$MILLRACE_API_KEY` is the reader's. */
export function curlOf(operation: ShownOperation, origin: string, schemas: ReadonlyMap<string, JsonObject>): string {
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => `$${name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`);
  const lines = [`curl ${operation.method === 'GET' ? '' : `-X ${operation.method} `}"${origin}/api/v1${path}"`, `-H "Authorization: Bearer $MILLRACE_API_KEY"`];
  if (operation.body?.type === 'multipart/form-data') lines.push('-F file=@data.csv');
  else if (operation.body) lines.push('-H "Content-Type: application/json"', `-d '${JSON.stringify(exampleOf(operation.body.schema, schemas)).replaceAll("'", String.raw`'\''`)}'`);
  return lines.join(' \\\n  ');
}
