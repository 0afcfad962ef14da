import { createHmac } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { newId } from '#flow/id';
import type { Json } from '#flow/json';
import type { Executor } from './client';
import { deriveKey, readEnv } from './env';
import { canonical } from './event-hash';

/**
 * What people did. The acts of a workspace (and those of none, such as sign-ins) form a chain: each hash is an HMAC over
 * the one before it and the row, under a key that is not in the database.
 */
export type Act = { workspaceId: string | null; userId: string | null; action: string; objectId?: string; data?: Json };
export type ChainedAct = { seq: number; id: string; workspaceId: string | null; userId: string | null; action: string; objectId: string | null; data: Json; at: string };

let key: Buffer | undefined;

export function hashAct(previous: string, act: ChainedAct): string {
  key ??= deriveKey(readEnv().secretKey, 'audit');
  const line = canonical([act.seq, act.id, act.workspaceId, act.userId, act.action, act.objectId, act.data, act.at]);
  return createHmac('sha256', key).update(previous).update('\n').update(line).digest('hex');
}

/** Records an act in the transaction that did it. Its chain's head is locked until that commits: acts of a workspace take turns. */
export async function recordAudit(db: Executor, act: Act): Promise<void> {
  await db.transaction(async (tx) => {
    const [head] = await tx.execute<{ seq: string; hash: string }>(sql`insert into audit_heads (chain, seq, hash) values (${act.workspaceId ?? ''}, 1, '')
      on conflict (chain) do update set seq = audit_heads.seq + 1 returning seq, encode(hash, 'hex') as hash`);
    const row: ChainedAct = {
      seq: Number(head?.seq), id: newId('aud'), workspaceId: act.workspaceId, userId: act.userId, action: act.action, objectId: act.objectId ?? null, data: act.data ?? {}, at: new Date().toISOString(),
    };
    const hash = hashAct(head?.hash ?? '', row);
    await tx.execute(sql`with head as (update audit_heads set hash = decode(${hash}, 'hex') where chain = ${act.workspaceId ?? ''})
      insert into audit (id, workspace_id, user_id, action, object_id, data, at, seq, hash)
      values (${row.id}, ${row.workspaceId}, ${row.userId}, ${row.action}, ${row.objectId}, ${JSON.stringify(row.data)}::jsonb, ${row.at}, ${row.seq}, decode(${hash}, 'hex'))`);
  });
}
