import { Validator, type OutputUnit } from '@cfworker/json-schema';
import { isJsonObject, type Json, type JsonObject } from '#flow/json';

/** The OpenAPI document read as a program reads it, knowing nothing of our own shapes: JSON Schemas checked by a library. */
export type Described = { operationId: string; method: string; path: string; right: string; operation: JsonObject };
export type Spoken = { status: number; type: string | null; body: Json };

export function operationsOf(document: JsonObject): Described[] {
  return Object.entries(object(document['paths'])).flatMap(([path, methods]) => Object.entries(object(methods)).map(([method, operation]) => ({
    operationId: String(object(operation)['operationId']), method: method.toUpperCase(), path, right: String(object(operation)['x-right'] ?? ''), operation: object(operation),
  })));
}

/** What is wrong with an answer: a status, a type or a body that the document does not name. */
export function faultsOf(document: JsonObject, { operation }: Described, { status, type, body }: Spoken): string[] {
  const response = object(operation['responses'])[String(status)];
  if (!isJsonObject(response)) return [`the document names no status ${status}`];
  const content = object(response['content']);
  const named = Object.keys(content).find((each) => each === type || each === 'application/octet-stream');
  return named === undefined ? [`the document names no type ${type} for ${status}`] : named === 'application/json' ? misfits(document, object(content[named])['schema'], body) : [];
}

/** What is wrong with a question: its path, its query and its body, as the document describes them. No body stands for an empty one. */
export function misasked(document: JsonObject, { operation }: Described, asked: { params?: object | undefined; query?: object | undefined; body?: unknown }): string[] {
  const parameters = (Array.isArray(operation['parameters']) ? operation['parameters'] : []).map(object);
  const places = { path: new Map(Object.entries(asked.params ?? {})), query: new Map(Object.entries(asked.query ?? {})) };
  const inPlaces = Object.entries(places).flatMap(([place, given]) => {
    const named = parameters.filter((each) => each['in'] === place);
    const unknown = [...given.keys()].filter((key) => !named.some((each) => each['name'] === key)).map((key) => `${place} ${key} is unknown`);
    return [...unknown, ...named.flatMap((each) => {
      const text: unknown = given.get(String(each['name']));
      if (text === undefined) return each['required'] === true ? [`${place} ${String(each['name'])} is missing`] : [];
      return readings(text).some((value) => misfits(document, each['schema'], value).length === 0) ? [] : [`${place} ${String(each['name'])} = ${String(text).slice(0, 60)} does not fit`];
    })];
  });
  const schema = object(object(object(operation['requestBody'])['content'])['application/json'])['schema'];
  return [...inPlaces, ...(schema === undefined ? [] : misfits(document, schema, asked.body === '' ? {} : JSON.parse(JSON.stringify(asked.body ?? {}))))];
}

/** Text of a path or query stands for itself or for the number it spells. */
function readings(text: unknown): Json[] {
  const number = typeof text === 'string' && text.trim() !== '' ? Number(text) : Number.NaN;
  return typeof text === 'string' ? [text, ...(Number.isFinite(number) ? [number] : [])] : [];
}

const made = new WeakMap<JsonObject, Map<string, Validator>>();

function misfits(document: JsonObject, schema: Json | undefined, value: Json): string[] {
  if (schema === undefined) return ['the document has no schema here'];
  const validators = made.get(document) ?? new Map<string, Validator>();
  made.set(document, validators);
  const text = JSON.stringify(schema);
  const validator = validators.get(text) ?? new Validator({ ...object(schema), components: document['components'] }, '2020-12', false);
  validators.set(text, validator);
  const { valid, errors } = validator.validate(value);
  return valid ? [] : errors.filter(({ keyword }) => keyword !== 'properties' && keyword !== '$ref' && keyword !== 'items').map(shown);
}

const shown = ({ instanceLocation, error }: OutputUnit) => `${instanceLocation}: ${error}`;
export const object = (value: Json | undefined): JsonObject => (isJsonObject(value) ? value : {});
