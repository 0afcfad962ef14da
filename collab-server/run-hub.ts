import type { Database } from '#db/client';
import { eventsAfter } from '#db/run-tail';
import type { RunEvent } from '#flow/run-event';

/** To all of these sockets the same, so that it is put into words once however many they are. */
export type Tell = (socketIds: readonly string[], runId: string, events: readonly RunEvent[]) => void;
type Watcher = { runId: string; after: number; isLive: boolean; isGone: boolean; socketId: string };

const page = 500;
const pollMs = 1_000;

/**
 * Carries each watched run's events to its watchers from where each of them stands. The run's own numbering makes the
 * cursor gapless; a hint only says where to look first, and a poll every second looks at all of them.
 */
export class RunHub {
  private readonly watchers = new Map<string, Set<Watcher>>();
  private readonly dirty = new Set<string>();
  private readonly timer: NodeJS.Timeout;
  private pumping = false;
  private isClosed = false;
  private readonly database: Database;
  private readonly tell: Tell;
  /** Told how old the newest event was when a run's live watchers got it. */
  private readonly lagged: (seconds: number) => void;

  constructor(database: Database, tell: Tell, lagged: (seconds: number) => void) {
    this.database = database;
    this.tell = tell;
    this.lagged = lagged;
    this.timer = setInterval(() => this.look(this.watchers.keys()), pollMs);
  }

  /** Events from `after + 1` on, first the past in pages, then live. Returns how to stop. */
  watch(runId: string, after: number, socketId: string): () => void {
    const watcher: Watcher = { runId, after, isLive: false, isGone: false, socketId };
    const others = this.watchers.get(runId) ?? new Set();
    this.watchers.set(runId, others.add(watcher));
    this.look([runId]);
    return () => {
      watcher.isGone = true;
      others.delete(watcher);
      if (others.size === 0 && this.watchers.get(runId) === others) this.watchers.delete(runId);
    };
  }

  /** Runs that may have new events. */
  look(runIds: Iterable<string>): void {
    for (const runId of runIds) if (this.watchers.has(runId)) this.dirty.add(runId);
    if (this.dirty.size > 0 && !this.pumping && !this.isClosed) void this.pump();
  }

  close(): void {
    this.isClosed = true;
    clearInterval(this.timer);
    this.watchers.clear();
  }

  private async pump(): Promise<void> {
    this.pumping = true;
    while (this.dirty.size > 0 && !this.isClosed) {
      const runIds = [...this.dirty];
      this.dirty.clear();
      try {
        await this.deliver(runIds);
      } catch {
        // One run that cannot be read must not hold up the others. What failed is looked at again by the next poll.
        for (const runId of runIds) await this.deliver([runId]).catch((error: unknown) => console.error(`events of run ${runId} could not be read:`, error));
      }
    }
    this.pumping = false;
  }

  private async deliver(runIds: string[]): Promise<void> {
    const watchers = runIds.flatMap((runId) => [...(this.watchers.get(runId) ?? [])]);
    // The live ones share one query, however many they are, and come first: a crowd that is back after a restart must not hold them up.
    const live = watchers.filter((watcher) => watcher.isLive && !watcher.isGone);
    const from = new Map<string, number>();
    for (const { runId, after } of live) from.set(runId, Math.min(after, from.get(runId) ?? after));
    const found = await eventsAfter(this.database.sql, [...from].map(([runId, after]) => ({ runId, after })), page);
    for (const [runId, events] of found) this.send(runId, live.filter((watcher) => watcher.runId === runId), events);
    for (const events of found.values()) this.lagged(Math.max(0, Date.now() - Date.parse(events.at(-1)?.at ?? '')) / 1_000);
    for (const [runId, events] of found) if (events.length === page) this.dirty.add(runId);
    for (const group of together(watchers.filter((watcher) => !watcher.isLive && !watcher.isGone))) await this.catchUp(group);
  }

  private async catchUp({ runId, after, group }: Behind): Promise<void> {
    const events = (await eventsAfter(this.database.sql, [{ runId, after }], page)).get(runId) ?? [];
    this.send(runId, group, events);
    if (events.length === page) this.dirty.add(runId);
    else for (const watcher of group) watcher.isLive = true;
  }

  /** Watchers of one run that stand at the same event are told together: nearly always all of them. */
  private send(runId: string, watchers: readonly Watcher[], events: readonly RunEvent[]): void {
    const last = events.at(-1);
    if (!last) return;
    const standing = new Map<number, Watcher[]>();
    for (const watcher of watchers) {
      if (watcher.isGone || watcher.after >= last.seq) continue;
      const others = standing.get(watcher.after);
      if (others) others.push(watcher);
      else standing.set(watcher.after, [watcher]);
    }
    for (const [after, alike] of standing) {
      for (const watcher of alike) watcher.after = last.seq;
      this.tell(alike.map((watcher) => watcher.socketId), runId, events.filter((event) => event.seq > after));
    }
  }
}

type Behind = { runId: string; after: number; group: Watcher[] };

/** Those who read the past go page by page; whose next page is nearly the same read it together. */
function together(watchers: readonly Watcher[]): Behind[] {
  const groups: Behind[] = [];
  for (const watcher of watchers.toSorted((a, b) => a.runId.localeCompare(b.runId) || a.after - b.after)) {
    const last = groups.at(-1);
    if (last && last.runId === watcher.runId && watcher.after - last.after < page / 2) last.group.push(watcher);
    else groups.push({ runId: watcher.runId, after: watcher.after, group: [watcher] });
  }
  return groups;
}
