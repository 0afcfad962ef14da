import { isJsonObject, type Json } from '#flow/json';

/** PostgreSQL stores neither NUL nor half a surrogate pair in text or JSON. */
const unstorable = /[\0\p{Cs}]/u; // with the u flag, \p{Cs} meets only halves that stand alone

export function isStorable(value: Json): boolean {
  if (typeof value === 'string') return !unstorable.test(value);
  if (Array.isArray(value)) return value.every(isStorable);
  return !isJsonObject(value) || Object.entries(value).every(([key, each]) => isStorable(key) && isStorable(each));
}
