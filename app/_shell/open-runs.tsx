'use client';
import { createContext, use, useCallback, useMemo, useState, type ReactNode } from 'react';
import { isEnded, runStatuses } from '#flow/run-state';
import { api } from '../_client/api';
import { useRunList, type RunSummary } from '../_client/run-stream';
import { openStatuses } from './open-statuses';

/** The runs going on in the workspace, kept once for everything that counts or lists them. */
export type OpenRuns = { open: readonly RunSummary[]; /** Ended since the page was opened, newest first. */ ended: readonly RunSummary[] };
const Context = createContext<OpenRuns>({ open: [], ended: [] });
export const useOpenRuns = (): OpenRuns => use(Context);

const mostEnded = 8;

export function OpenRunsProvider({ first, children }: { first: readonly RunSummary[]; children: ReactNode }) {
  const [runs, setRuns] = useState<OpenRuns>({ open: first, ended: [] });
  const take = useCallback((news: readonly RunSummary[]) => setRuns((before) => news.reduce(withRun, before)), []);
  const reload = useCallback(async () => {
    const answer = await api<{ items: RunSummary[] }>(`/runs?status=${openStatuses}&limit=200`);
    if (answer.ok) setRuns((before) => ({ ...before, open: answer.data.items }));
  }, []);
  useRunList({}, (run) => take([run]), () => void reload());
  return <Context value={useMemo(() => runs, [runs])}>{children}</Context>;
}

function withRun(before: OpenRuns, run: RunSummary): OpenRuns {
  const status = runStatuses.find((each) => each === run.status);
  const others = before.open.filter((each) => each.id !== run.id);
  if (status === undefined || !isEnded(status)) return { ...before, open: [run, ...others].toSorted((a, b) => (a.id < b.id ? 1 : -1)) };
  return { open: others, ended: [run, ...before.ended.filter((each) => each.id !== run.id)].slice(0, mostEnded) };
}
