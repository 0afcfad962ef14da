import { and, eq, inArray, isNull } from 'drizzle-orm';
import type { ComponentModel, EntryModel } from '#flow/component-model';
import { isJsonObject } from '#flow/json';
import type { Executor } from './client';
import { referencedNames, withNames } from './entry-references';
import { entries, user } from './schema';

/** Rows of `entries` as the entry models that people, programs and steps see: references by live name, people by name. */
export const entryColumns = {
  id: entries.id, name: entries.name, data: entries.data, createdAt: entries.createdAt, updatedAt: entries.updatedAt, createdBy: entries.createdBy, changedBy: entries.changedBy,
};

/** In the order of the ids; those that do not exist are left out. */
export async function modelsById(db: Executor, workspaceId: string, component: ComponentModel, ids: readonly number[]): Promise<EntryModel[]> {
  const possible = ids.filter((id) => Number.isSafeInteger(id) && id > 0 && id <= 2_147_483_647);
  if (possible.length === 0) return [];
  const rows = await db.select(entryColumns).from(entries).where(and(eq(entries.componentId, component.id), inArray(entries.id, possible), isNull(entries.deletedAt)));
  const models = new Map((await entryModels(db, workspaceId, component, rows)).map((each) => [each.id, each]));
  return ids.flatMap((id) => models.get(id) ?? []);
}

export type EntryRow = { id: number; name: string | null; data: unknown; createdAt: Date; updatedAt: Date; createdBy: string | null; changedBy: string | null };

export async function entryModels(db: Executor, workspaceId: string, component: ComponentModel, rows: readonly EntryRow[]): Promise<EntryModel[]> {
  const data = rows.map((row) => (isJsonObject(row.data) ? row.data : {}));
  const names = await referencedNames(db, workspaceId, component.fields, data);
  const people = await peopleNames(db, rows.flatMap((row) => [row.createdBy, row.changedBy]).filter((id) => id !== null));
  const person = (id: string | null) => (id === null ? null : { id, name: people.get(id) ?? null });
  return rows.map((row, place) => ({
    id: row.id, name: row.name, createdDate: row.createdAt.toISOString(), updateDate: row.updatedAt.toISOString(),
    creatorSubject: person(row.createdBy), changeAuthor: person(row.changedBy), data: withNames(component.fields, data[place] ?? {}, names),
  }));
}

async function peopleNames(db: Executor, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db.select({ id: user.id, name: user.name }).from(user).where(inArray(user.id, [...new Set(ids)]));
  return new Map(rows.map((row) => [row.id, row.name]));
}
