'use client';
import { createContext, use, useCallback, useMemo, useRef, useState, type ReactNode } from 'react';
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
  /** What is told while the list is read may be newer than the list. */
  const told = useRef<RunSummary[] | null>(null);
  const take = useCallback((run: RunSummary) => {
    told.current?.push(run);
    setRuns((before) => withRun(before, run));
  }, []);
  const reload = useCallback(async () => {
    const during: RunSummary[] = told.current = [];
    const answer = await api<{ items: RunSummary[] }>(`/runs?status=${openStatuses}&limit=200`);
    if (told.current === during) told.current = null;
    if (answer.ok) setRuns((before) => during.reduce(withRun, { ...before, open: answer.data.items }));
  }, []);
  useRunList({}, take, () => void reload());
  return <Context value={useMemo(() => runs, [runs])}>{children}</Context>;
}

function withRun(before: OpenRuns, run: RunSummary): OpenRuns {
  const status = runStatuses.find((each) => each === run.status);
  const others = before.open.filter((each) => each.id !== run.id);
  if (status === undefined || !isEnded(status)) return { ...before, open: [run, ...others].toSorted((a, b) => (a.id < b.id ? 1 : -1)) };
  return { open: others, ended: [run, ...before.ended.filter((each) => each.id !== run.id)].slice(0, mostEnded) };
}
