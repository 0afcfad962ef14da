import { isJsonObject, type Json, type JsonObject } from './json';
import type { ParamMeta } from './steps/field';

/** Parameters in the order of their type's meanings, defaults left out, keys of what they hold in a fixed order. */
export function canonicalParams(params: JsonObject, metas: Record<string, ParamMeta>): JsonObject {
  const kept: JsonObject = {};
  for (const [key, meta] of Object.entries(metas)) {
    const value = Object.hasOwn(params, key) ? params[key] : undefined;
    if (value === undefined || isDefaultParam(meta, value)) continue;
    kept[key] = canonicalParam(meta, value);
  }
  return kept;
}

/** True when leaving the parameter out means the same. A constant may well be null or empty text. */
export function isDefaultParam(meta: ParamMeta, value: Json): boolean {
  if (meta.default !== undefined) return value === null || sameJson(value, meta.default);
  if (meta.widget === 'constant') return false;
  return value === null || value === '' || (isListParam(meta) && Array.isArray(value) && value.length === 0);
}

/** Parameters people edit row by row: stored one key per row in the shared document. */
export function isListParam(meta: ParamMeta): boolean {
  return meta.widget === 'mapping' || meta.widget === 'list' || meta.widget === 'paths';
}

/** Parameters people edit character by character: stored as shared text. */
export function isTextParam(meta: ParamMeta): boolean {
  return meta.widget === 'code' || meta.widget === 'longText';
}

const conditionKeys = ['field', 'operator', 'value', 'compareWithNull'];

function canonicalParam(meta: ParamMeta, value: Json): Json {
  if (meta.widget === 'mapping') return rows(value, (row) => ordered(row, ['target', 'value']));
  if (meta.widget === 'list') return rows(value, (row) => ordered(row, Object.keys(meta.columns)));
  if (meta.widget !== 'filter' || !isJsonObject(value)) return sortedDeep(value);
  const filter = ordered(value, ['all', 'any']);
  for (const part of ['all', 'any']) if (filter[part] !== undefined) filter[part] = rows(filter[part], (row) => ordered(row, conditionKeys));
  return filter;
}

function rows(value: Json, each: (row: JsonObject) => JsonObject): Json {
  return Array.isArray(value) ? value.map((row) => (isJsonObject(row) ? each(row) : row)) : sortedDeep(value);
}

/** Known keys first and in their order, others after them; what they hold is sorted. */
function ordered(value: JsonObject, keys: readonly string[]): JsonObject {
  const made: JsonObject = {};
  for (const key of keys) {
    const held = Object.hasOwn(value, key) ? value[key] : undefined;
    if (held !== undefined) made[key] = sortedDeep(held);
  }
  for (const key of Object.keys(value).toSorted()) {
    const held = value[key];
    if (!keys.includes(key) && held !== undefined) made[key] = sortedDeep(held);
  }
  return made;
}

/** Free JSON with sorted keys: a jsonb column does not keep the order they were written in. */
export function sortedDeep<T extends Json>(value: T): T;
export function sortedDeep(value: Json): Json {
  if (Array.isArray(value)) return value.map((each) => sortedDeep(each));
  return isJsonObject(value) ? ordered(value, []) : value;
}

export function sameJson(left: Json, right: Json): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left)) return Array.isArray(right) && left.length === right.length && left.every((each, place) => sameJson(each, right[place] ?? null));
  if (Array.isArray(right)) return false;
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length && keys.every((key) => Object.hasOwn(right, key) && sameJson(left[key] ?? null, right[key] ?? null));
}
