import type { ComponentField } from '#flow/component-model';
import { isJsonObject, type Json } from '#flow/json';

/**
 * A form keeps what a person typed, an entry keeps values. Text that is no value of the field's type is sent as it
 * is, so that the one rule for entries (flow/entry-validation.ts) names what is wrong with it.
 */
export type Draft = { [field: string]: Json };

type Scalar = 'string' | 'number' | 'integer' | 'boolean' | 'datetime' | 'date' | 'time' | 'uri' | 'object';

export function draftOf(fields: readonly ComponentField[], data: { [field: string]: Json }): Draft {
  return Object.fromEntries(fields.map((field) => [field.name, toDraft(field, data[field.name] ?? null)]));
}

export function dataOf(fields: readonly ComponentField[], draft: Draft): { [field: string]: Json } {
  return Object.fromEntries(fields.map((field) => [field.name, fromDraft(field, draft[field.name] ?? null)]));
}

/** Only what differs from the entry: somebody else's change of another field survives ours. */
export function changedData(fields: readonly ComponentField[], before: { [field: string]: Json }, draft: Draft): { [field: string]: Json } {
  const after = dataOf(fields, draft);
  const started = dataOf(fields, draftOf(fields, before));
  return Object.fromEntries(Object.entries(after).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(started[name])));
}

function toDraft(field: ComponentField, value: Json): Json {
  if (field.type === 'array') return Array.isArray(value) ? value.map((each) => elementDraft(field, each)) : [];
  if (field.type === 'catalog' || field.type === 'file' || field.type === 'boolean') return value;
  if (field.enum) return value;
  return scalarDraft(field.type, value);
}

function elementDraft(field: ComponentField, value: Json): Json {
  const type = field.items?.type ?? 'string';
  return type === 'catalog' || type === 'boolean' ? value : scalarDraft(type, value);
}

function scalarDraft(type: Scalar, value: Json): Json {
  if (value === null) return '';
  if (type === 'object') return JSON.stringify(value, null, 2);
  if (type === 'datetime') return typeof value === 'string' ? localDateTime(value) : '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function fromDraft(field: ComponentField, draft: Json): Json {
  if (field.type === 'array') return Array.isArray(draft) ? draft.map((each) => elementValue(field, each)).filter((each) => each !== null) : [];
  if (field.type === 'catalog') return referenceValue(draft);
  if (field.type === 'file' || field.type === 'boolean' || field.enum) return draft === '' ? null : draft;
  return scalarValue(field.type, draft);
}

function elementValue(field: ComponentField, draft: Json): Json {
  const type = field.items?.type ?? 'string';
  if (type === 'catalog') return referenceValue(draft);
  return type === 'boolean' ? draft : scalarValue(type, draft);
}

const referenceValue = (draft: Json): Json => (isJsonObject(draft) && draft['id'] !== undefined ? { id: draft['id'] } : null);

function scalarValue(type: Scalar, draft: Json): Json {
  if (typeof draft !== 'string') return draft;
  const text = draft.trim();
  if (text === '') return null;
  switch (type) {
    case 'number': case 'integer':
      return numberOf(text) ?? text;
    case 'datetime': {
      const at = new Date(text);
      return Number.isNaN(at.getTime()) ? text : at.toISOString();
    }
    case 'object':
      return parsed(text);
    case 'time':
      return /^\d{2}:\d{2}$/.test(text) ? `${text}:00` : text;
    case 'string':
      return draft;
    case 'boolean': case 'date': case 'uri':
      return text;
  }
}

/** "1234.5", "1 234,5" and "1,234.5" are the same number; a lone comma is a decimal comma unless it groups thousands. */
export function numberOf(text: string): number | null {
  const plain = text.replaceAll(/[\s\u00a0\u202f']/g, '');
  const grouped = /^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/.test(plain) ? plain.replaceAll(',', '') : plain.replace(',', '.');
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(grouped) ? Number(grouped) : null;
}

function parsed(text: string): Json {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    return text;
  }
}

/** The form of `<input type="datetime-local">`, in the viewer's zone. */
export function localDateTime(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  const two = (value: number) => String(value).padStart(2, '0');
  const seconds = at.getSeconds() === 0 ? '' : `:${two(at.getSeconds())}`;
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}${seconds}`;
}
