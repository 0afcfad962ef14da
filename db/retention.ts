import type postgres from 'postgres';
import type { Database } from './client';
import { archiveRuns } from './run-archive';
import { firstIdAt, weeks, type Week } from './run-weeks';

/**
 * What is removed by age: runs that ended, with their events, effects and words, per workspace and all or nothing.
 * A week whose runs are all past their time goes as a table; the others go in chunks. Archived runs are on disk before
 * they leave the database.
 */
export type Removed = { runs: number; archived: number; tables: string[] };
/** `runDays` is what holds for workspaces that say nothing. */
export type Retention = { runDays: number | null; archiveFolder: string };
/** The pool or a transaction of it. */
type Sql = postgres.ISql;

const chunk = 200;

export async function removeOldRuns(database: Database, { runDays, archiveFolder }: Retention): Promise<Removed> {
  const { sql } = database;
  const removed: Removed = { runs: 0, archived: 0, tables: [] };
  for (;;) {
    const ids = await sql.begin(async (tx) => {
      const gone = await expired(tx, runDays, 'archive');
      await archiveRuns(tx, archiveFolder, gone);
      await forget(tx, gone);
      return gone;
    });
    removed.archived += ids.length;
    if (ids.length < chunk) break;
  }
  for (const week of await weeks(sql)) {
    const runs = week.to > firstIdAt(Date.now()) ? null : await dropWeek(sql, week, runDays);
    if (runs === null) continue;
    removed.runs += runs;
    removed.tables.push(week.table);
  }
  for (;;) {
    const ids = await sql.begin(async (tx) => {
      const gone = await expired(tx, runDays, 'delete');
      await forget(tx, gone);
      return gone;
    });
    removed.runs += ids.length;
    if (ids.length < chunk) break;
  }
  removed.runs += removed.archived;
  return removed;
}

/** Ended, past the workspace's time, and no open run's child. */
const isExpired = (sql: Sql, runDays: number | null) => sql`r.finished_at is not null and r.finished_at < now() - make_interval(days => case when w.settings ? 'retention' then (w.settings #>> '{retention,runDays}')::int else ${runDays}::int end)
  and not exists (select 1 from run_slots s where s.run_id in (r.id, r.parent_run_id))`;

async function expired(tx: Sql, runDays: number | null, then: 'archive' | 'delete'): Promise<string[]> {
  const rows = await tx<{ id: string }[]>`select r.id from runs r join workspaces w on w.id = r.workspace_id
    where ${isExpired(tx, runDays)} and coalesce((w.settings #>> '{retention,archive}')::boolean, false) = ${then === 'archive'} order by r.id limit ${chunk} for update of r skip locked`;
  return rows.map((row) => row.id);
}

/** The runs removed with the week, or null when somebody's is to be kept. A run resumed meanwhile keeps its week. */
async function dropWeek(sql: postgres.Sql, week: Week, runDays: number | null): Promise<number | null> {
  const [kept] = await sql`select 1 from runs r join workspaces w on w.id = r.workspace_id where r.id >= ${week.from} and r.id < ${week.to} and not coalesce(${isExpired(sql, runDays)}, false) limit 1`;
  if (kept) return null;
  return sql.begin(async (tx) => {
    await tx`set local lock_timeout = '3s'`;
    const gone = await tx<{ id: string }[]>`delete from runs r using workspaces w where w.id = r.workspace_id and r.id >= ${week.from} and r.id < ${week.to} and ${isExpired(tx, runDays)} returning r.id`;
    const [left] = await tx`select 1 from runs where id >= ${week.from} and id < ${week.to} limit 1`;
    if (left) throw new KeepWeek();
    await forgetAround(tx, gone.map((row) => row.id));
    await tx.unsafe(`drop table ${week.table}`);
    return gone.length;
  }).catch((error: unknown) => {
    if (error instanceof KeepWeek) return null;
    throw error;
  });
}
class KeepWeek extends Error {}

async function forget(tx: Sql, runIds: readonly string[]): Promise<void> {
  if (runIds.length === 0) return;
  await tx`delete from run_events where run_id = any(${[...runIds]}::uuid[])`;
  await tx`delete from runs where id = any(${[...runIds]}::uuid[])`;
  await forgetAround(tx, runIds);
}

async function forgetAround(tx: Sql, runIds: readonly string[]): Promise<void> {
  const ids = [...runIds];
  await tx`delete from run_effects where run_id = any(${ids}::uuid[])`;
  await tx`delete from run_inbox where run_id = any(${ids}::uuid[])`;
  await tx`delete from run_keys where run_id = any(${ids}::uuid[])`;
}
