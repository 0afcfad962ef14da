import { Roster } from './roster';
import { writeAwareness, type AwarenessEntry } from './protocol';

type Person = { id: string; name: string; colour: string };
/** What the board needs of a socket. */
export type Present = { readonly person: Person; awarenessId: number | null; sendAwareness(frame: Uint8Array): void };
export type PresenceEntry = AwarenessEntry & { from: Present };

const longestState = 4_096;
/** Up to so many everybody sees every cursor; above, who is here and those one follows. */
const crowdAbove = 200;

/**
 * Who is here and what they point at. One entry per socket, its `user` written by the server, changes gathered into
 * one message per tick; the more people, the slower the tick. A stock client sends on what it hears of others: such
 * foreign entries are dropped here.
 */
export class PresenceBoard {
  private readonly entries = new Map<number, PresenceEntry>();
  private readonly dirty = new Set<number>();
  private readonly roster = new Roster();
  private wasCrowd = false;
  private timer: NodeJS.Timeout | null = null;
  private lastTickMs = 0;
  private readonly present: ReadonlySet<Present>;

  constructor(present: ReadonlySet<Present>) {
    this.present = present;
  }

  receive(from: Present, received: AwarenessEntry[]): void {
    for (const entry of received) {
      const before = this.entries.get(entry.clientId);
      // The first id a socket names is its own, also when an earlier socket of the same person has not timed out yet.
      if (from.awarenessId === null && (!before || before.from.person.id === from.person.id)) from.awarenessId = entry.clientId;
      if (entry.clientId !== from.awarenessId) continue;
      if (before && before.from === from && entry.clock <= before.clock) continue;
      this.entries.set(entry.clientId, { ...entry, state: ownState(entry.state, from.person), from });
      this.mark(entry.clientId);
    }
  }

  leave(who: Present): void {
    const id = who.awarenessId;
    const entry = id === null ? undefined : this.entries.get(id);
    if (id === null || !entry || entry.from !== who) return;
    this.entries.set(id, { ...entry, clock: entry.clock + 1, state: null });
    this.mark(id);
  }

  frame(): Uint8Array {
    const here = [...this.entries.values()].filter((entry) => entry.state !== null);
    return writeAwareness(this.isCrowd ? this.roster.all(here) : here);
  }

  close(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
  }

  private get isCrowd(): boolean {
    return this.present.size > crowdAbove;
  }

  private mark(clientId: number): void {
    this.dirty.add(clientId);
    this.timer ??= setTimeout(() => this.tick(), Math.max(0, this.lastTickMs + tickMs(this.present.size) - Date.now()));
  }

  private tick(): void {
    this.timer = null;
    this.lastTickMs = Date.now();
    // Who comes out of a crowd sees every cursor again at once.
    if (this.wasCrowd && !this.isCrowd) for (const id of this.entries.keys()) this.dirty.add(id);
    this.wasCrowd = this.isCrowd;
    const changed = [...this.dirty].flatMap((id) => this.entries.get(id) ?? []);
    this.dirty.clear();
    for (const entry of changed) if (entry.state === null) this.entries.delete(entry.clientId);
    if (!this.isCrowd) return this.send(writeAwareness(changed));
    for (const { to, frame } of this.roster.toFollowers(changed, this.entries.values())) to.sendAwareness(frame);
    const news = this.roster.news(changed, this.lastTickMs);
    if (news.length > 0) this.send(writeAwareness(news));
  }

  private send(frame: Uint8Array): void {
    for (const each of this.present) each.sendAwareness(frame);
  }
}

function tickMs(people: number): number {
  if (people <= 10) return 33;
  if (people <= 50) return 66;
  return people <= crowdAbove ? 250 : 1_000;
}

function ownState(state: unknown, person: Person): unknown {
  if (state === null || typeof state !== 'object' || Array.isArray(state)) return null;
  const own = { ...state, user: person };
  return JSON.stringify(own).length <= longestState ? own : { user: person };
}
