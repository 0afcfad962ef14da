'use client';
import { useEffect, useState } from 'react';
import type { Json } from '#flow/json';
import { api } from '../_client/api';
import { unlessAborted } from '../_client/unless-aborted';

export type StepItems =
  | { state: 'loading'; items: null }
  | { state: 'ready'; items: Json[]; total: number }
  | { state: 'failed'; items: null; message: string };

type Answer = { items: Json[]; total: number };

/** One page of a step's recorded items. `version` asks again when the step moved on. */
export function useStepItems(runId: string, stepId: string, side: 'in' | 'out', page: { offset: number; limit: number }, version: string): StepItems & { retry: () => void } {
  const [found, setFound] = useState<StepItems>({ state: 'loading', items: null });
  const [tries, setTries] = useState(0);
  const { offset, limit } = page;
  useEffect(() => {
    const stop = new AbortController();
    setFound((before) => (before.state === 'failed' ? { state: 'loading', items: null } : before));
    const query = new URLSearchParams({ side, offset: String(offset), limit: String(limit) });
    void api<Answer>(`/runs/${runId}/steps/${stepId}/items?${query}`, { signal: stop.signal }).then((answer) => {
      if (stop.signal.aborted) return;
      setFound(answer.ok ? { state: 'ready', items: answer.data.items, total: answer.data.total } : { state: 'failed', items: null, message: answer.failure.message });
    }, unlessAborted(stop.signal));
    return () => stop.abort();
  }, [runId, stepId, side, offset, limit, version, tries]);
  return { ...found, retry: () => setTries(tries + 1) };
}
