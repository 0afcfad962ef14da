'use client';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Surroundings } from '#db/flow-surroundings';
import { api } from '../../../_client/api';
import { useChanges } from '../../../_client/run-stream';
import { keepSame } from './keep-same';

const firstRetryMs = 500;
const longestRetryMs = 10_000;

/**
 * What stands around the flow, as the page brought it and read again when something of it changes. A request that
 * fails, because the server restarts or the line is down, is made again until it succeeds: what is shown stays.
 */
export function useSurroundings(flowId: string, first: Surroundings): { around: Surroundings; reload: () => void } {
  const [around, setAround] = useState(first);
  const reader = useRef<{ wanted: boolean; busy: boolean; failures: number; timer: ReturnType<typeof setTimeout> | undefined }>({ wanted: false, busy: false, failures: 0, timer: undefined });
  const read = useCallback(async (signal: AbortSignal): Promise<void> => {
    const state = reader.current;
    state.wanted = true;
    if (state.busy) return;
    state.busy = true;
    clearTimeout(state.timer);
    while (state.wanted && !signal.aborted) {
      state.wanted = false;
      const answer = await api<Surroundings>(`/flows/${flowId}/surroundings`, { signal });
      if (answer.ok) setAround((before) => keepSame(before, answer.data));
      state.failures = answer.ok ? 0 : state.failures + 1;
      if (answer.ok || answer.failure.code !== 'INTERNAL') continue; // a flow that is gone says so over its socket
      state.timer = setTimeout(() => void read(signal).catch(() => undefined), Math.min(longestRetryMs, firstRetryMs * 2 ** (state.failures - 1)));
    }
    state.busy = false;
  }, [flowId]);
  const stop = useRef<AbortController | null>(null);
  const reload = useCallback(() => {
    const { signal } = (stop.current ??= new AbortController());
    read(signal).catch(() => undefined); // only an aborted request throws
  }, [read]);
  useEffect(() => {
    window.addEventListener('online', reload);
    const state = reader.current;
    return () => {
      window.removeEventListener('online', reload);
      stop.current?.abort();
      stop.current = null;
      clearTimeout(state.timer);
      state.busy = false;
    };
  }, [reload]);
  // All of them, not only ours: a step here may refer to any component or flow. After a lost connection it tells too.
  useChanges([{ topic: 'flow' }, { topic: 'component' }, { topic: 'integration' }], reload);
  return { around, reload };
}
