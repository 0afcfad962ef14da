import type postgres from 'postgres';
import type { Access } from './access';
import { hashAct, type ChainedAct } from './audit';
import type { Database } from './client';
import { permitted } from './permitted';

export type VerifiedAudit = { ok: true; acts: number } | { ok: false; seq: number; id: string | null; reason: 'altered' | 'missing' | 'extra' };
type Row = Omit<ChainedAct, 'at'> & { at: Date; hash: string };
const pageRows = 2_000;

/** The chain of the workspace's acts: whole, or the first that is altered, missing or one too many. */
export async function verifyAudit(database: Database, access: Access) {
  return permitted(access, 'settings.manage', async () => ({ verified: await verifyAuditChain(database.sql, access.workspaceId) }));
}

/** `workspaceId` null: the acts of no workspace. */
export async function verifyAuditChain(sql: postgres.Sql, workspaceId: string | null): Promise<VerifiedAudit> {
  // The head first: acts recorded meanwhile stand behind it and are not looked at.
  const [head] = await sql<{ seq: number; hash: string }[]>`select seq::int as seq, encode(hash, 'hex') as hash from audit_heads where chain = ${workspaceId ?? ''}`;
  const last = head?.seq ?? 0;
  let [seq, previous] = [0, ''];
  while (seq < last) {
    const rows = await sql<Row[]>`select seq::int as seq, id, workspace_id as "workspaceId", user_id as "userId", action, object_id as "objectId", data, at, encode(hash, 'hex') as hash
      from audit where workspace_id is not distinct from ${workspaceId} and seq > ${seq} and seq <= ${last} order by seq, at, id limit ${pageRows}`;
    if (rows.length === 0) return { ok: false, seq: seq + 1, id: null, reason: 'missing' };
    for (const { hash, ...row } of rows) {
      if (row.seq > seq + 1) return { ok: false, seq: seq + 1, id: null, reason: 'missing' };
      if (row.seq === seq) return { ok: false, seq, id: row.id, reason: 'extra' };
      if (hashAct(previous, { ...row, at: row.at.toISOString() }) !== hash) return { ok: false, seq: row.seq, id: row.id, reason: 'altered' };
      [seq, previous] = [row.seq, hash];
    }
  }
  if (head && previous !== head.hash) return { ok: false, seq, id: null, reason: 'altered' };
  const extra = await extraAct(sql, workspaceId);
  return extra ? { ok: false, seq: extra.seq ?? 0, id: extra.id, reason: 'extra' } : { ok: true, acts: last };
}

/** Beyond the head as it is now, twice under one number, or outside of the chain though it was begun. */
async function extraAct(sql: postgres.Sql, workspaceId: string | null): Promise<{ id: string; seq: number | null } | undefined> {
  const [row] = await sql<{ id: string; seq: number | null }[]>`
    with mine as (select * from audit where workspace_id is not distinct from ${workspaceId})
    select id, seq::int as seq from mine m where m.seq > (select seq from audit_heads where chain = ${workspaceId ?? ''})
      or (m.seq is null and m.at >= (select min(at) from mine where seq is not null))
      or exists (select 1 from mine other where other.seq = m.seq and other.id < m.id) order by m.seq nulls last limit 1`;
  return row;
}
