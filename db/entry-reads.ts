import { and, eq, inArray, isNull } from 'drizzle-orm';
import type { ComponentModel, EntryModel } from '#flow/component-model';
import { fail, FailureError, type Failure } from '#flow/failure';
import type { JsonObject } from '#flow/json';
import type { EntryFinds, EntrySearch } from '#flow/steps/capabilities';
import { text } from '#flow/text';
import type { Database, Executor } from './client';
import { filterSql, orderBy, sortKeys } from './entry-filter';
import { entryKey } from './entry-key';
import { entryColumns, entryModels, modelsById } from './entry-models';
import { entries, entryKeys, members, user } from './schema';

/**
 * Entries as runs read them: for all items of a step at once, in one snapshot, in batches. The caller has found the
 * component in the run's workspace and made sure of the right.
 */
export const readBatch = 1_000;
const atOnce = 16;
/** All that one step may find, over all its items. */
const mostFound = 100_000;

export type Reading = { workspaceId: string; component: ComponentModel; signal: AbortSignal };

/** One answer for each search; a search that makes no sense answers its own failure. */
export async function searchEntries(database: Database, at: Reading, searches: readonly EntrySearch[]): Promise<(EntryFinds | Failure)[]> {
  const byText = new Map<string, EntryFinds | Failure>();
  const distinct = [...new Map(searches.map((each) => [JSON.stringify(each), each]))];
  await inSnapshot(database, async (db) => {
    let found = 0;
    for (let start = 0; start < distinct.length; start += atOnce) {
      at.signal.throwIfAborted();
      const answers = await Promise.all(distinct.slice(start, start + atOnce).map(async ([key, search]) => [key, await searched(db, at, search)] as const));
      for (const [key, answer] of answers) {
        byText.set(key, answer);
        found += 'entries' in answer ? answer.entries.length : 0;
      }
      if (found > mostFound) fail('LIMIT_EXCEEDED', text(`The step finds more than ${mostFound} entries in all. Narrow the filter or lower the limit.`, `L’étape trouve plus de ${mostFound} entrées en tout. Affinez le filtre ou baissez la limite.`));
    }
  });
  return searches.map((each) => byText.get(JSON.stringify(each)) ?? { entries: [], total: 0 });
}

async function searched(db: Executor, { workspaceId, component }: Reading, { filter, sort, limit }: EntrySearch): Promise<EntryFinds | Failure> {
  try {
    const wanted = and(eq(entries.componentId, component.id), isNull(entries.deletedAt), filterSql(component, filter));
    const rows = await db.select(entryColumns).from(entries).where(wanted).orderBy(...orderBy(sortKeys(component, sort))).limit(limit + 1);
    const total = rows.length > limit ? await db.$count(entries, wanted) : rows.length;
    return { entries: await entryModels(db, workspaceId, component, rows.slice(0, limit)), total };
  } catch (error) {
    if (error instanceof FailureError) return error.failure;
    throw error;
  }
}

export async function entriesById(database: Database, at: Reading, ids: readonly number[]): Promise<Map<number, EntryModel>> {
  const found = new Map<number, EntryModel>();
  await inSnapshot(database, async (db) => {
    for (const batch of batches([...new Set(ids)])) {
      at.signal.throwIfAborted();
      for (const each of await modelsById(db, at.workspaceId, at.component, batch)) found.set(each.id, each);
    }
  });
  return found;
}

/** People by id as entries of User info; only members of the workspace are visible. */
export async function peopleById(database: Database, workspaceId: string, ids: readonly string[]): Promise<Map<string, { name: string; data: JsonObject }>> {
  const found = new Map<string, { name: string; data: JsonObject }>();
  for (const batch of batches([...new Set(ids)])) {
    const rows = await database.db.select({ id: user.id, name: user.name, email: user.email }).from(user).innerJoin(members, eq(members.userId, user.id))
      .where(and(eq(members.workspaceId, workspaceId), inArray(user.id, batch)));
    for (const row of rows) found.set(row.id, { name: row.name, data: { email: row.email } });
  }
  return found;
}

/** The id of the entry with each primary key (values as they are stored), or null. */
export async function entryIdsByKey(database: Database, at: Reading, keys: readonly JsonObject[]): Promise<(number | null)[]> {
  const wanted = keys.map((each) => entryKey(at.component.fields, each));
  const found = new Map<string, number>();
  await inSnapshot(database, async (db) => {
    for (const batch of batches([...new Set(wanted.filter((each) => each !== null))])) {
      at.signal.throwIfAborted();
      const rows = await db.select({ key: entryKeys.key, entryId: entryKeys.entryId }).from(entryKeys).where(and(eq(entryKeys.componentId, at.component.id), inArray(entryKeys.key, batch)));
      for (const row of rows) found.set(row.key, row.entryId);
    }
  });
  return wanted.map((key) => (key === null ? null : (found.get(key) ?? null)));
}

function* batches<T>(list: readonly T[]): Generator<T[]> {
  for (let start = 0; start < list.length; start += readBatch) yield list.slice(start, start + readBatch);
}

async function inSnapshot<T>(database: Database, work: (db: Executor) => Promise<T>): Promise<T> {
  return database.db.transaction(work, { isolationLevel: 'repeatable read', accessMode: 'read only' });
}
