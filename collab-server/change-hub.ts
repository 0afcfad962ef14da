import { changesAfter, changesHead, trimChanges, type ChangeCursor, type TailChange } from '#db/changes-tail';
import type { Database } from '#db/client';
import { trimNotifications } from '#db/notifications';

const pollMs = 300;
const trimEveryMs = 600_000;
const keptHours = 24;
/** How far back a page may ask for what changed while it was on its way to the browser. */
export const mostRecentMs = 60_000;
type Listener = (changes: TailChange[]) => void;

/** Reads the tail of table `changes` for everybody in this process. */
export class ChangeHub {
  private readonly listeners = new Set<Listener>();
  private readonly timers: NodeJS.Timeout[];
  private readonly heard: { at: number; change: TailChange }[] = [];
  private cursor: ChangeCursor | null = null;
  private isBusy = false;
  private readonly database: Database;

  constructor(database: Database) {
    this.database = database;
    this.timers = [setInterval(() => void this.look(), pollMs), setInterval(() => void this.trim(), trimEveryMs)];
  }

  async start(): Promise<void> {
    this.cursor = await changesHead(this.database.sql);
  }

  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** What this process heard of in the last `withinMs`, oldest first. */
  recent(withinMs: number): TailChange[] {
    const since = performance.now() - Math.min(withinMs, mostRecentMs);
    return this.heard.filter((each) => each.at >= since).map((each) => each.change);
  }

  close(): void {
    for (const timer of this.timers) clearInterval(timer);
    this.listeners.clear();
  }

  private async look(): Promise<void> {
    if (this.isBusy || !this.cursor) return;
    this.isBusy = true;
    try {
      for (let isMore = true; isMore; ) {
        const found = await changesAfter(this.database.sql, this.cursor);
        this.cursor = found.cursor;
        isMore = found.isMore;
        this.remember(found.items);
        if (found.items.length > 0) for (const listener of this.listeners) listener(found.items);
      }
    } catch (error) {
      console.error('changes could not be read:', error); // the next poll reads on from the same place
    } finally {
      this.isBusy = false;
    }
  }

  private remember(changes: readonly TailChange[]): void {
    const at = performance.now();
    const old = this.heard.findIndex((each) => each.at >= at - mostRecentMs);
    this.heard.splice(0, old === -1 ? this.heard.length : old);
    for (const change of changes) this.heard.push({ at, change });
  }

  private async trim(): Promise<void> {
    await trimNotifications(this.database.sql).catch((error: unknown) => console.error('old notifications were not removed:', error));
    await trimChanges(this.database.sql, keptHours).catch((error: unknown) => console.error('old changes were not removed:', error));
  }
}
