import { z } from 'zod';
import { id } from './id';

/**
 * What people show one another while they edit: carried by awareness, never stored, at most 1 kB. The server writes
 * `user` itself; the rest is checked before it is drawn.
 */
const point = z.strictObject({ x: z.number(), y: z.number() });

export const presence = z.object({
  user: z.object({ id: z.string().max(64), name: z.string().max(200), colour: z.string().max(60) }),
  cursor: point.optional().catch(undefined),
  selection: z.array(id).max(200).optional().catch(undefined),
  editing: z.strictObject({ stepId: id, param: z.string().max(100).optional() }).optional().catch(undefined),
  /** Steps held by the mouse: drawn at the place, moved in the document when they are dropped. */
  drag: z.strictObject({ stepIds: z.array(id).max(200), x: z.number(), y: z.number(), stageId: id.optional(), index: z.int().optional() }).optional().catch(undefined),
  /** The user whose view this one follows. */
  following: z.string().max(64).optional().catch(undefined),
  /** The middle of what this one looks at, and how close. */
  viewport: z.strictObject({ x: z.number(), y: z.number(), zoom: z.number().min(0.05).max(4) }).optional().catch(undefined),
  /** idle: no hand on mouse or keys for a minute; away: another window is in front. */
  mood: z.enum(['idle', 'away']).optional().catch(undefined),
});
export type Presence = z.infer<typeof presence>;

/** What somebody's awareness state says; null when it is not of this shape. */
export function readPresence(state: unknown): Presence | null {
  const parsed = presence.safeParse(state);
  return parsed.success ? parsed.data : null;
}

/** Who somebody is and whether they sit there: what a crowd hears of them. */
export function rosterPart(state: unknown): Pick<Presence, 'user' | 'mood' | 'following'> | null {
  const person = readPresence(state);
  if (!person) return null;
  const { user, mood, following } = person;
  return { user, ...(mood ? { mood } : {}), ...(following ? { following } : {}) };
}

export const peopleColours = ['var(--person-1)', 'var(--person-2)', 'var(--person-3)', 'var(--person-4)', 'var(--person-5)', 'var(--person-6)'] as const;

/** The same colour for a person on every screen. */
export function colourOf(userId: string): string {
  let hash = 0x811c9dc5;
  for (const character of userId) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return peopleColours[hash % peopleColours.length] ?? peopleColours[0];
}
