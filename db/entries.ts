import { and, eq, isNull, sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import type { ComponentModel, EntryModel } from '#flow/component-model';
import { fail, type Result } from '#flow/failure';
import type { InstanceFilter } from '#flow/instance-state';
import type { JsonObject } from '#flow/json';
import type { EntryWrite } from '#flow/steps/capabilities';
import { text } from '#flow/text';
import type { Filter } from '#flow/value';
import type { Access } from './access';
import type { Database, Executor } from './client';
import { findComponent, missingComponent } from './components';
import { afterKeys, filterSql, orderBy, searchSql, sortKeys } from './entry-filter';
import { entryColumns, entryModels, modelsById } from './entry-models';
import { missingEntry, writeEntry } from './entry-write';
import { inInstanceState } from './instance-filter';
import { decodeCursor, encodeCursor, type Listed, type Page } from './page';
import { permitted } from './permitted';
import { components, entries } from './schema';

export { entryHistory } from './entry-history';
export { writeEntry } from './entry-write';

type Data = JsonObject;
export type EntryDraft = { name?: string | null | undefined; data?: Data | undefined };
/** `loadedAt` is the `updateDate` the writer saw: a field changed since is then a CONFLICT instead of overwritten. */
export type EntryPatch = EntryDraft & { loadedAt?: string | undefined };
export type EntryConditions = { filter?: Filter | undefined; search?: string | undefined; instanceState?: readonly InstanceFilter[] | undefined };
export type EntryQuery = EntryConditions & { sort?: string | undefined } & Page;

export async function createEntry(database: Database, access: Access, componentId: string, draft: EntryDraft): Promise<Result<{ entry: EntryModel }>> {
  return change(database, access, componentId, { entryId: null, remove: false, data: draft.data ?? {}, ...named(draft) });
}

export async function updateEntry(database: Database, access: Access, componentId: string, entryId: number, patch: EntryPatch): Promise<Result<{ entry: EntryModel }>> {
  return change(database, access, componentId, { entryId, remove: false, data: patch.data ?? {}, ...named(patch), ...(patch.loadedAt === undefined ? {} : { loadedAt: patch.loadedAt }) });
}

/** Hidden everywhere at once; its row and history stay until maintenance removes them. */
export async function deleteEntry(database: Database, access: Access, componentId: string, entryId: number): Promise<Result<object>> {
  return permitted(access, 'entries.write', () => database.db.transaction(async (db) => {
    await writeEntry(db, actorOf(access), { componentId, entryId, remove: true, data: {}, noTracking: false });
    return {};
  }));
}

const named = (draft: EntryDraft) => (draft.name === undefined ? {} : { name: draft.name });
const actorOf = (access: Access) => ({ workspaceId: access.workspaceId, userId: access.user?.id ?? null });

async function change(database: Database, access: Access, componentId: string, write: Omit<EntryWrite, 'componentId' | 'noTracking'>): Promise<Result<{ entry: EntryModel }>> {
  return permitted(access, 'entries.write', () => database.db.transaction(async (db) => {
    const component = (await findComponent(db, access.workspaceId, componentId)) ?? missingComponent(componentId);
    const { entryId } = await writeEntry(db, actorOf(access), { ...write, componentId, noTracking: false, strict: true });
    return { entry: (await modelsById(db, access.workspaceId, component, [entryId]))[0] ?? missingEntry(entryId) };
  }));
}

export async function getEntry(database: Database, access: Access, componentId: string, entryId: number): Promise<Result<{ entry: EntryModel }>> {
  return permitted(access, 'workspace.read', async () => {
    const component = (await findComponent(database.db, access.workspaceId, componentId)) ?? missingComponent(componentId);
    return { entry: (await modelsById(database.db, access.workspaceId, component, [entryId]))[0] ?? missingEntry(entryId) };
  });
}

/** Without a check of rights, for runs. */
export async function readEntry(db: Executor, componentId: string, entryId: number): Promise<EntryModel | null> {
  const [owner] = await db.select({ workspaceId: components.workspaceId }).from(components).where(eq(components.id, componentId));
  const component = owner ? await findComponent(db, owner.workspaceId, componentId) : null;
  return owner && component ? ((await modelsById(db, owner.workspaceId, component, [entryId]))[0] ?? null) : null;
}

/** The live entries of a component under all of these conditions. */
export function wantedEntries(component: ComponentModel, { filter = {}, search = '', instanceState }: EntryConditions): SQL | undefined {
  return and(eq(entries.componentId, component.id), isNull(entries.deletedAt), filterSql(component, filter), searchSql(component, search), instanceState && inInstanceState(component.id, instanceState));
}

const cursorKeys = z.array(z.string().nullable());

/** A page of entries and how many there are in all; a cursor goes on only with the sort it was given with. */
export async function listEntries(database: Database, access: Access, componentId: string, query: EntryQuery): Promise<Result<Listed<EntryModel> & { total: number }>> {
  return permitted(access, 'workspace.read', async () => {
    const component = (await findComponent(database.db, access.workspaceId, componentId)) ?? missingComponent(componentId);
    const wanted = wantedEntries(component, query);
    const keys = sortKeys(component, query.sort);
    const cursor = decodeCursor(query.cursor, z.object({ sort: z.string(), last: cursorKeys.length(keys.length) }));
    if (cursor && cursor.sort !== (query.sort ?? '')) fail('PARAM_INVALID', text('The cursor belongs to another sort order. Start again without it.', 'Le curseur est d’un autre tri. Recommencez sans lui.'), { path: 'cursor' });
    const shown = sql<string>`json_build_array(${sql.join(keys.map((key) => sql`${key.value}::text`), sql`, `)})::text`;
    const rows = await database.db.select({ ...entryColumns, keys: shown }).from(entries)
      .where(and(wanted, cursor ? afterKeys(keys, cursor.last) : undefined)).orderBy(...orderBy(keys)).limit(query.limit + 1);
    const page = rows.slice(0, query.limit);
    const last = page.at(-1);
    return {
      items: await entryModels(database.db, access.workspaceId, component, page),
      nextCursor: rows.length > query.limit && last ? encodeCursor({ sort: query.sort ?? '', last: cursorKeys.parse(JSON.parse(last.keys)) }) : null,
      total: await database.db.$count(entries, wanted),
    };
  });
}
