'use client';
import { useState } from 'react';
import type { Presence } from '#flow/presence';

/** Who has a card selected or a field of it open; the newest comes first. */
export type Marker = { userId: string; name: string; colour: string; param: string | null };

export function markersByStep(people: readonly Presence[]): Map<string, Marker[]> {
  const map = new Map<string, Marker[]>();
  const add = (stepId: string, marker: Marker) => {
    const known = map.get(stepId) ?? [];
    if (!known.some((each) => each.userId === marker.userId)) map.set(stepId, [...known, marker]);
  };
  for (const { user, editing, selection } of people) {
    const base = { userId: user.id, name: user.name, colour: user.colour };
    if (editing) add(editing.stepId, { ...base, param: editing.param ?? null });
    for (const stepId of selection ?? []) add(stepId, { ...base, param: null });
  }
  return map;
}

/** People without what moves: the same value while only pointers and drags change. */
export function useStanding(people: readonly Presence[]): readonly Presence[] {
  const [kept, setKept] = useState(people);
  if (kept === people || standingOf(kept) === standingOf(people)) return kept;
  setKept(people);
  return people;
}

const standingOf = (people: readonly Presence[]) => JSON.stringify(people.map(({ user, selection, editing }) => [user, selection, editing]));

export const sameMarkers = (a: readonly Marker[], b: readonly Marker[]) =>
  a.length === b.length && a.every((each, i) => each.userId === b[i]?.userId && each.param === b[i]?.param && each.colour === b[i]?.colour && each.name === b[i]?.name);
