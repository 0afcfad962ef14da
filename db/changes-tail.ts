import type { Database } from './client';
import type { ChangeTopic } from './record-change';

/**
 * Follows table `changes`. Numbers are handed out before commits, so "greater than the last number" would skip a row
 * whose transaction commits late; the row comparison below the oldest running transaction misses none.
 */
export type ChangeCursor = { xid: string; gpos: string };
export type TailChange = { workspaceId: string; topic: ChangeTopic; objectId: string; entryId: number | null; deleted: boolean; at: string };

const most = 1_000;

/** Where the tail is now: what commits from here on is ahead of it. */
export async function changesHead(sql: Database['sql']): Promise<ChangeCursor> {
  const [row] = await sql<{ xid: string }[]>`select pg_snapshot_xmin(pg_current_snapshot())::text as xid`;
  return { xid: row?.xid ?? '0', gpos: '0' };
}

export async function changesAfter(sql: Database['sql'], cursor: ChangeCursor): Promise<{ items: TailChange[]; cursor: ChangeCursor; isMore: boolean }> {
  const rows = await sql<(TailChange & ChangeCursor)[]>`
    select xid::text as xid, gpos::text as gpos, workspace_id as "workspaceId", topic, object_id as "objectId", entry_id as "entryId", deleted,
      to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at
    from changes
    where (xid, gpos) > (${cursor.xid}::xid8, ${cursor.gpos}::bigint) and xid < pg_snapshot_xmin(pg_current_snapshot())
    order by xid, gpos limit ${most}`;
  const last = rows.at(-1);
  const items = rows.map(({ xid: _xid, gpos: _gpos, ...change }) => change);
  return { items, cursor: last ? { xid: last.xid, gpos: last.gpos } : cursor, isMore: rows.length === most };
}

/** Browsers that were away longer than this read their lists again anyway. */
export async function trimChanges(sql: Database['sql'], olderThanHours: number): Promise<void> {
  await sql`delete from changes where at < now() - make_interval(hours => ${olderThanHours})`;
}
