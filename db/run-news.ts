import type { Database } from './client';

/**
 * Who waits for a run in this process is woken by its hints (see `run-hint`) instead of looking again and again. One LISTEN for
 * all, opened with the first who waits; a hint that is lost costs the wait until the next look.
 */
type Sql = Database['sql'];
type Ears = { waiting: Map<string, Set<() => void>>; listening: Promise<unknown> };
const ears = new WeakMap<Sql, Ears>();

/** `heard` resolves when something was written of the run since the last time, at the latest after so long. */
export type RunNews = { heard(longestMs: number): Promise<void>; close(): void };

export async function newsOf(sql: Sql, runId: string): Promise<RunNews> {
  const own = ears.get(sql) ?? open(sql);
  let isNew = false;
  let wake = () => {};
  const ring = () => {
    isNew = true;
    wake();
  };
  const bells = own.waiting.get(runId) ?? new Set();
  own.waiting.set(runId, bells.add(ring));
  await own.listening;
  return {
    heard: async (longestMs) => {
      if (!isNew) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, longestMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      isNew = false;
    },
    close: () => {
      bells.delete(ring);
      if (bells.size === 0 && own.waiting.get(runId) === bells) own.waiting.delete(runId);
    },
  };
}

function open(sql: Sql): Ears {
  const waiting: Ears['waiting'] = new Map();
  const wakeAll = () => {
    for (const bells of waiting.values()) for (const ring of bells) ring();
  };
  const listening = sql.listen('run_events', (payload) => {
    for (const id of payload.split(',')) for (const ring of waiting.get(id) ?? []) ring();
  }, wakeAll).catch(() => ears.delete(sql)); // Without it they look by themselves; the next who waits tries again.
  const made = { waiting, listening };
  ears.set(sql, made);
  return made;
}
