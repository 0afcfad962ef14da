import { changesAfter, changesHead, trimChanges, type ChangeCursor, type TailChange } from '#db/changes-tail';
import type { Database } from '#db/client';
import { trimNotifications } from '#db/notifications';

const pollMs = 300;
const trimEveryMs = 600_000;
const keptHours = 24;
type Listener = (changes: TailChange[]) => void;

/** Reads the tail of table `changes` for everybody in this process. */
export class ChangeHub {
  private readonly listeners = new Set<Listener>();
  private readonly timers: NodeJS.Timeout[];
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
        if (found.items.length > 0) for (const listener of this.listeners) listener(found.items);
      }
    } catch (error) {
      console.error('changes could not be read:', error); // the next poll reads on from the same place
    } finally {
      this.isBusy = false;
    }
  }

  private async trim(): Promise<void> {
    await trimNotifications(this.database.sql).catch((error: unknown) => console.error('old notifications were not removed:', error));
    await trimChanges(this.database.sql, keptHours).catch((error: unknown) => console.error('old changes were not removed:', error));
  }
}
