'use client';
import { createContext, use, useEffect, useState } from 'react';

/** The moment a replay stands at, in milliseconds; null where time goes on. */
export const FrozenTime = createContext<number | null>(null);

/** The wall clock in milliseconds, four times a second while `active`; in a replay, the moment it stands at. */
export function useNow(active: boolean): number {
  const frozen = use(FrozenTime);
  const [now, setNow] = useState(() => Date.now());
  const ticks = active && frozen === null;
  useEffect(() => {
    if (!ticks) return;
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, [ticks]);
  return frozen ?? now;
}
