'use client';
import { useSearchParams } from 'next/navigation';
import { useCallback, useEffect, useState } from 'react';
import type { FlowEdit } from '#db/flow-history';
import { stayMs } from '../../../runs/[runId]/replay-track';
import { indexAt, usualFrom, type Mark } from './moments';

/** What a moment is compared with: the usual, nothing, or a moment of one's choice. */
export type From = number | 'usual' | 'nothing';
export type Travel = {
  /** The moment shown; `isNow` while it follows what is edited. */
  at: number; isNow: boolean; from: number | null; chosenFrom: From;
  /** Place of the moment among the edits, -1 before the first. */
  place: number; playing: boolean; stepId: string | null;
  go: (seq: number | null) => void; goTo: (place: number) => void; compareWith: (from: From) => void; play: (on: boolean) => void; select: (stepId: string | null) => void;
};

/** Moment, comparison and chosen step stand in the address, so that a link opens the same view. */
export function useTravel(edits: readonly FlowEdit[], marks: readonly Mark[], head: number): Travel {
  const params = useSearchParams();
  const [chosen, setChosen] = useState<number | null>(() => seqFrom(params.get('at')));
  const [chosenFrom, setChosenFrom] = useState<From>(() => (params.get('from') === 'nothing' ? 'nothing' : (seqFrom(params.get('from')) ?? 'usual')));
  const [stepId, select] = useState<string | null>(() => params.get('step'));
  const [playing, setPlaying] = useState(false);
  const at = chosen === null ? head : Math.min(Math.max(1, chosen), head);
  const place = indexAt(edits, at);
  const last = edits.length - 1;
  const go = useCallback((seq: number | null) => setChosen(seq === null || seq >= head ? null : Math.max(1, seq)), [head]);
  const goTo = useCallback((next: number) => {
    const edit = edits[Math.min(Math.max(0, next), last)];
    if (edit) setChosen(next >= last ? null : edit.seq);
  }, [edits, last]);
  const play = useCallback((on: boolean) => {
    if (on && place >= last) goTo(0);
    setPlaying(on);
  }, [place, last, goTo]);
  useEffect(() => {
    if (!playing) return;
    if (place >= last) return setPlaying(false);
    const timer = setTimeout(() => goTo(place + 1), Math.max(400, stayMs(edits, place + 1, 1)));
    return () => clearTimeout(timer);
  }, [playing, place, last, edits, goTo]);
  useEffect(() => {
    const timer = setTimeout(() => {
      const url = new URL(window.location.href);
      put(url, 'at', chosen === null ? null : String(at));
      put(url, 'from', chosenFrom === 'usual' ? null : String(chosenFrom));
      put(url, 'step', stepId);
      if (url.href !== window.location.href) window.history.replaceState(null, '', url);
    }, 150);
    return () => clearTimeout(timer);
  }, [chosen, at, chosenFrom, stepId]);
  const from = chosenFrom === 'nothing' ? null : chosenFrom === 'usual' ? usualFrom(marks, at) : Math.min(chosenFrom, head);
  return { at, isNow: chosen === null, from, chosenFrom, place, playing, stepId, go, goTo, compareWith: setChosenFrom, play, select };
}

function seqFrom(text: string | null): number | null {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

function put(url: URL, key: string, value: string | null): void {
  if (value === null) url.searchParams.delete(key);
  else url.searchParams.set(key, value);
}
