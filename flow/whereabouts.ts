import { z } from 'zod';
import { id } from './id';

/**
 * Where in the product somebody is: told by their browser, shown to their workspace, never stored. The words come
 * from the screen they look at, so colleagues read the same names.
 */
const title = z.string().trim().min(1).max(200);
const detail = z.string().trim().max(200).optional();

export const place = z.discriminatedUnion('page', [
  z.strictObject({ page: z.literal('flow'), objectId: id, title, detail }),
  z.strictObject({ page: z.literal('run'), objectId: z.uuid(), title, detail }),
  z.strictObject({ page: z.literal('component'), objectId: id, title, entryId: z.int().min(1).optional(), detail }),
  z.strictObject({ page: z.literal('elsewhere') }),
]);
export type Place = z.infer<typeof place>;

/** One open page of one person. `since` is when they came to this place, ISO. */
export const whereabouts = z.object({ id: z.string().max(64), user: z.object({ id: z.string(), name: z.string() }), place, since: z.string() });
export type Whereabouts = z.infer<typeof whereabouts>;

/** Everybody once, at the newest place that says more than "elsewhere"; the newest arrivals first. */
export function peopleOf(roster: readonly Whereabouts[]): Whereabouts[] {
  const best = new Map<string, Whereabouts>();
  for (const each of roster) {
    const known = best.get(each.user.id);
    if (!known || rank(each) > rank(known)) best.set(each.user.id, each);
  }
  return [...best.values()].toSorted((a, b) => (a.since < b.since ? 1 : -1));
}

const rank = ({ place: { page }, since }: Whereabouts): string => `${page === 'elsewhere' ? 0 : 1}${since}`;
