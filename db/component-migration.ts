import { isDeepStrictEqual } from 'node:util';
import { and, asc, eq, gt, isNull } from 'drizzle-orm';
import { structuralKey } from '#flow/compare';
import type { ComponentField } from '#flow/component-model';
import { validateField } from '#flow/entry-validation';
import { fail } from '#flow/failure';
import { isJsonObject, type Json, type JsonObject } from '#flow/json';
import { text, type Text } from '#flow/text';
import type { Executor } from './client';
import { entryKey, keyFields } from './entry-key';
import { danglingIn, referencedNames } from './entry-references';
import { entries, entryKeys } from './schema';

/**
 * A changed model meets the entries there are (concepts.md §2.3): a new type, Required or Primary key that they
 * violate is refused with the list of entries. Values that can be converted to a new type are. Values of a removed
 * field stay in the row, unseen, and come back with the field. The caller holds the component's row lock.
 */
type Violation = { entryId: number; field: string; text: Text };
type Row = { id: number; data: JsonObject };

const pageSize = 2_000;
const listed = 100;

export async function migrateEntries(db: Executor, workspaceId: string, componentId: string, { before, after }: { before: readonly ComponentField[]; after: readonly ComponentField[] }): Promise<void> {
  const judged = after.filter((field) => needsCheck(before.find((each) => each.name === field.name), field));
  const rekey = keyFields(after).length > 0 || keyFields(before).length > 0;
  if (judged.length === 0 && !rekey) return;
  const violations: Violation[] = [];
  const keys = new Map<string, number>();
  await db.delete(entryKeys).where(eq(entryKeys.componentId, componentId));
  for await (const rows of pages(db, componentId)) {
    const converted: Row[] = [];
    for (const row of rows) converted.push({ id: row.id, data: await convertRow(db, componentId, row, { before, judged, violations }) });
    for (const row of converted) claim(row.id, row.data, after, keys, violations);
    violations.push(...(await dangling(db, workspaceId, judged, converted)));
  }
  if (violations.length > 0) refuse(violations);
  await insertKeys(db, componentId, keys);
}

function needsCheck(before: ComponentField | undefined, after: ComponentField): boolean {
  if (after.virtual) return false;
  if (before === undefined || before.virtual) return true;
  const type = ({ type: own, componentId, items }: ComponentField) => ({ own, componentId, items });
  return !isDeepStrictEqual(type(before), type(after)) || (after.required === true && !before.required);
}

async function* pages(db: Executor, componentId: string): AsyncGenerator<Row[]> {
  for (let last = 0; ; ) {
    const rows = await db.select({ id: entries.id, data: entries.data }).from(entries)
      .where(and(eq(entries.componentId, componentId), isNull(entries.deletedAt), gt(entries.id, last))).orderBy(asc(entries.id)).limit(pageSize);
    if (rows.length === 0) return;
    yield rows.map((row) => ({ id: row.id, data: isJsonObject(row.data) ? row.data : {} }));
    last = rows.at(-1)?.id ?? last;
  }
}

type Judging = { before: readonly ComponentField[]; judged: readonly ComponentField[]; violations: Violation[] };

async function convertRow(db: Executor, componentId: string, row: Row, { before, judged, violations }: Judging): Promise<JsonObject> {
  const data = { ...row.data };
  for (const field of judged) {
    const seen = before.some((each) => each.name === field.name && !each.virtual);
    const value = data[field.name] ?? null;
    const { enum: _choices, min: _min, max: _max, minLength: _minLength, maxLength: _maxLength, accept: _accept, maxSizeBytes: _size, ...judgedField } = field;
    let result = validateField(judgedField, value);
    // What a field of this name held before it was removed is taken back only where it fits.
    if (!result.ok && !seen) result = validateField(judgedField, null);
    if (result.ok) data[field.name] = kept(field, value, result.value);
    else violations.push({ entryId: row.id, field: field.name, text: result.text });
  }
  if (structuralKey(data) !== structuralKey(row.data)) await db.update(entries).set({ data }).where(and(eq(entries.componentId, componentId), eq(entries.id, row.id)));
  return data;
}

async function dangling(db: Executor, workspaceId: string, judged: readonly ComponentField[], rows: readonly Row[]): Promise<Violation[]> {
  const names = await referencedNames(db, workspaceId, judged, rows.map((row) => row.data));
  return rows.flatMap((row) => danglingIn(judged, row.data, names).map((each) => ({ entryId: row.id, ...each })));
}

/** A value that fits keeps its facts (a file's name and size). */
function kept(field: ComponentField, before: Json, converted: Json): Json {
  return field.type === 'file' && isJsonObject(before) ? before : converted;
}

function claim(entryId: number, data: JsonObject, fields: readonly ComponentField[], keys: Map<string, number>, violations: Violation[]): void {
  const key = entryKey(fields, data);
  if (key === null) return;
  const holder = keys.get(key);
  if (holder === undefined) {
    keys.set(key, entryId);
    return;
  }
  const names = keyFields(fields);
  violations.push({
    entryId, field: names[0]?.name ?? '',
    text: text(`${names.map((each) => each.title).join(', ')}: the same value as entry ${holder}.`, `${names.map((each) => each.title).join(', ')} : même valeur que l’entrée ${holder}.`),
  });
}

async function insertKeys(db: Executor, componentId: string, keys: ReadonlyMap<string, number>): Promise<void> {
  const rows = [...keys].map(([key, entryId]) => ({ componentId, key, entryId }));
  for (let at = 0; at < rows.length; at += pageSize) await db.insert(entryKeys).values(rows.slice(at, at + pageSize));
}

function refuse(violations: readonly Violation[]): never {
  const count = new Set(violations.map((each) => each.entryId)).size;
  const shown = violations.slice(0, 3);
  return fail('VALIDATION_FAILED', text(
    `The model was not changed: ${count} ${count === 1 ? 'entry does' : 'entries do'} not fit it. ${shown.map((each) => `Entry ${each.entryId}: ${each.text.en}`).join(' ')} Correct the entries first.`,
    `Le modèle n’a pas été changé : ${count} ${count === 1 ? 'entrée ne lui convient' : 'entrées ne lui conviennent'} pas. ${shown.map((each) => `Entrée ${each.entryId} : ${each.text.fr}`).join(' ')} Corrigez-les d’abord.`,
  ), { path: 'fields', details: violations.slice(0, listed).map((each) => ({ entryId: each.entryId, field: each.field, message: each.text.en, text: each.text })) });
}
