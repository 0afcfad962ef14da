'use client';

import { useEffect, useId, useSyncExternalStore } from 'react';
import { peopleOf, type Place, type Whereabouts } from '#flow/whereabouts';
import { liveSocket, whileConnected } from './socket';

/** Who else is in the workspace and where. Of all parts of a page that say a place, the most precise is told. */
const claims: { id: string; place: Place }[] = [];
const listeners = new Set<() => void>();
const elsewhere: Place = { page: 'elsewhere' };
let shown: Whereabouts[] = [];
let me: string | null = null;
let said = '';
let stop: (() => void) | null = null;

/** Says where this page is while the caller is on screen; null says nothing. */
export function usePlace(place: Place | null): void {
  const id = useId();
  const wanted = place === null ? null : JSON.stringify(place);
  useEffect(() => {
    if (wanted === null) return;
    claims.push({ id, place: JSON.parse(wanted) });
    connect();
    say();
    return () => {
      claims.splice(claims.findIndex((each) => each.id === id), 1);
      // Navigation takes one place away and puts the next: only the outcome is said.
      queueMicrotask(say);
    };
  }, [id, wanted]);
}

/** Every other person in the workspace once. */
export function useOthersHere(): readonly Whereabouts[] {
  return useSyncExternalStore(subscribe, () => shown, () => nobody);
}
const nobody: readonly Whereabouts[] = [];

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  connect();
  return () => void listeners.delete(listener);
}

function connect(): void {
  if (stop !== null) return;
  const socket = liveSocket('/presence');
  socket.on('here', ({ people, you }: { people: Whereabouts[]; you?: string | null }) => {
    if (you !== undefined) me = you;
    shown = peopleOf(people).filter((each) => each.user.id !== me);
    for (const listener of listeners) listener();
  });
  stop = whileConnected(socket, () => {
    said = '';
    say();
  });
}

function say(): void {
  const socket = liveSocket('/presence');
  // Not the last one: effects of inner parts run before those of outer ones.
  const place = claims.map((each) => each.place).toSorted((a, b) => precision(a) - precision(b)).at(-1) ?? elsewhere;
  const words = JSON.stringify(place);
  if (!socket.connected || words === said) return;
  said = words;
  socket.emit('at', { place });
}

function precision(place: Place): number {
  if (place.page === 'elsewhere') return 0;
  return place.page === 'component' && place.entryId === undefined ? 1 : 2;
}
