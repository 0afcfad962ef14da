'use client';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { RunEvent } from '#flow/run-event';
import type { RunState } from '#flow/run-state';
import { stateAt, statesOf, stayMs } from './replay-track';

export type Moment = {
  /** The event the replay stands at; the last one while it follows. */
  seq: number;
  last: number;
  state: RunState;
  latest: RunState;
  playing: boolean;
  speed: number;
  seek: (seq: number) => void;
  play: (on: boolean) => void;
  setSpeed: (speed: number) => void;
};

/**
 * Where in its events a run is looked at. Standing at the end means following what is still to come; any other moment
 * stands in the address, so that a link opens the same instant.
 */
export function useMoment(events: readonly RunEvent[], startAt: number | null): Moment {
  const [chosen, setChosen] = useState<number | null>(startAt);
  const [playing, setPlaying] = useState(false);
  const [speed, setSpeed] = useState(1);
  const folded = useRef<RunState[]>([]);
  const states = useMemo(() => (folded.current = statesOf(events, folded.current)), [events]);
  const last = events.length;
  const seq = chosen === null ? last : Math.min(Math.max(1, chosen), Math.max(1, last));

  const newest = useRef(last);
  newest.current = last;
  const seek = useCallback((next: number) => setChosen(next >= newest.current ? null : Math.max(1, next)), []);
  const play = useCallback((on: boolean) => {
    if (on && chosen === null) setChosen(1);
    setPlaying(on);
  }, [chosen]);

  useEffect(() => {
    if (!playing) return;
    if (seq >= last) {
      setPlaying(false);
      setChosen(null);
      return;
    }
    const timer = setTimeout(() => setChosen(seq + 1), stayMs(events, seq, speed));
    return () => clearTimeout(timer);
  }, [playing, seq, last, events, speed]);

  useEffect(() => {
    const timer = setTimeout(() => {
      const url = new URL(window.location.href);
      if (chosen === null) url.searchParams.delete('at');
      else url.searchParams.set('at', String(seq));
      if (url.href !== window.location.href) window.history.replaceState(null, '', url);
    }, 150);
    return () => clearTimeout(timer);
  }, [chosen, seq]);

  return { seq, last, state: stateAt(states, seq), latest: stateAt(states, last), playing, speed, seek, play, setSpeed };
}
