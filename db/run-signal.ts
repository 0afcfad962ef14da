import { sql } from 'drizzle-orm';
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
export async function signalRun(tx: Executor, runId: string, kind: 'cancel' | 'reset', access: Access): Promise<boolean> {
  const slots = await tx.execute(sql`update run_slots set cancel_requested = true, wakes = wakes + 1, ready_at = least(ready_at, now()) where run_id = ${runId} returning run_id`);
  if (slots.length === 0) return false;
  await tx.execute(sql`insert into run_inbox (run_id, kind, dedupe_key, payload) values (${runId}, ${kind}, ${kind}, ${JSON.stringify({ by: starterOf(access) })}::jsonb)
    on conflict (run_id, dedupe_key) do update set consumed_seq = null, payload = excluded.payload, at = now() where run_inbox.consumed_seq is not null`);
  return true;
}
