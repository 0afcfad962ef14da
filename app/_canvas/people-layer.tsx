'use client';
import { ViewportPortal } from '@xyflow/react';
import { useEffect, useState, type CSSProperties } from 'react';
import type { Presence } from '#flow/presence';
import styles from './canvas.module.css';

const [restMs, goneMs] = [5_000, 30_000];

/** Pointers of the others with their names, and the cards they drag, in the canvas's own coordinates. */
export function PeopleLayer({ people, names }: { people: readonly Presence[]; names: ReadonlyMap<string, string> }) {
  return (
    <ViewportPortal>
      {people.map((each) => each.drag && <Ghost key={each.user.id} person={each} drag={each.drag} names={names} />)}
      {people.map((each) => each.cursor && <Cursor key={each.user.id} person={each} x={each.cursor.x} y={each.cursor.y} />)}
    </ViewportPortal>
  );
}

/** What somebody holds with the mouse: it moves in the document only when they let go. */
function Ghost({ person, drag, names }: { person: Presence; drag: NonNullable<Presence['drag']>; names: ReadonlyMap<string, string> }) {
  const [first = ''] = drag.stepIds;
  const more = drag.stepIds.length - 1;
  return (
    <span className={styles.ghost} data-ghost={person.user.id} data-many={more > 0 || undefined} style={{ ...colour(person), transform: `translate(${drag.x}px, ${drag.y}px)` }}>
      <b>{names.get(first) ?? ''}{more > 0 ? ` +${more}` : ''}</b>
    </span>
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
