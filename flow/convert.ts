import { isJsonObject, type Json } from './json';
import type { FieldType } from './model-schema';
import { toNumber } from './numbers';

/** Implicit conversions of steps.md §1.3 and §1.8; whatever is not listed there is a TYPE_MISMATCH. */
export type Converted = { ok: true; value: Json } | { ok: false };

const no: Converted = { ok: false };
const yes = (value: Json): Converted => ({ ok: true, value });

export function convert(value: Json, type: FieldType): Converted {
  if (value === null) return yes(null);
  switch (type) {
    case 'string':
      return typeof value === 'object' ? no : yes(String(value));
    case 'number': {
      const number = toNumber(value);
      return number === undefined ? no : yes(number);
    }
    case 'integer': {
      const number = toNumber(value);
      return number === undefined || !Number.isSafeInteger(number) ? no : yes(number);
    }
    case 'boolean':
      if (typeof value === 'boolean') return yes(value);
      return value === 'true' ? yes(true) : value === 'false' ? yes(false) : no;
    case 'date':
      return typeof value === 'string' && isDate(value.slice(0, 10)) && (value.length === 10 || isDateTime(value)) ? yes(value.slice(0, 10)) : no;
    case 'date-time':
      return typeof value === 'string' && (isDateTime(value) || isDate(value)) ? yes(value) : no;
    case 'time':
      return typeof value === 'string' && isTime(value) ? yes(value) : no;
    case 'uri':
      return typeof value === 'string' && URL.canParse(value) ? yes(value) : no;
    case 'uuid':
      return typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value) ? yes(value) : no;
    case 'catalog':
      return isJsonObject(value) && 'id' in value ? yes(value) : Number.isSafeInteger(toNumber(value)) ? yes({ id: toNumber(value) ?? 0, name: null }) : no;
    case 'file':
      return typeof value === 'string' ? yes({ id: value }) : isJsonObject(value) && typeof value['id'] === 'string' ? yes(value) : no;
    case 'array':
      return Array.isArray(value) ? yes(value) : no;
    case 'object':
      return isJsonObject(value) ? yes(value) : no;
    case 'unknown':
      return yes(value);
  }
}

/** `YYYY-MM-DD` of a day that exists. */
export function isDate(text: string): boolean {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!parts) return false;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  return month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

export function isTime(text: string): boolean {
  return /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?$/.test(text);
}

/** ISO 8601 with date and time; the zone may be missing (then UTC) and is less than 16 hours away, which is all that PostgreSQL keeps. */
export function isDateTime(text: string): boolean {
  const parts = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-](?:0\d|1[0-5]):?[0-5]\d)?$/.exec(text);
  return parts !== null && isDate(parts[1] ?? '') && isTime(parts[2] ?? '');
}

/** Milliseconds since 1970 of a date or date-time text; undefined when it is neither. */
export function toInstant(text: string): number | undefined {
  if (isDate(text)) return Date.parse(`${text}T00:00:00Z`);
  if (!isDateTime(text)) return undefined;
  const zoned = /(Z|[+-]\d{2}:?\d{2})$/.test(text) ? text : `${text}Z`;
  const instant = Date.parse(zoned.replace(' ', 'T'));
  return Number.isNaN(instant) ? undefined : instant;
}

const declared: Record<string, FieldType> = {
  number: 'number', integer: 'integer', string: 'string', uuid: 'uuid', boolean: 'boolean', uri: 'uri', date: 'date',
  'date-time': 'date-time', time: 'time', catalog: 'catalog', array: 'array', file: 'file', object: 'object',
};

/** `name@type` of a new field; `type` is undefined when not declared, null when unknown. */
export function splitTarget(target: string): { name: string; type: FieldType | undefined | null } {
  const at = target.lastIndexOf('@');
  if (at <= 0) return { name: target, type: undefined };
  return { name: target.slice(0, at), type: declared[target.slice(at + 1)] ?? null };
}
