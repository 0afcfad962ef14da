import { splitTarget } from './convert';
import { isJsonObject, type Json } from './json';
import type { FieldType, ModelField, ModelSchema } from './model-schema';
import { resolvePath } from './path';
import type { Value } from './value';

/** The static shape of a sample value: `get-raw-model` declares its model by example. */
export function fieldOfSample(sample: Json, origin?: string): ModelField {
  const from = origin ? { origin } : {};
  if (sample === null) return { type: 'unknown', ...from };
  if (Array.isArray(sample)) return { type: 'array', items: sample.length > 0 ? fieldOfSample(sample[0] ?? null) : { type: 'unknown', open: true }, ...from };
  if (isJsonObject(sample)) return { type: 'object', fields: fieldsOfSample(sample), open: Object.keys(sample).length === 0, ...from };
  if (typeof sample === 'number') return { type: Number.isInteger(sample) ? 'integer' : 'number', ...from };
  return { type: typeof sample === 'boolean' ? 'boolean' : 'string', ...from };
}

export function fieldsOfSample(sample: { [key: string]: Json }, origin?: string): Record<string, ModelField> {
  return Object.fromEntries(Object.entries(sample).map(([key, value]) => [key, fieldOfSample(value, origin)]));
}

const jsonSchemaTypes: Record<string, FieldType> = { string: 'string', number: 'number', integer: 'integer', boolean: 'boolean', object: 'object', array: 'array' };

/** The subset of JSON Schema people write by hand: type, properties, items. */
export function fieldOfJsonSchema(schema: Json): ModelField {
  if (!isJsonObject(schema)) return { type: 'unknown', open: true };
  const type = jsonSchemaTypes[String(schema['type'])] ?? 'unknown';
  const properties = isJsonObject(schema['properties'] ?? null) ? schema['properties'] : null;
  if (type === 'array') return { type, items: fieldOfJsonSchema(schema['items'] ?? null) };
  if (!isJsonObject(properties ?? null) || !isJsonObject(properties)) return { type, ...(type === 'object' ? { open: true } : {}) };
  return { type: 'object', open: false, fields: Object.fromEntries(Object.entries(properties).map(([key, each]) => [key, fieldOfJsonSchema(each)])) };
}

/** What a mapped target will hold: its declared type, else what the source's schema says of the value. */
export function fieldOfTarget(target: string, value: Value | { column: string | number }, source: ModelSchema | undefined, origin?: string): { name: string; field: ModelField } {
  const { name, type } = splitTarget(target);
  const from = origin ? { origin } : {};
  if (type) return { name, field: { type, ...from } };
  return { name, field: { ...fieldOfValue(value, source), ...from } };
}

function fieldOfValue(value: Value | { column: string | number }, source: ModelSchema | undefined): ModelField {
  if ('const' in value) return fieldOfSample(value.const);
  if ('field' in value && source) {
    const resolved = resolvePath(source, value.field);
    return resolved.found ? resolved.field : { type: 'unknown', open: true };
  }
  return 'column' in value ? { type: 'string' } : { type: 'unknown', open: true };
}

/** The source's schema with fields added at the root. */
export function withFields(source: ModelSchema | undefined, added: Record<string, ModelField>): ModelSchema {
  const base = source ?? { cardinality: 'many', open: true, fields: {} };
  return { ...base, fields: { ...base.fields, ...added } };
}
