import { setTimeout as pause } from 'node:timers/promises';
import type postgres from 'postgres';

/** What a piece of work costs a database: commits and rows written, less what it does when nothing is asked of it. */
export type Traffic = { commits: number; rows: number };
const settleMs = 1_300; // statistics are handed in once a second

async function read(sql: postgres.Sql): Promise<Traffic & { atMs: number }> {
  await pause(settleMs);
  await sql`select pg_stat_clear_snapshot()`;
  const [row] = await sql<Traffic[]>`select xact_commit::int as commits, (tup_inserted + tup_updated + tup_deleted)::int as rows from pg_stat_database where datname = current_database()`;
  return { commits: row?.commits ?? 0, rows: row?.rows ?? 0, atMs: Date.now() };
}

export async function trafficOf(sql: postgres.Sql, work: () => Promise<unknown>): Promise<Traffic> {
  const idleFrom = await read(sql);
  await pause(1_500);
  const from = await read(sql);
  await work();
  const to = await read(sql);
  const idle = (key: 'commits' | 'rows') => ((from[key] - idleFrom[key]) / (from.atMs - idleFrom.atMs)) * (to.atMs - from.atMs);
  return { commits: to.commits - from.commits - idle('commits'), rows: to.rows - from.rows - idle('rows') };
}
