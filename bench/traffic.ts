import { setTimeout as pause } from 'node:timers/promises';
import type postgres from 'postgres';

/**
 * What a piece of work costs a database: commits and rows written, less what it does when nothing is asked of it. PostgreSQL counts
 * every statement that only reads as a commit, too; `writing` are those that took a transaction number (of the whole server).
 */
export type Traffic = { commits: number; writing: number; rows: number };
/** Statistics are handed in once a second by who is busy; who falls idle before that keeps them for ten. */
const settleMs = 11_000;
const idleMs = 3_000;

async function read(sql: postgres.Sql, afterMs: number): Promise<Traffic & { atMs: number }> {
  await pause(afterMs);
  await sql`select pg_stat_clear_snapshot()`;
  const [row] = await sql<Traffic[]>`select xact_commit::int as commits, pg_snapshot_xmax(pg_current_snapshot())::text::int as writing, (tup_inserted + tup_updated + tup_deleted)::int as rows from pg_stat_database where datname = current_database()`;
  return { commits: row?.commits ?? 0, writing: row?.writing ?? 0, rows: row?.rows ?? 0, atMs: Date.now() };
}

export async function trafficOf(sql: postgres.Sql, work: () => Promise<unknown>): Promise<Traffic> {
  const idleFrom = await read(sql, settleMs);
  const from = await read(sql, idleMs);
  await work();
  const to = await read(sql, settleMs);
  const idle = (key: keyof Traffic) => ((from[key] - idleFrom[key]) / (from.atMs - idleFrom.atMs)) * (to.atMs - from.atMs);
  return { commits: to.commits - from.commits - idle('commits'), writing: to.writing - from.writing - idle('writing'), rows: to.rows - from.rows - idle('rows') };
}
