'use client';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { RunSummary } from '#db/run-row';
import { api } from '../../_client/api';
import { useRunList } from '../../_client/run-stream';
import { useSoon } from '../../_client/use-soon';
import { belongs, queryOf, type RunsFilter } from './runs-filter';

export type RunsPage = { items: RunSummary[]; nextCursor: string | null };
type Shown = RunsPage & { loading: boolean; failure: string | null; waiting: RunSummary[] };

const pageSize = 50;

export function runsPath(filter: RunsFilter, cursor: string | null, limit = pageSize): string {
  const params = new URLSearchParams({ ...queryOf(filter, Date.now()), limit: String(limit), ...(cursor === null ? {} : { cursor }) });
  return `/runs?${params}`;
}

/**
 * The list under a filter. Rows in view change in place; new ones come on top, or wait to be asked for while `hold`
 * says that the reader is further down.
 */
export function useRuns(filter: RunsFilter, first: RunsPage, hold: () => boolean) {
  const [shown, setShown] = useState<Shown>({ ...first, loading: false, failure: null, waiting: [] });
  const address = JSON.stringify(filter);
  const query = useMemo(() => {
    const wanted: RunsFilter = JSON.parse(address);
    return queryOf(wanted, Date.now());
  }, [address]);
  const turn = useRef(0);
  /** What is told while the list is read may be newer than the list. */
  const told = useRef<RunSummary[] | null>(null);

  const load = useCallback(async (cursor: string | null): Promise<void> => {
    const mine = ++turn.current;
    const during: RunSummary[] = told.current = [];
    setShown((before) => ({ ...before, loading: true }));
    const answer = await api<RunsPage>(runsPath(JSON.parse(address), cursor));
    if (mine !== turn.current) return;
    told.current = null;
    setShown((before) => (answer.ok
      ? during.reduce<Shown>((list, run) => merged(list, run, belongs(run, query) === true, false), {
          items: cursor === null ? answer.data.items : [...before.items, ...answer.data.items], nextCursor: answer.data.nextCursor, loading: false, failure: null, waiting: cursor === null ? [] : before.waiting,
        })
      : { ...before, loading: false, failure: answer.failure.message }));
  }, [address, query]);

  const started = useRef(address);
  useEffect(() => {
    if (started.current === address) return;
    started.current = address;
    void load(null);
  }, [address, load]);

  const reload = useSoon(() => void load(null), 400);

  useRunList({ ...query }, (run) => {
    told.current?.push(run);
    const fits = belongs(run, query);
    if (fits === null) reload();
    else setShown((before) => merged(before, run, fits, hold()));
  }, reload);

  const showWaiting = useCallback(() => setShown((before) => ({ ...before, items: [...before.waiting, ...before.items], waiting: [] })), []);
  return { ...shown, more: () => (shown.nextCursor === null ? undefined : void load(shown.nextCursor)), reload, showWaiting };
}

function merged(before: Shown, run: RunSummary, fits: boolean, held: boolean): Shown {
  const swap = (list: RunSummary[]) => list.map((each) => (each.id === run.id ? run : each));
  if (before.items.some((each) => each.id === run.id)) return { ...before, items: swap(before.items) };
  if (before.waiting.some((each) => each.id === run.id)) return { ...before, waiting: swap(before.waiting) };
  const [newest] = before.items;
  if (!fits || (newest && run.id < newest.id)) return before;
  return held ? { ...before, waiting: [run, ...before.waiting] } : { ...before, items: [run, ...before.items] };
}
