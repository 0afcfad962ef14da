import type { Database } from './client';

/**
 * NOTIFY is a hint that saves a poll, never a promise: one message per channel and 10 ms, sent after the commit from a
 * connection that carries nothing else (inside an append it would cost three to five times the append).
 */
type Sql = Database['sql'];
export type HintChannel = 'run_events' | 'run_slots';
const pauseMs = 10;
const idsPerMessage = 200;
const pending = new Map<Sql, Map<HintChannel, Set<string>>>();

/** A run began or may go on: idle workers look, watchers of lists too. */
export function hintNewWork(sql: Sql, runId: string): void {
  hint(sql, 'run_slots', [runId]);
  hint(sql, 'run_events', [runId]);
}

export function hint(sql: Sql, channel: HintChannel, runIds: readonly string[]): void {
  let channels = pending.get(sql);
  if (!channels) {
    channels = new Map();
    pending.set(sql, channels);
    setTimeout(() => send(sql), pauseMs).unref();
  }
  const ids = channels.get(channel) ?? new Set();
  channels.set(channel, ids);
  for (const id of runIds) ids.add(id);
}

function send(sql: Sql): void {
  const channels = pending.get(sql) ?? new Map<HintChannel, Set<string>>();
  pending.delete(sql);
  for (const [channel, ids] of channels) {
    const all = [...ids];
    for (let start = 0; start < all.length; start += idsPerMessage) {
      // A hint that is lost is made good by the next poll.
      sql`select pg_notify(${channel}, ${all.slice(start, start + idsPerMessage).join(',')})`.catch(() => {});
    }
  }
}
