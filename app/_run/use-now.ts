'use client';
import { createContext, use, useCallback, useSyncExternalStore } from 'react';

/** The moment a replay stands at, in milliseconds; null where time goes on. */
export const FrozenTime = createContext<number | null>(null);

/** The wall clock in milliseconds, four times a second (or as given) while `active`; in a replay, the moment it stands at. */
export function useNow(active: boolean, everyMs = 250): number {
  const frozen = use(FrozenTime);
  const ticks = active && frozen === null;
  const subscribe = useCallback((listener: () => void) => (ticks ? onTick(everyMs, listener) : () => undefined), [ticks, everyMs]);
  const read = () => Math.floor(Date.now() / everyMs) * everyMs;
  const now = useSyncExternalStore(subscribe, read, read);
  return frozen ?? now;
}

type Clock = { listeners: Set<() => void>; timer: ReturnType<typeof setInterval> };
const clocks = new Map<number, Clock>();

/** One timer for all who read the clock: they are drawn in one go. */
function onTick(everyMs: number, listener: () => void): () => void {
  const clock = clocks.get(everyMs) ?? startClock(everyMs);
  clock.listeners.add(listener);
  return () => {
    clock.listeners.delete(listener);
    if (clock.listeners.size > 0) return;
    clearInterval(clock.timer);
    clocks.delete(everyMs);
  };
}

function startClock(everyMs: number): Clock {
  const listeners = new Set<() => void>();
  const clock = { listeners, timer: setInterval(() => { for (const each of listeners) each(); }, everyMs) };
  clocks.set(everyMs, clock);
  return clock;
}
