import { sql } from 'drizzle-orm';
import { newId } from '#flow/id';
import type { Access } from './access';
import type { Executor } from './client';
import { storable } from './event-hash';
import type { Starter } from './run-request';

/** Who acts, as the log names them. */
export function starterOf(access: Access): Starter {
  if (access.user) return { id: access.user.id, name: storable(access.user.name) };
  return { id: null, name: storable(access.apiKeyName ?? 'Millrace') };
}

/**
 * Leaves word for the run's owner: only the owner turns it into an event. A waiting run becomes due at once; a running
 * one sees the flag with its next append. False when the run has ended.
 */
export async function signalRun(tx: Executor, runId: string, kind: 'cancel' | 'reset', by: Starter): Promise<boolean> {
  const slots = await tx.execute(sql`update run_slots set cancel_requested = true, wakes = wakes + 1, ready_at = least(ready_at, now()) where run_id = ${runId} returning run_id`);
  if (slots.length === 0) return false;
  await tx.execute(sql`insert into run_inbox (run_id, kind, dedupe_key, payload) values (${runId}, ${kind}, ${kind}, ${JSON.stringify({ by })}::jsonb)
    on conflict (run_id, dedupe_key) do update set consumed_seq = null, payload = excluded.payload, at = now() where run_inbox.consumed_seq is not null`);
  return true;
}

/** A word of its own each time: the owner reads them in their order. False when the run has ended. */
export async function signalHold(tx: Executor, runId: string, kind: 'pause' | 'unpause', by: Starter): Promise<boolean> {
  const slots = await tx.execute(sql`update run_slots set wakes = wakes + 1, ready_at = least(ready_at, now()) where run_id = ${runId} returning run_id`);
  if (slots.length === 0) return false;
  await tx.execute(sql`insert into run_inbox (run_id, kind, dedupe_key, payload) values (${runId}, ${kind}, ${newId('hold')}, ${JSON.stringify({ by })}::jsonb)`);
  return true;
}

/** Whether the run is paused, or will be as soon as its owner reads its word. The slot must be locked. */
export async function isHeld(tx: Executor, runId: string, status: string): Promise<boolean> {
  const [word] = await tx.execute<{ kind: string }>(sql`select kind from run_inbox where run_id = ${runId} and kind in ('pause', 'unpause') and consumed_seq is null order by id desc limit 1`);
  return word === undefined ? status === 'paused' : word.kind === 'pause';
}

/**
 * Cancels what steps of a run still wait for; answers the runs that were told. The mark on the run's own slot waits for a
 * step that is just beginning a run, and refuses those that come after: none escapes.
 */
export async function signalChildren(tx: Executor, runId: string, stepIds: readonly string[], by: Starter): Promise<string[]> {
  await tx.execute(sql`update run_slots set cancel_requested = true where run_id = ${runId}`);
  const children = await tx.execute<{ id: string }>(sql`select s.run_id as id from run_slots s join runs r on r.id = s.run_id
    where r.parent_run_id = ${runId} and r.parent_step_id = any(${sql.param(stepIds)}::text[]) order by s.run_id`);
  const told: string[] = [];
  for (const { id } of children) if (await signalRun(tx, id, 'cancel', by)) told.push(id);
  return told;
}
