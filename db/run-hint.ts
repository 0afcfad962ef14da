import type { Database } from './client';

/**
 * NOTIFY is a hint that saves a poll, never a promise: one statement per 10 ms and process, sent after the commit from a
 * connection that carries nothing else (inside an append it would cost three to five times the append). The first one
 * goes at once, what is hinted within the 10 ms after it goes together. Not to be called inside of a transaction.
 */
type Sql = Database['sql'];
export type HintChannel = 'run_events' | 'run_slots';
const restMs = 10;
const idsPerMessage = 200;
const outboxes = new WeakMap<Sql, Map<HintChannel, Set<string>>>();

/** A run began or may go on: idle workers look, watchers of lists too. */
export function hintNewWork(sql: Sql, runId: string): void {
  hint(sql, 'run_slots', [runId]);
  hint(sql, 'run_events', [runId]);
}

export function hint(sql: Sql, channel: HintChannel, runIds: readonly string[]): void {
  let channels = outboxes.get(sql);
  if (!channels) {
    channels = new Map();
    outboxes.set(sql, channels);
    queueMicrotask(() => send(sql)); // with what the caller hints beside it
  }
  const ids = channels.get(channel) ?? new Set();
  channels.set(channel, ids);
  for (const id of runIds) ids.add(id);
}

function send(sql: Sql): void {
  const channels = outboxes.get(sql) ?? new Map<HintChannel, Set<string>>();
  outboxes.delete(sql);
  const messages = [...channels].flatMap(([channel, ids]) => Array.from({ length: Math.ceil(ids.size / idsPerMessage) }, (_, at) => ({ channel, payload: [...ids].slice(at * idsPerMessage, (at + 1) * idsPerMessage).join(',') })));
  if (messages.length === 0) return;
  outboxes.set(sql, new Map());
  setTimeout(() => send(sql), restMs).unref();
  // A hint that is lost is made good by the next poll.
  sql`select pg_notify(t.channel, t.payload) from unnest(${messages.map((each) => each.channel)}::text[], ${messages.map((each) => each.payload)}::text[]) t(channel, payload)`.catch(() => {});
}
