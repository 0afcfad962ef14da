import { and, desc, eq, gt, inArray, isNull, ne, or, sql } from 'drizzle-orm';
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core';
import { structuralKey } from '#flow/compare';
import type { ComponentModel } from '#flow/component-model';
import { validateEntry, type BadField } from '#flow/entry-validation';
import { fail } from '#flow/failure';
import { isJsonObject, type Json, type JsonObject } from '#flow/json';
import type { EntryWrite } from '#flow/steps/capabilities';
import { bothTexts, text, type Text } from '#flow/text';
import type { Executor } from './client';
import { lockComponent, missingComponent } from './components';
import { changeKey, entryKey } from './entry-key';
import type { EntryNumbers } from './entry-numbers';
import { danglingReferences, withFileFacts } from './entry-references';
import { recordChange } from './record-change';
import { components, entries, entryChanges, tasks } from './schema';
import { isStorable } from './storable';

/** Who writes: a person, or a run's step in somebody's name; a null user is the platform. `numbers`: for many at the same time. */
export type EntryActor = { workspaceId: string; userId: string | null; runId?: string; stepId?: string; numbers?: EntryNumbers };
export type Written = { entryId: number; changed: boolean; warnings: Text[] };

type Write = EntryWrite & { strict?: boolean };
export type FieldChange = { field: string; before: Json; after: Json };
type Row = { id: number; name: string | null; data: JsonObject };

/**
 * The one way entries change (steps.md, update-entry). The last write wins per field, unless the writer says when it
 * loaded the entry and somebody changed the same field since. `strict` refuses unknown fields instead of warning: a
 * program or form is told, for a typing error must not lose data. Locks: the component against a change of its model, then
 * the entry, then its key. Raises the failure of whatever is refused.
 */
export async function writeEntry(tx: Executor, actor: EntryActor, write: Write): Promise<Written> {
  const component = await lockComponent(tx, actor.workspaceId, write.componentId, 'share');
  if (component === null) missingComponent(write.componentId);
  if (component.settings.proxyMode) fail('PARAM_INVALID', text(`"${component.title}" is in proxy mode and stores nothing. Write to another component.`, `« ${component.title} » est en mode proxy et n’enregistre rien. Écrivez dans un autre composant.`));
  if (write.entryId === null) return createOne(tx, actor, component, write);
  const row = await lockEntry(tx, component.id, write.entryId);
  return write.remove ? removeOne(tx, actor, component, row, write) : updateOne(tx, actor, component, row, write);
}

async function createOne(tx: Executor, actor: EntryActor, component: ComponentModel, write: Write): Promise<Written> {
  const { data, unknown } = await checked(tx, actor, component, write, 'create');
  const entryId = await firstNumber(tx, actor, component.id, 1);
  await changeKey(tx, component, entryId, { from: null, to: entryKey(component.fields, data) });
  await insertOne(tx, actor, component.id, { id: entryId, name: cleanName(write.name), data, isTracked: !write.noTracking });
  return { entryId, changed: true, warnings: unknownFields(unknown) };
}

/** The entry, who wrote what and the word to browsers in one statement: most entries are created by steps, one by one. */
async function insertOne(tx: Executor, { workspaceId, userId, runId, stepId }: EntryActor, componentId: string, { id, name, data, isTracked }: { id: number; name: string | null; data: JsonObject; isTracked: boolean }): Promise<void> {
  const changes: { field: string; after: Json }[] = [{ field: '$created', after: null }, ...(isTracked ? [...(name === null ? [] : [{ field: 'name', after: name }]), ...Object.entries(data).map(([field, after]) => ({ field, after })).filter(({ after }) => after !== null)] : [])];
  await tx.execute(sql`with made as (
      insert into entries (component_id, id, name, data, created_by, changed_by, created_at, updated_at)
      select ${componentId}, ${id}::int, ${name}, ${JSON.stringify(data)}::jsonb, ${userId}, ${userId}, now.at, now.at from (select ${clock} as at) as now returning updated_at
    ), noted as (
      insert into entry_changes (component_id, entry_id, field, after, user_id, run_id, step_id, at)
      select ${componentId}, ${id}::int, each.change->>'field', nullif(each.change->'after', 'null'), ${userId}, ${runId ?? null}, ${stepId ?? null}, made.updated_at
      from made, jsonb_array_elements(${JSON.stringify(changes)}::jsonb) with ordinality as each(change, place) order by each.place
    ) insert into changes (workspace_id, topic, object_id, entry_id) values (${workspaceId}, 'entry', ${componentId}, ${id}::int)`);
}

/** The first of `count` new numbers in a row. */
export async function firstNumber(tx: Executor, { numbers }: EntryActor, componentId: string, count: number): Promise<number> {
  const given = await numbers?.take(componentId, count);
  if (given !== undefined && given !== null) return given;
  const [counter] = await tx.update(components).set({ lastEntryId: sql`${components.lastEntryId} + ${count}` }).where(eq(components.id, componentId)).returning({ last: components.lastEntryId });
  return counter ? counter.last - count + 1 : missingComponent(componentId);
}

async function updateOne(tx: Executor, actor: EntryActor, component: ComponentModel, row: Row, write: Write): Promise<Written> {
  const { data, unknown } = await checked(tx, actor, component, write, 'update');
  const name = write.name === undefined ? row.name : cleanName(write.name);
  const fields = Object.entries(data).map(([field, after]) => ({ field, before: row.data[field] ?? null, after })).filter((each) => structuralKey(each.before) !== structuralKey(each.after));
  const changes = [...nameChange(row.name, name), ...fields];
  const warnings = unknownFields(unknown);
  if (changes.length === 0) return { entryId: row.id, changed: false, warnings };
  await refuseLocked(tx, actor, component, row, fields.map((each) => each.field));
  if (write.loadedAt !== undefined) await refuseConflict(tx, actor, component, row, { loadedAt: write.loadedAt, changes });
  const merged = { ...row.data, ...data };
  await changeKey(tx, component, row.id, { from: entryKey(component.fields, row.data), to: entryKey(component.fields, merged) });
  const at = await touch(tx, component.id, row.id, { data: merged, name, ...(write.noTracking ? {} : { changedBy: actor.userId }) });
  await record(tx, actor, component, row.id, { at, changes: write.noTracking ? [] : changes });
  return { entryId: row.id, changed: true, warnings };
}

async function removeOne(tx: Executor, actor: EntryActor, component: ComponentModel, row: Row, write: EntryWrite): Promise<Written> {
  await refuseLocked(tx, actor, component, row, null);
  await changeKey(tx, component, row.id, { from: entryKey(component.fields, row.data), to: null });
  const at = await touch(tx, component.id, row.id, { deletedAt: sql`now()`, ...(write.noTracking ? {} : { changedBy: actor.userId }) });
  await record(tx, actor, component, row.id, { at, changes: [{ field: '$deleted', before: null, after: null }], deleted: true });
  return { entryId: row.id, changed: true, warnings: [] };
}

async function lockEntry(tx: Executor, componentId: string, entryId: number): Promise<Row> {
  const possible = Number.isSafeInteger(entryId) && entryId > 0 && entryId <= 2_147_483_647;
  const [row] = possible ? await tx.select({ id: entries.id, name: entries.name, data: entries.data }).from(entries)
    .where(and(eq(entries.componentId, componentId), eq(entries.id, entryId), isNull(entries.deletedAt))).for('no key update') : [];
  return row ? { ...row, data: isJsonObject(row.data) ? row.data : {} } : missingEntry(entryId);
}

async function checked(tx: Executor, actor: EntryActor, component: ComponentModel, write: Write, mode: 'create' | 'update'): Promise<{ data: JsonObject; unknown: string[] }> {
  const valid = judgeData(component, await withFileFacts(tx, actor.workspaceId, component.fields, write.data), write, mode);
  const dangling = await danglingReferences(tx, actor.workspaceId, component.fields, valid.data);
  return dangling.length > 0 ? refuseData(dangling) : valid;
}

/** All rules of the model but those that need the database: references and uniqueness. Virtual fields are a form's: a step neither fills nor misses them. */
export function judgeData(component: ComponentModel, files: { data: JsonObject; bad: BadField[] }, { data: given, strict }: Write, mode: 'create' | 'update'): { data: JsonObject; unknown: string[] } {
  const fields = strict ? component.fields : component.fields.filter((field) => !field.virtual);
  const judged = validateEntry(fields, files.data, mode);
  const valid = judged.ok ? { ...judged, unknown: judged.unknown.filter((name) => !component.fields.some((field) => field.name === name)) } : judged;
  const shapely = valid.ok ? [] : valid.bad;
  const unstorable = component.fields.filter((field) => !isStorable(given[field.name] ?? null)).map((field) => ({ field: field.name, text: text(`${field.title}: the text holds a character that cannot be stored.`, `${field.title} : le texte contient un caractère qui ne peut être enregistré.`) }));
  const unknown = strict ? Object.keys(given).filter((name) => !component.fields.some((field) => field.name === name)) : [];
  const bad = [...files.bad, ...unstorable, ...unknown.map((name) => unknownField(name, component)), ...shapely.filter((each) => !files.bad.some((other) => other.field === each.field))];
  return !valid.ok || bad.length > 0 ? refuseData(bad) : valid;
}

/** One failure that lists every bad field, so that a form can show each message under its field. */
export function refuseData(bad: readonly BadField[]): never {
  return fail('VALIDATION_FAILED', text(
    `${bad.length === 1 ? 'One field needs' : `${bad.length} fields need`} a look: ${bad.slice(0, 3).map((each) => each.text.en).join(' ')}`,
    `${bad.length === 1 ? 'Un champ est' : `${bad.length} champs sont`} à revoir : ${bad.slice(0, 3).map((each) => each.text.fr).join(' ')}`,
  ), { path: `data.${bad[0]?.field ?? ''}`, details: bad.map((each) => ({ field: each.field, message: each.text.en, text: each.text })) });
}

/** While a workflow waits for an answer about the entry, what it works with stays as those who answer see it; null is the whole entry. */
async function refuseLocked(tx: Executor, actor: EntryActor, component: ComponentModel, row: Row, fields: readonly string[] | null): Promise<void> {
  const [task] = await tx.select({ question: tasks.question, lockedFields: tasks.lockedFields }).from(tasks).where(and(
    eq(tasks.workspaceId, actor.workspaceId), eq(tasks.componentId, component.id), eq(tasks.entryId, row.id), eq(tasks.state, 'open'),
    actor.runId === undefined ? undefined : ne(tasks.runId, actor.runId), fields === null ? undefined : sql`${tasks.lockedFields} ?| ${sql.param(fields)}::text[]`,
  )).limit(1);
  if (!task) return;
  const question = bothTexts.parse(task.question);
  const name = fields?.find((each) => Array.isArray(task.lockedFields) && task.lockedFields.includes(each)) ?? null;
  const title = component.fields.find((each) => each.name === name)?.title ?? component.title;
  fail('STATE_INVALID', text(
    `"${title}" is read-only while a workflow waits for the answer to "${question.en}". Answer it, or reset the workflow to draft.`,
    `« ${title} » est en lecture seule tant qu’un flux de travail attend la réponse à « ${question.fr} ». Répondez, ou réinitialisez le flux au brouillon.`,
  ), name === null ? {} : { path: `data.${name}`, details: [{ field: name }] });
}

/** The run's own earlier steps are not somebody else. */
async function refuseConflict(tx: Executor, actor: EntryActor, component: ComponentModel, row: Row, { loadedAt, changes }: { loadedAt: string; changes: FieldChange[] }): Promise<void> {
  const since = new Date(loadedAt);
  if (Number.isNaN(since.getTime())) return;
  const others = actor.runId === undefined ? undefined : or(isNull(entryChanges.runId), ne(entryChanges.runId, actor.runId));
  const [clash] = await tx.select({ field: entryChanges.field }).from(entryChanges)
    .where(and(eq(entryChanges.componentId, component.id), eq(entryChanges.entryId, row.id), gt(entryChanges.at, since), inArray(entryChanges.field, changes.map((each) => each.field)), others))
    .orderBy(desc(entryChanges.id)).limit(1);
  const change = clash && changes.find((each) => each.field === clash.field);
  if (!change) return;
  const title = component.fields.find((field) => field.name === change.field)?.title ?? change.field;
  const [theirs, yours] = [show(change.before), show(change.after)];
  fail('CONFLICT', text(
    `Someone changed this record: ${title} is now ${theirs}, you wrote ${yours}. Load it again and decide.`,
    `Quelqu’un a modifié cet enregistrement : ${title} vaut maintenant ${theirs}, vous avez écrit ${yours}. Rechargez-le et décidez.`,
  ), { path: change.field === 'name' ? 'name' : `data.${change.field}`, details: { field: change.field, theirs: change.before, yours: change.after } });
}

const show = (value: Json) => JSON.stringify(value).slice(0, 60);

/** Wall clock, not the transaction's start: a change that waited for another's lock must carry the later time. */
export const clock = sql`date_trunc('milliseconds', clock_timestamp())`;

async function touch(tx: Executor, componentId: string, entryId: number, set: PgUpdateSetSource<typeof entries>): Promise<Date | undefined> {
  const [row] = await tx.update(entries).set({ ...set, updatedAt: sql`greatest(${clock}, ${entries.updatedAt} + interval '1 millisecond')` })
    .where(and(eq(entries.componentId, componentId), eq(entries.id, entryId))).returning({ at: entries.updatedAt });
  return row?.at;
}

type Recorded = { at: Date | undefined; changes: FieldChange[]; deleted?: boolean };

async function record(tx: Executor, actor: EntryActor, component: ComponentModel, entryId: number, { at, changes, deleted }: Recorded): Promise<void> {
  const by = { userId: actor.userId, runId: actor.runId ?? null, stepId: actor.stepId ?? null };
  if (changes.length > 0) await tx.insert(entryChanges).values(changes.map((each) => ({ componentId: component.id, entryId, ...each, ...by, ...(at ? { at } : {}) })));
  await recordChange(tx, { workspaceId: actor.workspaceId, topic: 'entry', objectId: component.id, entryId, ...(deleted ? { deleted } : {}) });
}

export function nameChange(before: string | null, after: string | null): FieldChange[] {
  return before === after ? [] : [{ field: 'name', before, after }];
}

export function cleanName(name: string | null | undefined): string | null {
  const cleaned = name?.slice(0, 500).replaceAll(/[\0\p{Cs}]/gu, '').trim() ?? '';
  return cleaned === '' ? null : cleaned;
}

function unknownField(name: string, component: ComponentModel): BadField {
  return { field: name, text: text(`"${name}" is not a field of "${component.title}".`, `« ${name} » n’est pas un champ de « ${component.title} ».`) };
}

function unknownFields(names: readonly string[]): Text[] {
  return names.map((name) => text(`"${name}" is not a field of this component and was not stored.`, `« ${name} » n’est pas un champ de ce composant et n’a pas été enregistré.`));
}

export function missingEntry(entryId: number): never {
  return fail('ENTRY_NOT_FOUND', text(`There is no entry ${entryId} in this component.`, `Il n’y a pas d’entrée ${entryId} dans ce composant.`));
}
