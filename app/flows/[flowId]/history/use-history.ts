'use client';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Checkpoint } from '#db/checkpoints';
import type { FlowChange, FlowEdit, Moment } from '#db/flow-history';
import type { VersionSummary } from '#db/versions';
import type { FlowDefinition } from '#flow/flow';
import { api, type ApiFailure } from '../../../_client/api';
import { useChanges } from '../../../_client/run-stream';
import { marksOf } from './marks';
import type { Mark } from './moments';

type Page<T> = { items: T[]; nextCursor: string | null };
export type Log = { edits: readonly FlowEdit[]; marks: readonly Mark[]; olderCursor: string | null; loadOlder: () => Promise<void>; reload: () => Promise<void> };

/** Edits, oldest first, and marks; what is new while the page is open comes by itself. */
export function useLog(flowId: string, first: Page<FlowEdit>, firstMarks: readonly Mark[]): Log {
  const [edits, setEdits] = useState(() => first.items.toReversed());
  const [olderCursor, setOlderCursor] = useState(first.nextCursor);
  const [marks, setMarks] = useState(firstMarks);
  const reload = useCallback(async () => {
    const [news, versions, checkpoints] = await Promise.all([
      api<Page<FlowEdit>>(`/flows/${flowId}/history?limit=200`), api<Page<VersionSummary>>(`/flows/${flowId}/versions?limit=200`), api<{ items: Checkpoint[] }>(`/flows/${flowId}/checkpoints`),
    ]);
    if (news.ok) {
      const fresh = news.data.items.toReversed();
      setEdits((known) => [...known.filter((each) => each.seq < (fresh[0]?.firstSeq ?? Infinity)), ...fresh]);
    }
    if (versions.ok && checkpoints.ok) setMarks(marksOf(versions.data.items, checkpoints.data.items));
  }, [flowId]);
  useChanges([{ topic: 'flow', objectId: flowId }, { topic: 'history', objectId: flowId }], () => void reload());
  const loadOlder = useCallback(async () => {
    let cursor = olderCursor;
    for (let page = 0; page < 5 && cursor !== null; page++) {
      const answer: Awaited<ReturnType<typeof api<Page<FlowEdit>>>> = await api<Page<FlowEdit>>(`/flows/${flowId}/history?limit=200&cursor=${encodeURIComponent(cursor)}`);
      if (!answer.ok) break;
      const older = answer.data.items.toReversed();
      setEdits((known) => [...older, ...known]);
      cursor = answer.data.nextCursor;
    }
    setOlderCursor(cursor);
  }, [flowId, olderCursor]);
  return { edits, marks, olderCursor, loadOlder, reload };
}

export type Shown = { seq: number; definition: FlowDefinition } | null;
const keptMoments = 200;

/** The flow at a moment: the one shown before stays until the asked one has come. 0 is before anything was there. */
export function useMomentOf(flowId: string, seq: number, first: { seq: number; definition: FlowDefinition }): { shown: Shown; failure: ApiFailure | null } {
  const known = useRef(new Map([[first.seq, first.definition]]));
  const [shown, setShown] = useState<Shown>(() => (seq === first.seq ? first : null));
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  useEffect(() => {
    const there = known.current.get(seq);
    if (seq === 0 || there) {
      setFailure(null);
      setShown(there ? { seq, definition: there } : null);
      return;
    }
    const stop = new AbortController();
    const timer = setTimeout(() => {
      api<Moment>(`/flows/${flowId}/at/${seq}`, { signal: stop.signal }).then((answer) => {
        if (!answer.ok) return setFailure(answer.failure);
        known.current.set(seq, answer.data.definition);
        const [oldest] = known.current.keys();
        if (known.current.size > keptMoments && oldest !== undefined) known.current.delete(oldest);
        setFailure(null);
        setShown({ seq, definition: answer.data.definition });
      }, () => undefined);
    }, 40); // while the knob is dragged only where it rests is asked for
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [flowId, seq]);
  return { shown, failure };
}

export type Filter = { from: number; to: number; author: string | null; stepId: string | null };
export type Told = { changes: readonly FlowChange[]; more: (() => void) | null; busy: boolean; failure: ApiFailure | null };
const none: readonly FlowChange[] = [];

/** The single changes between two moments, newest first, page by page. */
export function useChangesBetween(flowId: string, { from, to, author, stepId }: Filter, newest: number): Told {
  const [state, setState] = useState<{ items: readonly FlowChange[]; cursor: string | null }>({ items: none, cursor: null });
  const [busy, setBusy] = useState(true);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const query = useMemo(() => {
    const asked = new URLSearchParams({ limit: '200', from: String(from), to: String(to), ...(author ? { author } : {}), ...(stepId === null ? {} : { stepId }) });
    return `/flows/${flowId}/changes?${asked}`;
  }, [flowId, from, to, author, stepId]);
  useEffect(() => {
    const stop = new AbortController();
    const timer = setTimeout(() => {
      setBusy(true);
      api<Page<FlowChange>>(query, { signal: stop.signal }).then((answer) => {
        setBusy(false);
        setFailure(answer.ok ? null : answer.failure);
        if (answer.ok) setState({ items: answer.data.items, cursor: answer.data.nextCursor });
      }, () => undefined);
    }, 60);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [query, newest]);
  const { cursor } = state;
  const more = cursor === null ? null : () => {
    setBusy(true);
    void api<Page<FlowChange>>(`${query}&cursor=${encodeURIComponent(cursor)}`).then((answer) => {
      setBusy(false);
      setFailure(answer.ok ? null : answer.failure);
      if (answer.ok) setState((before) => ({ items: [...before.items, ...answer.data.items], cursor: answer.data.nextCursor }));
    });
  };
  return { changes: state.items, more, busy, failure };
}
