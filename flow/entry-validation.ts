import type { ComponentField } from './component-model';
import { typeOfField } from './component-schema';
import { equal } from './compare';
import { convert, isDateTime, isTime, toInstant } from './convert';
import { isJsonObject, type Json } from './json';
import type { Text } from './text';

/** Checks and converts the `data` of an entry against its component: one rule for form, API and steps. */
export type BadField = { field: string; text: Text };
export type Validated = { ok: true; data: { [field: string]: Json }; unknown: string[] } | { ok: false; bad: BadField[] };

/** `create` judges every field, `update` only those given; virtual fields are checked but never stored. */
export function validateEntry(fields: readonly ComponentField[], given: { [field: string]: Json }, mode: 'create' | 'update'): Validated {
  const bad: BadField[] = [];
  const data: { [field: string]: Json } = {};
  for (const field of fields) {
    if (mode === 'update' && !(field.name in given)) continue;
    const result = validateField(field, given[field.name] ?? null);
    if (!result.ok) bad.push({ field: field.name, text: result.text });
    else if (!field.virtual) data[field.name] = result.value;
  }
  const known = new Set(fields.map((field) => field.name));
  const unknown = Object.keys(given).filter((key) => !known.has(key));
  return bad.length > 0 ? { ok: false, bad } : { ok: true, data, unknown };
}

type Result = { ok: true; value: Json } | { ok: false; text: Text };
const bad = (en: string, fr: string): Result => ({ ok: false, text: { en, fr } });

export function validateField(field: ComponentField, given: Json): Result {
  const empty = given === null || given === '' || (Array.isArray(given) && given.length === 0);
  if (empty) return field.required ? bad(`${field.title} is required.`, `${field.title} est obligatoire.`) : { ok: true, value: Array.isArray(given) ? given : null };
  const value = valueOf(field, given);
  if (value === undefined) return bad(`${field.title}: ${show(given)} is not ${typeWords[field.type].en}.`, `${field.title} : ${show(given)} n’est pas ${typeWords[field.type].fr}.`);
  return checkRange(field, value) ?? checkLength(field, value) ?? checkEnum(field, value) ?? checkFile(field, value) ?? { ok: true, value };
}

/** The value as a field of the type would store it, whatever else the field asks for; undefined when it is of another type. */
export function asStored({ name, title, type, items, componentId }: ComponentField, value: Json): Json | undefined {
  const checked = validateField({ name, title, type, ...(items ? { items } : {}), ...(componentId ? { componentId } : {}) }, value);
  return checked.ok ? checked.value : undefined;
}

const show = (value: Json) => JSON.stringify(value).slice(0, 60);

const typeWords: Record<ComponentField['type'], Text> = {
  string: { en: 'text', fr: 'un texte' }, number: { en: 'a number', fr: 'un nombre' }, integer: { en: 'a whole number', fr: 'un nombre entier' },
  boolean: { en: 'true or false', fr: 'vrai ou faux' }, datetime: { en: 'a date with time and zone (2026-01-31T08:30:00Z)', fr: 'une date avec heure et fuseau (2026-01-31T08:30:00Z)' },
  date: { en: 'a date that exists (2026-01-31)', fr: 'une date qui existe (2026-01-31)' }, time: { en: 'a time (08:30:00)', fr: 'une heure (08:30:00)' },
  uri: { en: 'an absolute address (https://…)', fr: 'une adresse absolue (https://…)' }, catalog: { en: 'an entry (its id)', fr: 'une entrée (son identifiant)' },
  array: { en: 'a list of the declared kind', fr: 'une liste du genre déclaré' }, file: { en: 'a file', fr: 'un fichier' },
};

function valueOf(field: ComponentField, given: Json): Json | undefined {
  switch (field.type) {
    case 'datetime':
      return typeof given === 'string' && isDateTime(given) && /(Z|[+-]\d{2}:?\d{2})$/.test(given) ? new Date(given).toISOString() : undefined;
    case 'time':
      return typeof given === 'string' && isTime(given) ? (given.length === 5 ? `${given}:00` : given) : undefined;
    case 'catalog':
      return reference(given);
    case 'array':
      return listOf(field, given);
    case 'string': case 'number': case 'integer': case 'boolean': case 'date': case 'uri': case 'file': {
      const converted = convert(given, typeOfField(field));
      return converted.ok ? converted.value : undefined;
    }
  }
}

/** An id or `{id, name?}`; stored as `{id}`, the name is read live. Users have text ids. */
function reference(given: Json): Json | undefined {
  const id = isJsonObject(given) ? (given['id'] ?? null) : given;
  if (typeof id === 'number' && Number.isSafeInteger(id) && id > 0) return { id };
  if (typeof id === 'string' && /^\d+$/.test(id)) return { id: Number(id) };
  return typeof id === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(id) ? { id } : undefined;
}

function listOf(field: ComponentField, given: Json): Json[] | undefined {
  if (!Array.isArray(given)) return undefined;
  const items = field.items;
  if (!items) return given;
  const elements = given.map((each) => (items.type === 'catalog' ? reference(each) : elementOf(items.type, each)));
  const good = elements.filter((each) => each !== undefined);
  return good.length === elements.length ? good : undefined;
}

function elementOf(type: 'string' | 'number' | 'integer' | 'boolean' | 'datetime' | 'date' | 'time' | 'uri' | 'object', each: Json): Json | undefined {
  const converted = convert(each, type === 'datetime' ? 'date-time' : type);
  return converted.ok ? converted.value : undefined;
}

function checkRange(field: ComponentField, value: Json): Result | null {
  const at = (bound: Json | undefined): number | undefined => {
    if (typeof bound === 'number') return bound;
    if (typeof bound !== 'string') return undefined;
    return isTime(bound) ? Date.parse(`1970-01-01T${bound.length === 5 ? `${bound}:00` : bound}Z`) : toInstant(bound);
  };
  const position = at(value);
  if (position === undefined || typeof value === 'string' && field.type === 'string') return null;
  const [min, max] = [at(field.min), at(field.max)];
  if (min !== undefined && position < min) return bad(`${field.title}: at least ${field.min}.`, `${field.title} : au moins ${field.min}.`);
  if (max !== undefined && position > max) return bad(`${field.title}: at most ${field.max}.`, `${field.title} : au plus ${field.max}.`);
  return null;
}

function checkLength(field: ComponentField, value: Json): Result | null {
  if (typeof value !== 'string' || field.type !== 'string') return null;
  const length = [...value].length;
  if (field.minLength !== undefined && length < field.minLength) return bad(`${field.title}: ${field.minLength} characters are needed, this has ${length}.`, `${field.title} : il faut ${field.minLength} caractères, il y en a ${length}.`);
  if (field.maxLength !== undefined && length > field.maxLength) return bad(`${field.title}: at most ${field.maxLength} characters, this has ${length}.`, `${field.title} : au plus ${field.maxLength} caractères, il y en a ${length}.`);
  return null;
}

function checkEnum(field: ComponentField, value: Json): Result | null {
  if (!field.enum || field.enum.length === 0 || field.enum.some((each) => equal(each.value, value))) return null;
  const choices = field.enum.slice(0, 8).map((each) => each.label).join(', ');
  return bad(`${field.title}: ${show(value)} is not one of ${choices}.`, `${field.title} : ${show(value)} n’est pas parmi ${choices}.`);
}

function checkFile(field: ComponentField, value: Json): Result | null {
  if (field.type !== 'file' || !isJsonObject(value)) return null;
  const size = value['size'];
  if (field.maxSizeBytes !== undefined && typeof size === 'number' && size > field.maxSizeBytes) return bad(`${field.title}: at most ${field.maxSizeBytes} bytes, this has ${size}.`, `${field.title} : au plus ${field.maxSizeBytes} octets, il y en a ${size}.`);
  const accepted = field.accept ?? [];
  const name = String(value['name'] ?? '').toLowerCase();
  const mime = String(value['mimeType'] ?? '');
  const fits = accepted.some((each) => (each.startsWith('.') ? name.endsWith(each.toLowerCase()) : each.endsWith('/*') ? mime.startsWith(each.slice(0, -1)) : mime === each));
  return accepted.length === 0 || fits ? null : bad(`${field.title}: "${name}" is not of an accepted type (${accepted.join(', ')}).`, `${field.title} : « ${name} » n’est pas d’un type accepté (${accepted.join(', ')}).`);
}
