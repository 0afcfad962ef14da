import { setTimeout as pause } from 'node:timers/promises';
import { newId } from '#flow/id';
import type { Engine } from '../engine';

/**
 * At most four calls of a connector at once, and no faster than its rate, over all workers. Within this process callers
 * queue in order; across processes a place is a row that is given back, or runs out with its holder.
 */
const places = 4;
const pollMs = 100;
type Queue = { free: number; waiting: (() => void)[] };
const queues = new WeakMap<Engine, Map<string, Queue>>();

export type Gate = { connectorId: string; ratePerSecond: number | null; longestMs: number; signal: AbortSignal };

export async function throughGate<T>(engine: Engine, gate: Gate, call: () => Promise<T>): Promise<T> {
  const leave = await enter(engine, gate);
  try {
    if (gate.ratePerSecond !== null) await keepPace(engine, gate, gate.ratePerSecond);
    const giveBack = await takePlace(engine, gate);
    try {
      return await call();
    } finally {
      await giveBack();
    }
  } finally {
    leave();
  }
}

async function enter(engine: Engine, { connectorId, signal }: Gate): Promise<() => void> {
  const all = queues.get(engine) ?? new Map<string, Queue>();
  queues.set(engine, all);
  const queue = all.get(connectorId) ?? { free: places, waiting: [] };
  all.set(connectorId, queue);
  if (queue.free > 0) queue.free -= 1;
  else await turn(queue, signal);
  return () => {
    const next = queue.waiting.shift();
    if (next) next();
    else queue.free += 1;
    if (queue.free === places) all.delete(connectorId);
  };
}

async function turn(queue: Queue, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const stop = () => {
      const at = queue.waiting.indexOf(go);
      if (at < 0) return; // The turn came at the same moment; the call itself sees the signal.
      queue.waiting.splice(at, 1);
      reject(signal.reason instanceof Error ? signal.reason : new Error('stopped'));
    };
    const go = () => {
      signal.removeEventListener('abort', stop);
      resolve();
    };
    queue.waiting.push(go);
    signal.addEventListener('abort', stop, { once: true });
  });
}

/** Books the next moment of the connector's rate and waits for it. */
async function keepPace(engine: Engine, { connectorId, signal }: Gate, ratePerSecond: number): Promise<void> {
  const gapSeconds = 1 / ratePerSecond;
  const [row] = await engine.control<{ waitSeconds: number }[]>`insert into connector_pace as p (connector_id, next_at) values (${connectorId}, now() + make_interval(secs => ${gapSeconds}))
    on conflict (connector_id) do update set next_at = greatest(p.next_at, now()) + make_interval(secs => ${gapSeconds})
    returning extract(epoch from p.next_at - now())::float8 - ${gapSeconds}::float8 as "waitSeconds"`;
  const waitMs = Math.round((row?.waitSeconds ?? 0) * 1_000);
  if (waitMs > 0) await pause(waitMs, undefined, { signal });
}

async function takePlace(engine: Engine, { connectorId, longestMs, signal }: Gate): Promise<() => Promise<void>> {
  const holder = newId('cal');
  for (;;) {
    signal.throwIfAborted();
    const [taken] = await engine.control<{ place: number }[]>`insert into connector_places as c (connector_id, place, holder, until)
      select ${connectorId}, s, ${holder}, now() + make_interval(secs => ${longestMs / 1_000}) from generate_series(1, ${places}::int) s
      where not exists (select 1 from connector_places o where o.connector_id = ${connectorId} and o.place = s and o.until > now()) order by random() limit 1
      on conflict (connector_id, place) do update set holder = excluded.holder, until = excluded.until where c.until <= now() returning place`;
    if (taken) return async () => {
      // A place that is not given back runs out by itself.
      await engine.control`delete from connector_places where connector_id = ${connectorId} and place = ${taken.place} and holder = ${holder}`.catch(() => {});
    };
    await pause(pollMs * (0.5 + Math.random()), undefined, { signal });
  }
}
