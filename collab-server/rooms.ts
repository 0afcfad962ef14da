import type { Database } from '#db/client';
import { applyIntent, finishIntent, openIntents, updateKindOf, type OpenIntent } from '#db/flow-intents';
import { leaseRenewalMs, releaseLease, renewLeases, roomOwner, takeLease } from '#db/room-leases';
import { refusal, type Refusal } from './close-codes';
import type { Metrics } from './metrics';
import { Room } from './room';
import { postgresStorage } from './room-storage';

export type RoomsOptions = { port: number; evictAfterMs?: number | undefined };
type Opened = { kind: 'room'; room: Room } | { kind: 'elsewhere'; owner: string } | { kind: 'missing' };

const intentPollMs = 1_000;

/** The rooms this process owns: opened under a lease, evicted when idle, given up when the lease is lost. */
export class Rooms {
  private readonly open = new Map<string, Promise<Opened>>();
  private readonly live = new Map<string, Room>();
  private readonly ending = new Map<string, Promise<void>>();
  private readonly owner: string;
  private readonly evictAfterMs: number;
  private readonly timers: NodeJS.Timeout[];
  private readonly intents = new Map<string, Promise<void>>();
  private stopListening: (() => Promise<void>) | null = null;
  private renewing = false;
  private isClosing = false;
  private readonly database: Database;
  private readonly metrics: Metrics;

  constructor(database: Database, metrics: Metrics, options: RoomsOptions) {
    this.database = database;
    this.metrics = metrics;
    this.owner = roomOwner(options.port);
    this.evictAfterMs = options.evictAfterMs ?? 60_000;
    this.timers = [
      setInterval(() => void this.renew(), leaseRenewalMs),
      setInterval(() => this.evict(), Math.min(this.evictAfterMs, 5_000)),
      setInterval(() => void this.performOpenIntents(), intentPollMs),
    ];
  }

  async start(): Promise<void> {
    const listening = await this.database.sql.listen('flow_intents', () => void this.performOpenIntents(), () => void this.performOpenIntents());
    this.stopListening = () => listening.unlisten();
  }

  /** The flow's room if this process may own it, else who does. */
  get(flowId: string): Promise<Opened> {
    if (this.isClosing) return Promise.resolve({ kind: 'missing' });
    const ending = this.ending.get(flowId);
    if (ending) return ending.then(() => this.get(flowId)); // a newcomer waits for the room's end and loads it again
    const known = this.open.get(flowId);
    if (known) return known;
    const opening = this.load(flowId).then((opened) => {
      if (opened.kind !== 'room') this.open.delete(flowId);
      return opened;
    }, (error: unknown) => {
      this.open.delete(flowId);
      throw error;
    });
    this.open.set(flowId, opening);
    return opening;
  }

  liveRooms(): Iterable<Room> {
    return this.live.values();
  }

  async close(): Promise<void> {
    this.isClosing = true;
    for (const timer of this.timers) clearInterval(timer);
    await Promise.allSettled([...this.open.values(), ...this.intents.values()]);
    await Promise.all([...this.live.values()].map((room) => this.retire(room, refusal('restarting', 'the server restarts'))));
    await this.stopListening?.().catch(() => {});
  }

  /** Ends a room for good: flushed, closed, lease given back. */
  retire(room: Room, reason: Refusal): Promise<void> {
    const known = this.ending.get(room.flowId);
    if (known) return known;
    const ending = room.close(reason).then(() => this.forget(room)).finally(() => this.ending.delete(room.flowId));
    this.ending.set(room.flowId, ending);
    return ending;
  }

  private async load(flowId: string): Promise<Opened> {
    const [flow] = await this.database.sql<{ workspace_id: string }[]>`select workspace_id from flows where id = ${flowId} and deleted_at is null`;
    if (!flow) return { kind: 'missing' };
    const other = await takeLease(this.database.sql, flowId, this.owner);
    if (other !== null) return { kind: 'elsewhere', owner: other };
    const room = await Room.load({
      flowId, storage: postgresStorage(this.database, { flowId, workspaceId: flow.workspace_id }), metrics: this.metrics, onEnd: (ended) => void this.forget(ended),
    });
    this.live.set(flowId, room);
    this.metrics.rooms.set(this.live.size);
    return { kind: 'room', room };
  }

  private async forget(room: Room): Promise<void> {
    if (this.live.get(room.flowId) !== room) return;
    this.live.delete(room.flowId);
    this.metrics.rooms.set(this.live.size);
    this.open.delete(room.flowId);
    await releaseLease(this.database.sql, room.flowId, this.owner).catch((error: unknown) => console.error(`the lease of ${room.flowId} was not given back:`, error));
  }

  private async renew(): Promise<void> {
    if (this.renewing || this.live.size === 0) return;
    this.renewing = true;
    const held = [...this.live.values()];
    try {
      const renewed = await renewLeases(this.database.sql, this.owner);
      for (const room of held) if (!renewed.has(room.flowId) && this.live.get(room.flowId) === room) room.fail(refusal('outOfStep', 'the flow moved to another server'));
    } catch (error) {
      console.error('leases of rooms were not renewed:', error);
    } finally {
      this.renewing = false;
    }
  }

  private evict(): void {
    for (const room of this.live.values()) {
      if (room.connections.size === 0 && Date.now() - room.lastUsedMs >= this.evictAfterMs) void this.retire(room, refusal('restarting', 'idle'));
    }
  }

  /** Writes that came as rows: the owner of the flow's room carries them out, whichever process took the request. */
  private async performOpenIntents(): Promise<void> {
    if (this.isClosing) return;
    try {
      for (const intent of await openIntents(this.database.sql)) {
        if (this.intents.has(intent.id)) continue;
        const work = this.perform(intent).catch((error: unknown) => console.error(`intent ${intent.id} was not carried out yet:`, error));
        this.intents.set(intent.id, work);
        void work.finally(() => this.intents.delete(intent.id));
      }
    } catch (error) {
      console.error('intents could not be read:', error);
    }
  }

  private async perform(intent: OpenIntent): Promise<void> {
    const opened = await this.get(intent.flowId);
    if (opened.kind !== 'room') return; // another process owns the room and hears of the intent too
    const { room } = opened;
    room.lastUsedMs = Date.now();
    const failed: { failure: ReturnType<typeof applyIntent> } = { failure: null };
    const seq = await room.edit(intent.userId, updateKindOf(intent), (doc) => (failed.failure = applyIntent(doc, intent)));
    await room.lists.update();
    await finishIntent(this.database.sql, intent.id, failed.failure ? { ok: false, failure: failed.failure } : { ok: true, seq });
  }
}
