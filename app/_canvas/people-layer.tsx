'use client';
import { ViewportPortal } from '@xyflow/react';
import { useEffect, useState, type CSSProperties } from 'react';
import type { Presence } from '#flow/presence';
import styles from './canvas.module.css';

const [restMs, goneMs] = [5_000, 30_000];

/** Pointers of the others with their names, and the cards they drag, in the canvas's own coordinates. */
export function PeopleLayer({ people }: { people: readonly Presence[] }) {
  return (
    <ViewportPortal>
      {people.map((each) => each.cursor && <Cursor key={each.user.id} person={each} x={each.cursor.x} y={each.cursor.y} />)}
      {people.map((each) => each.drag && <span key={each.user.id} className={styles.ghost} style={{ ...colour(each), transform: `translate(${each.drag.x}px, ${each.drag.y}px)` }} />)}
    </ViewportPortal>
  );
}

// A custom property is not in React's list of styles.
const colour = (person: Presence) => ({ '--p': person.user.colour }) as CSSProperties;

function Cursor({ person, x, y }: { person: Presence; x: number; y: number }) {
  const [rest, setRest] = useState<'moving' | 'resting' | 'gone'>('moving');
  useEffect(() => {
    setRest('moving');
    const fade = setTimeout(() => setRest('resting'), restMs);
    const go = setTimeout(() => setRest('gone'), goneMs);
    return () => { clearTimeout(fade); clearTimeout(go); };
  }, [x, y]);
  if (rest === 'gone') return null;
  return (
    <span className={styles.cursor} data-cursor={person.user.id} data-resting={rest === 'resting' || undefined} style={{ ...colour(person), transform: `translate(${x}px, ${y}px) scale(var(--inv))` }}>
      <svg width="18" height="20" viewBox="0 0 18 20" aria-hidden><path d="M2 1.5 15.5 9l-6 1.7L6.6 17 2 1.5Z" fill="var(--p)" stroke="var(--surface)" strokeWidth="1.5" strokeLinejoin="round" /></svg>
      <b>{person.user.name}</b>
    </span>
  );
}
