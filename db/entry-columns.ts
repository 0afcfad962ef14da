import { sql, type SQL } from 'drizzle-orm';
import { systemFields, userInfoComponent, type ComponentField, type ComponentModel } from '#flow/component-model';
import { isTime, toInstant } from '#flow/convert';
import { fail } from '#flow/failure';
import { isJsonObject, type Json } from '#flow/json';
import { toNumber } from '#flow/numbers';
import { text } from '#flow/text';
import { entries } from './schema';

/**
 * A field of an entry as SQL compares it: numbers as numbers, text by code point (the same on every machine), times as
 * instants or as ISO text, references by id. A value that is not of its field's type reads as null and never raises.
 */
export type Column = {
  path: string;
  kind: 'text' | 'number' | 'integer' | 'boolean' | 'instant' | 'list';
  value: SQL;
  /** A constant as the column compares it; undefined when it is not of the column's type. */
  reads(constant: Json): Json | undefined;
  /** Has an order (greater, less). */
  ordered: boolean;
  /** What a person sorts by, where it is not the value: the name of a reference. */
  sortBy?: SQL;
  neverEmpty?: boolean;
  /**
   * What its index is over, where that is not the value: the beginning of a text, for an index takes no long ones.
   * Filters and sorts name it beside the value.
   */
  index?: { value: SQL; isPrefix: true };
};

/** A page of an index holds three entries at least: 200 characters are 800 bytes at most. */
export const indexedCharacters = 200;

type Part = Pick<Column, 'kind' | 'value' | 'reads'> & Partial<Column>;

/** `data.total`, `total`, `createdDate`, `owner.name`; virtual and unknown fields are refused. */
export function columnOf(component: ComponentModel, path: string): Column {
  const [head = '', ...rest] = path.replace(/^data\./, '').split('.');
  const own = component.fields.find((field) => field.name === head);
  const isSystem = !path.startsWith('data.') && systemFields.some((each) => each === head);
  const part = isSystem ? systemPart(head, rest.join('.')) : own ? fieldPart(own, rest.join('.')) : undefined;
  if (own?.virtual && !isSystem) fail('PARAM_INVALID', text(`"${path}" is virtual: it is never stored, so it cannot be filtered or sorted by.`, `« ${path} » est virtuel : jamais enregistré, il ne sert ni à filtrer ni à trier.`), { path });
  if (!part) fail('FIELD_NOT_FOUND', text(`"${path}" is not a field of "${component.title}". It has ${component.fields.map((field) => field.name).slice(0, 20).join(', ') || 'none'} and the system fields.`, `« ${path} » n’est pas un champ de « ${component.title} ». Il a ${component.fields.map((field) => field.name).slice(0, 20).join(', ') || 'aucun champ'} et les champs système.`), { path });
  const isIndexed = own?.query === true && !isSystem && part.kind === 'text' && !part.sortBy && rest.length === 0;
  return { path, ordered: true, ...part, ...(isIndexed ? { index: { value: sql`left(${part.value}, ${sql.raw(String(indexedCharacters))})`, isPrefix: true } } : {}) };
}

const readsText = (constant: Json) => (constant === null || typeof constant === 'object' ? undefined : String(constant));
const readsNumber = (constant: Json) => toNumber(constant);
const readsInstant = (constant: Json) => {
  const instant = typeof constant === 'string' ? toInstant(constant) : undefined;
  return instant === undefined ? undefined : new Date(instant).toISOString();
};
const idOf = (constant: Json) => (isJsonObject(constant) ? (constant['id'] ?? null) : constant);

function systemPart(name: string, inner: string): Part | undefined {
  if (name === 'creatorSubject') return personPart(sql`${entries.createdBy}`, inner);
  if (name === 'changeAuthor') return personPart(sql`${entries.changedBy}`, inner);
  if (inner !== '') return undefined;
  if (name === 'id') return { kind: 'number', value: sql`${entries.id}`, reads: readsNumber, neverEmpty: true };
  if (name === 'name') return textPart(sql`${entries.name}`);
  return { kind: 'instant', value: name === 'createdDate' ? sql`${entries.createdAt}` : sql`${entries.updatedAt}`, reads: readsInstant, neverEmpty: true };
}

function textPart(value: SQL): Part {
  return { kind: 'text', value: sql`(${value} collate "C")`, reads: readsText };
}

function personPart(userId: SQL, inner: string): Part | undefined {
  const name = sql`((select u.name from "user" u where u.id = ${userId}) collate "C")`;
  if (inner === 'name') return { kind: 'text', value: name, reads: readsText };
  if (inner !== '' && inner !== 'id') return undefined;
  return { ...textPart(userId), reads: (constant) => readsText(idOf(constant)), ordered: false, sortBy: name };
}

const typed = (json: SQL, type: 'number' | 'boolean' | 'string', as: SQL) => sql`(case when jsonb_typeof(${json}) = ${sql.raw(`'${type}'`)} then ${as} end)`;

function fieldPart(field: ComponentField, inner: string): Part | undefined {
  const json = sql`(${entries.data}->${field.name}::text)`;
  const plain = sql`(${entries.data}->>${field.name}::text)`;
  if (field.type === 'catalog') return catalogPart(field, json, inner);
  if (field.type === 'file') return filePart(json, inner);
  if (inner !== '') return undefined;
  switch (field.type) {
    case 'string': case 'uri':
      return textPart(plain);
    case 'number': case 'integer':
      return { kind: 'number', value: typed(json, 'number', sql`${plain}::numeric`), reads: readsNumber };
    case 'boolean':
      return { kind: 'boolean', value: typed(json, 'boolean', sql`${plain}::boolean`), reads: (constant) => (constant === true || constant === 'true' ? true : constant === false || constant === 'false' ? false : undefined), ordered: false };
    case 'datetime':
      return { ...textPart(plain), reads: readsInstant };
    case 'date':
      return { ...textPart(plain), reads: (constant) => readsInstant(constant)?.slice(0, 10) };
    case 'time':
      return { ...textPart(plain), reads: (constant) => (typeof constant === 'string' && isTime(constant) ? (constant.length === 5 ? `${constant}:00` : constant) : undefined) };
    case 'array':
      return { kind: 'list', value: sql`nullif(${json}, 'null'::jsonb)`, reads: (constant) => (field.items?.type === 'catalog' && !isJsonObject(constant) ? { id: constant } : constant), ordered: false };
  }
}

function catalogPart(field: ComponentField, json: SQL, inner: string): Part | undefined {
  const people = field.componentId === userInfoComponent;
  const id = sql`(${json}->>'id')`;
  if (people) return personPart(id, inner);
  const name = sql`((select r.name from entries r where r.component_id = ${field.componentId ?? ''} and r.deleted_at is null and r.id = ${typed(sql`(${json}->'id')`, 'number', sql`${id}::int`)}) collate "C")`;
  if (inner === 'name') return { kind: 'text', value: name, reads: readsText };
  if (inner !== '' && inner !== 'id') return undefined;
  return { kind: 'number', value: typed(sql`(${json}->'id')`, 'number', sql`${id}::numeric`), reads: (constant) => readsNumber(idOf(constant)), ordered: inner === 'id', ...(inner === '' ? { sortBy: name } : {}) };
}

function filePart(json: SQL, inner: string): Part | undefined {
  const own = (key: string) => sql`(${json}->>${sql.raw(`'${key}'`)})`;
  if (inner === '') return { ...textPart(own('id')), reads: (constant) => readsText(idOf(constant)), ordered: false, sortBy: sql`(${own('name')} collate "C")` };
  if (inner === 'id' || inner === 'name' || inner === 'mimeType') return textPart(own(inner));
  return inner === 'size' ? { kind: 'number', value: typed(sql`(${json}->'size')`, 'number', sql`${own('size')}::numeric`), reads: readsNumber } : undefined;
}
