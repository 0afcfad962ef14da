import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { asc, isNull, type SQL } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import { z } from 'zod';
import { componentField, fieldName, type ComponentField, type ComponentModel } from '#flow/component-model';
import type { Database, Executor } from './client';
import { columnOf } from './entry-columns';
import { log } from './log';
import { components } from './schema';
import { addJob } from './side-jobs';

/**
 * Fields with the Query flag have indexes: partial ones per component and field, over the very expression that filters
 * and sorts use. A side job makes and drops them beside the work that goes on, by comparing what there is with what
 * there should be, so that it may run at any time and finish what another left half done.
 */
export const mostIndexedFields = 10;
/** Each insert looks at every index of the table, whosever it is. */
const mostIndexes = 500;
const prefix = 'entries_q';

export type EntryIndex = { kind: 'index' | 'statistics'; name: string; statement: string };

/**
 * Of the flagged fields the first ten: one index to filter and sort by, one for the other direction, and statistics,
 * for the planner takes none from a partial index and would guess that a range holds a third of everything.
 */
export function entryIndexes(component: Pick<ComponentModel, 'id' | 'title' | 'fields' | 'settings'>): EntryIndex[] {
  return component.fields.filter(isIndexed).slice(0, mostIndexedFields).flatMap((field) => {
    const column = columnOf(component, `data.${field.name}`);
    const { value, isPrefix } = column.index ?? { value: column.value, isPrefix: false };
    const key = inlined(value);
    if (column.kind === 'list') return [indexOf(component.id, `using gin ((${key}) jsonb_path_ops)`)];
    const ordered = (direction: 'asc' | 'desc') => indexOf(component.id, `((${key}) ${direction} nulls last${isPrefix ? '' : ', id'})`);
    const counted = named('statistics', (name) => `create statistics if not exists ${name} on (${key}) from entries`, `${component.id} ${key}`);
    return column.sortBy || column.kind === 'boolean' ? [ordered('asc'), counted] : [ordered('asc'), ordered('desc'), counted];
  });
}

const isIndexed = (field: ComponentField) => field.query === true && !field.virtual && fieldName.safeParse(field.name).success;
export const indexedFields = (fields: readonly ComponentField[]) => JSON.stringify(fields.filter(isIndexed).slice(0, mostIndexedFields).map(({ name, type, componentId }) => [name, type, componentId]));

function indexOf(componentId: string, over: string): EntryIndex {
  const rest = `on entries ${over} where component_id = ${literal(componentId)} and deleted_at is null`;
  return named('index', (name) => `create index concurrently if not exists ${name} ${rest}`, rest);
}

/** The name stands for all there is to it: whatever changes makes another. */
function named(kind: EntryIndex['kind'], statement: (name: string) => string, of: string): EntryIndex {
  const name = `${prefix}${kind === 'index' ? '' : 's'}_${createHash('sha256').update(of).digest('hex').slice(0, 24)}`;
  return { kind, name, statement: statement(name) };
}

const dialect = new PgDialect();
const literal = (value: unknown) => `'${String(value).replaceAll("'", "''")}'`;

/** The same expression with its parameters, which are names of fields, written out: an index has none. */
function inlined(expression: SQL): string {
  const { sql: statement, params } = dialect.sqlToQuery(expression);
  return statement.replaceAll(/\$(\d+)/g, (_all, place: string) => literal(params[Number(place) - 1]));
}

/** In the transaction of the change. */
export async function askForIndexes(tx: Executor): Promise<void> {
  await addJob(tx, 'index-entries', {}, 'index-entries');
}

export type Indexed = { made: number; dropped: number };
const turnMs = 500;
const mostTurns = 240;
const stored = z.array(componentField);

/** One at a time for the whole database. It asks for its turn again and again: who waits for a lock would be waited for. */
export async function indexEntries(database: Database): Promise<Indexed> {
  const connection = await database.sql.reserve();
  try {
    for (let turn = 0; ; turn++) {
      const [lock] = await connection<{ mine: boolean }[]>`select pg_try_advisory_lock(hashtext('millrace.entry-indexes')) as mine`;
      if (lock?.mine) break;
      if (turn >= mostTurns) throw new Error('another index is being made');
      await pause(turnMs);
    }
    const wanted = await wantedIndexes(database);
    const there = await connection<{ kind: EntryIndex['kind']; name: string; valid: boolean }[]>`
      select 'index' as kind, c.relname as name, i.indisvalid as valid from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = 'entries'::regclass and starts_with(c.relname, ${prefix})
      union all select 'statistics', stxname, true from pg_statistic_ext where stxrelid = 'entries'::regclass and starts_with(stxname, ${prefix})`;
    // One whose making was cut off is there, invalid: it costs and serves nobody.
    const gone = there.filter((each) => !each.valid || !wanted.has(each.name));
    for (const { kind, name } of gone) await connection.unsafe(kind === 'index' ? `drop index concurrently if exists ${name}` : `drop statistics if exists ${name}`);
    const missing = [...wanted].filter(([name]) => !there.some((each) => each.valid && each.name === name));
    for (const [, statement] of missing) await connection.unsafe(statement);
    if (missing.length > 0) await connection.unsafe('analyze entries');
    return { made: missing.length, dropped: gone.length };
  } finally {
    await connection`select pg_advisory_unlock_all()`.catch(() => {}); // A cut connection has lost its locks.
    connection.release();
  }
}

async function wantedIndexes({ db }: Database): Promise<Map<string, string>> {
  const rows = await db.select({ id: components.id, title: components.title, fields: components.fields }).from(components).where(isNull(components.deletedAt)).orderBy(asc(components.createdAt), asc(components.id));
  const wanted = rows.flatMap((row) => entryIndexes({ ...row, fields: stored.parse(row.fields), settings: {} }));
  if (wanted.length > mostIndexes) log('warning', `${wanted.length} indexes are wanted for fields with Query; the ${mostIndexes} of the oldest components are kept`);
  return new Map(wanted.slice(0, mostIndexes).map((each) => [each.name, each.statement]));
}
