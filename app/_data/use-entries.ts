'use client';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { ComponentField, EntryModel } from '#flow/component-model';
import { api } from '../_client/api';
import { useChanges } from '../_client/run-stream';
import { useSoon } from '../_client/use-soon';
import { filterJson, newestFirst, type EntryQuery } from './entry-query';

export type EntryPage = { items: EntryModel[]; nextCursor: string | null; total: number };
export type Entries = EntryPage & {
  /** What was asked for last has not come yet. */
  loading: boolean;
  failure: string | null;
  /** Ids that came or changed by somebody's hand since they were shown, for one tint. */
  fresh: ReadonlySet<number>;
};

const pageSize = 50;
const largestPage = 200;

/**
 * The entries of a component under a query, kept up to date: any change of the component's entries (and of workflow
 * instances, where they are filtered by) reads what is shown again (at most three times a second), so filter, order and count are always the server's.
 */
export function useEntries(componentId: string, fields: readonly ComponentField[], query: EntryQuery, first: EntryPage): Entries & { more: () => void; reload: () => Promise<void> } {
  const [entries, setEntries] = useState<Entries>({ ...first, loading: false, failure: null, fresh: new Set() });
  const shown = useRef(entries);
  shown.current = entries;
  const turn = useRef(0);
  const asked = addressOf(componentId, fields, query);

  const load = useCallback(async (count: number, markFresh: boolean): Promise<void> => {
    const mine = ++turn.current;
    setEntries((before) => ({ ...before, loading: true }));
    const found = await readUpTo(asked, count);
    if (mine !== turn.current) return;
    if (!found.ok) {
      setEntries((before) => ({ ...before, loading: false, failure: found.message }));
      return;
    }
    const known = new Map(shown.current.items.map((entry) => [entry.id, entry.updateDate]));
    const changed = found.page.items.filter((entry) => known.get(entry.id) !== entry.updateDate).map((entry) => entry.id);
    setEntries({ ...found.page, loading: false, failure: null, fresh: new Set(markFresh ? changed : []) });
  }, [asked]);

  const started = useRef(asked);
  useEffect(() => {
    if (started.current === asked) return;
    started.current = asked;
    void load(pageSize, false);
  }, [asked, load]);

  const reload = useCallback(() => load(Math.max(pageSize, shown.current.items.length), true), [load]);
  useChanges([{ topic: 'entry', objectId: componentId }, ...(query.states.length > 0 ? [{ topic: 'instance' as const }] : [])], useSoon(() => void reload(), 300));

  const more = useCallback(() => {
    if (shown.current.nextCursor !== null && !shown.current.loading) void load(shown.current.items.length + pageSize, false);
  }, [load]);
  return { ...entries, more, reload };
}

function addressOf(componentId: string, fields: readonly ComponentField[], query: EntryQuery): string {
  const params = new URLSearchParams();
  const filter = filterJson(query.filters, fields);
  if (filter) params.set('filter', JSON.stringify(filter));
  params.set('sort', query.sort || newestFirst);
  if (query.q) params.set('search', query.q);
  if (query.states.length > 0) params.set('instanceState', query.states.join(','));
  return `/components/${componentId}/entries?${params}`;
}

type Read = { ok: true; page: EntryPage } | { ok: false; message: string };

async function readUpTo(address: string, count: number): Promise<Read> {
  let page: EntryPage = { items: [], nextCursor: null, total: 0 };
  do {
    const limit = Math.min(largestPage, count - page.items.length);
    const cursor = page.nextCursor === null ? '' : `&cursor=${encodeURIComponent(page.nextCursor)}`;
    const answer = await api<EntryPage>(`${address}&limit=${limit}${cursor}`);
    if (!answer.ok) return { ok: false, message: answer.failure.message };
    page = { ...answer.data, items: [...page.items, ...answer.data.items] };
  } while (page.nextCursor !== null && page.items.length < count);
  return { ok: true, page };
}
