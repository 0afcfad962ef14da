import { rosterPart } from '#flow/presence';
import type { PresenceEntry, Present } from './presence-board';
import { writeAwareness, type AwarenessEntry } from './protocol';

/**
 * What a crowd hears of one another: who is here, and in full only of those one follows. A client forgets whoever it has
 * not heard of for 30 s and renews itself every 15 to 18 s, so a person is told again with what comes 5 s later or more.
 *
 * What goes to followers is one clock ahead. A client takes nothing that is not newer, so whoever begins to follow is still
 * given the full state, and the roster does not take it from them. Nobody is told of themselves that way.
 */
const toldAgainMs = 5_000;

export class Roster {
  private readonly told = new Map<number, { words: string; atMs: number }>();
  private followed = new Map<string, Set<Present>>();

  all(here: readonly PresenceEntry[]): AwarenessEntry[] {
    return here.map(rosterEntry);
  }

  /** Of what changed, that which the whole room has to hear. */
  news(changed: readonly PresenceEntry[], nowMs: number): AwarenessEntry[] {
    return changed.flatMap((entry): AwarenessEntry[] => {
      if (entry.state === null) {
        this.told.delete(entry.clientId);
        return [entry];
      }
      const part = rosterEntry(entry);
      const words = JSON.stringify(part.state);
      const known = this.told.get(entry.clientId);
      if (known && known.words === words && nowMs - known.atMs < toldAgainMs) return [];
      this.told.set(entry.clientId, { words, atMs: nowMs });
      return [part];
    });
  }

  /** What each follower hears: the followed when they moved, and where they stand when one begins. */
  toFollowers(changed: readonly PresenceEntry[], here: Iterable<PresenceEntry>): { to: Present; frame: Uint8Array }[] {
    const [before, now] = [this.followed, new Map<string, Set<Present>>()];
    const all = [...here];
    for (const { state, from } of all) {
      const followed = followedBy(state);
      if (followed === null) continue;
      const known = now.get(followed);
      if (known) known.add(from);
      else now.set(followed, new Set([from]));
    }
    this.followed = now;
    if (now.size === 0) return [];
    const moved = new Set(changed);
    return all.flatMap((entry) => {
      const followers = entry.state === null ? undefined : now.get(entry.from.person.id);
      if (!followers) return [];
      const due = [...followers].filter((each) => each !== entry.from && (moved.has(entry) || !before.get(entry.from.person.id)?.has(each)));
      const frame = due.length > 0 ? writeAwareness([{ ...entry, clock: entry.clock + 1 }]) : new Uint8Array(0);
      return due.map((to) => ({ to, frame }));
    });
  }
}

function rosterEntry({ clientId, clock, state, from }: PresenceEntry): AwarenessEntry {
  return { clientId, clock, state: rosterPart(state) ?? { user: from.person } };
}

function followedBy(state: unknown): string | null {
  return typeof state === 'object' && state !== null && 'following' in state && typeof state.following === 'string' ? state.following : null;
}
