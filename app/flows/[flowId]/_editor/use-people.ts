'use client';
import { useEffect, useState } from 'react';
import type { Awareness } from 'y-protocols/awareness';
import { readPresence, type Presence } from '#flow/presence';
import { keepSame } from './keep-same';

const nobody: Presence[] = [];

/** The others on this flow, one entry per person (the newest tab), read once per frame. */
export function usePeople(awareness: Awareness | null): Presence[] {
  const [people, setPeople] = useState(nobody);
  useEffect(() => {
    if (!awareness) return;
    let frame = 0;
    const read = () => {
      frame = 0;
      const found = new Map<string, Presence>();
      for (const [client, state] of awareness.getStates()) {
        const person = client === awareness.clientID ? null : readPresence(state);
        if (person) found.set(person.user.id, person);
      }
      setPeople((before) => keepSame(before, [...found.values()]));
    };
    const soon = () => { frame ||= requestAnimationFrame(read); };
    awareness.on('change', soon);
    read();
    return () => { awareness.off('change', soon); cancelAnimationFrame(frame); };
  }, [awareness]);
  return people;
}
