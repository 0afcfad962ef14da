import type { Database } from '#db/client';
import { whereabouts, type Whereabouts } from '#flow/whereabouts';
import { z } from 'zod';

/**
 * Who is on which page, per workspace, over all web processes: each announces its own sockets to the others by NOTIFY
 * and again every few seconds, so that what a killed process announced goes out by itself. Nothing is stored.
 */
const channel = 'whereabouts';
const announceEveryMs = 10_000;
const forgottenAfterMs = 25_000;
/** Changes of a workspace are told together. */
const gatherMs = 250;
export const mostShown = 200;

const message = z.discriminatedUnion('say', [
  z.object({ say: z.literal('here'), from: z.string(), workspaceId: z.string(), who: whereabouts }),
  z.object({ say: z.literal('gone'), from: z.string(), workspaceId: z.string(), id: z.string() }),
  z.object({ say: z.literal('ask'), from: z.string() }),
]);
type Message = z.infer<typeof message>;
type Known = Whereabouts & { own: boolean; heardMs: number };

export class WhereaboutsRoster {
  private readonly byWorkspace = new Map<string, Map<string, Known>>();
  private readonly changed = new Set<string>();
  private readonly name = crypto.randomUUID();
  private readonly timers: NodeJS.Timeout[];
  private gathering: NodeJS.Timeout | null = null;
  private stopListening: () => Promise<void> = async () => {};
  private readonly database: Database;
  private readonly onChange: (workspaceId: string, roster: Whereabouts[]) => void;

  constructor(database: Database, onChange: (workspaceId: string, roster: Whereabouts[]) => void) {
    this.database = database;
    this.onChange = onChange;
    this.timers = [setInterval(() => this.announceOwn(), announceEveryMs), setInterval(() => this.forget(), announceEveryMs / 2)];
  }

  async start(): Promise<void> {
    const { unlisten } = await this.database.sql.listen(channel, (payload) => this.hear(payload), () => this.say({ say: 'ask', from: this.name }));
    this.stopListening = unlisten;
  }

  put(workspaceId: string, who: Whereabouts): void {
    this.set(workspaceId, { ...who, own: true, heardMs: Date.now() });
    this.say({ say: 'here', from: this.name, workspaceId, who });
  }

  remove(workspaceId: string, id: string): void {
    if (!this.byWorkspace.get(workspaceId)?.has(id)) return;
    this.drop(workspaceId, id);
    this.say({ say: 'gone', from: this.name, workspaceId, id });
  }

  of(workspaceId: string): Whereabouts[] {
    return [...(this.byWorkspace.get(workspaceId)?.values() ?? [])].slice(-mostShown).map(({ own: _own, heardMs: _heardMs, ...who }) => who);
  }

  async close(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    if (this.gathering) clearTimeout(this.gathering);
    await this.stopListening().catch(() => {});
  }

  private hear(payload: string): void {
    const heard = parse(payload);
    if (heard === null || heard.from === this.name) return;
    if (heard.say === 'ask') return this.announceOwn();
    if (heard.say === 'here') return this.set(heard.workspaceId, { ...heard.who, own: false, heardMs: Date.now() });
    this.drop(heard.workspaceId, heard.id);
  }

  private set(workspaceId: string, who: Known): void {
    const roster = this.byWorkspace.get(workspaceId) ?? new Map<string, Known>();
    const before = roster.get(who.id);
    roster.set(who.id, who);
    this.byWorkspace.set(workspaceId, roster);
    if (before?.since !== who.since) this.mark(workspaceId);
  }

  private drop(workspaceId: string, id: string): void {
    const roster = this.byWorkspace.get(workspaceId);
    if (!roster?.delete(id)) return;
    if (roster.size === 0) this.byWorkspace.delete(workspaceId);
    this.mark(workspaceId);
  }

  private mark(workspaceId: string): void {
    this.changed.add(workspaceId);
    this.gathering ??= setTimeout(() => {
      this.gathering = null;
      const told = [...this.changed];
      this.changed.clear();
      for (const each of told) this.onChange(each, this.of(each));
    }, gatherMs);
  }

  private announceOwn(): void {
    for (const [workspaceId, roster] of this.byWorkspace) {
      for (const { own, heardMs: _heardMs, ...who } of roster.values()) if (own) this.say({ say: 'here', from: this.name, workspaceId, who });
    }
  }

  private forget(): void {
    const limit = Date.now() - forgottenAfterMs;
    for (const [workspaceId, roster] of this.byWorkspace) for (const [id, who] of roster) if (!who.own && who.heardMs < limit) this.drop(workspaceId, id);
  }

  private say(what: Message): void {
    // A hint like any other: what is lost is said again within seconds.
    this.database.sql.notify(channel, JSON.stringify(what)).catch(() => {});
  }
}

function parse(payload: string): Message | null {
  try {
    const parsed = message.safeParse(JSON.parse(payload));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
