import type { RunEvent } from '#flow/run-event';
import type { Database } from './client';
import { inArray } from 'drizzle-orm';
import { eventOf, logRows } from './run-log';
import { selectSummaries, summaryOf, type RunSummary } from './run-row';
import { runs } from './schema';

/**
 * For watchers. One run is followed by its own seq: one fenced writer numbers it, so nothing is skipped. All runs
 * together are followed by (xid, gpos) below the oldest running transaction, because numbers are handed out before
 * commits and "greater than the last number" would lose what commits late.
 */
export type TailCursor = { xid: string; gpos: string };
export type RunChange = { workspaceId: string; at: string; run: RunSummary };

const most = 2_000;

/** So few runs are read at once; of more, first those that have something new are found, as when every watched run is looked at. */
const readAtOnce = 4;

/** The next events of each run after its cursor, in order, at most `limit` a run. */
export async function eventsAfter(sql: Database['sql'], cursors: readonly { runId: string; after: number }[], limit = 500): Promise<Map<string, RunEvent[]>> {
  const moved = cursors.length <= readAtOnce ? cursors : await movedBeyond(sql, cursors);
  const read = await Promise.all(moved.map(async ({ runId, after }) => [runId, (await logRows(sql, [runId], { after, limit })).map(eventOf)] as const));
  return new Map(read.filter(([, events]) => events.length > 0));
}

async function movedBeyond(sql: Database['sql'], cursors: readonly { runId: string; after: number }[]): Promise<{ runId: string; after: number }[]> {
  return sql<{ runId: string; after: number }[]>`select c.run_id as "runId", c.after from unnest(${cursors.map((each) => each.runId)}::uuid[], ${cursors.map((each) => each.after)}::int[]) c(run_id, after)
    where exists (select 1 from run_events e where e.run_id = c.run_id and e.seq > c.after)`;
}

/** Where the tail is now: what commits from here on is ahead of it. */
export async function runsHead(sql: Database['sql']): Promise<TailCursor> {
  const [row] = await sql<{ xid: string }[]>`select pg_snapshot_xmin(pg_current_snapshot())::text as xid`;
  return { xid: row?.xid ?? '0', gpos: '0' };
}

/** Runs whose status changed since, as they are now, each once. */
export async function runChangesAfter(database: Database, cursor: TailCursor): Promise<{ items: RunChange[]; cursor: TailCursor; isMore: boolean }> {
  const rows = await database.sql<(TailCursor & { runId: string; type: string; at: Date })[]>`
    select xid::text as xid, gpos::text as gpos, run_id as "runId", type, at from run_events
    where (xid, gpos) > (${cursor.xid}::xid8, ${cursor.gpos}::bigint) and xid < pg_snapshot_xmin(pg_current_snapshot()) order by xid, gpos limit ${most}`;
  const last = rows.at(-1);
  const changed = new Map(rows.filter((row) => row.type.startsWith('run.') || row.type.startsWith('wait.') || row.type === 'step.waiting').map((row) => [row.runId, row.at]));
  const summaries = changed.size === 0 ? [] : await summariesOf(database, [...changed.keys()]);
  const items = summaries.map(({ workspaceId, run }) => ({ workspaceId, at: (changed.get(run.id) ?? new Date()).toISOString(), run }));
  return { items, cursor: last ? { xid: last.xid, gpos: last.gpos } : cursor, isMore: rows.length === most };
}

export async function summariesOf(database: Database, ids: string[]): Promise<{ workspaceId: string; run: RunSummary }[]> {
  const [rows, owners] = await Promise.all([
    selectSummaries(database.db).where(inArray(runs.id, ids)),
    database.db.select({ id: runs.id, workspaceId: runs.workspaceId }).from(runs).where(inArray(runs.id, ids)),
  ]);
  const workspaceOf = new Map(owners.map((each) => [each.id, each.workspaceId]));
  return rows.map((row) => ({ workspaceId: workspaceOf.get(row.id) ?? '', run: summaryOf(row) }));
}
