import * as Y from 'yjs';
import { type ChangeRow, serverClient, type StoredDocument, type UpdateKind, type UpdateRow } from '#db/flow-documents';
import { epochOf } from '#flow/document';
import { ChangeRecord } from './change-record';
import { refusal, type Refusal } from './close-codes';
import type { Connection } from './connection';
import { holdsAll, judge, type Verdict } from './guard';
import type { Metrics } from './metrics';
import { ListMirror } from './list-mirror';
import { PresenceBoard } from './presence-board';
import { writeStep2, writeUpdate } from './protocol';
import type { RoomStorage } from './room-storage';

const compactRows = 500;
const compactBytes = 256 * 1024;
/** Who opened the flow is answered first; then it is read as a whole, which its first edit is compared with. */
const prepareAfterMs = 250;

type Update = UpdateRow & { frame: Uint8Array; from: Connection | null };
/** What waits for the next commit: an update, or only an answer that may not be sent before what precedes it is safe. */
type Entry = { update: Update | null; settle: ((seq: number) => void) | null };
export type RoomParts = { flowId: string; storage: RoomStorage; metrics: Metrics; onEnd: (room: Room, reason: Refusal) => void };

/**
 * One flow's live document. Everything that changes it takes one way: judged, applied, committed with its author
 * together with whatever else waited, and only then acknowledged and shown to the others. Answers that reveal the
 * document wait in the same queue, so nobody ever sees an edit that a crash could take back.
 */
export class Room {
  readonly flowId: string;
  readonly metrics: Metrics;
  readonly connections = new Set<Connection>();
  readonly presence = new PresenceBoard(this.connections);
  readonly doc: Y.Doc;
  lastUsedMs = Date.now();
  /** It takes nothing more: whoever writes on meanwhile must not hold up its end, and sends again what was not acknowledged. */
  isDraining = false;
  private readonly parts: RoomParts;
  private readonly owners: Map<number, string>;
  private readonly record: ChangeRecord;
  readonly lists: ListMirror;
  private seq: number;
  private committedSeq: number;
  private queue: Entry[] = [];
  private newClaims: { clientId: number; userId: string }[] = [];
  private flushing: Promise<void> | null = null;
  private applying: { userId: string | null; sessionId: string | null; clientId: number | null; kind: UpdateKind; from: Connection | null } | null = null;
  private storing: Promise<void> = Promise.resolve();
  private snapshotBytes: number;
  private rowsSinceSnapshot: number;
  private bytesSinceSnapshot: number;
  private readonly waiting = new Set<() => void>();
  private ended: Refusal | null = null;
  private readonly preparing: NodeJS.Timeout;
  /** The document's stored bytes, until something is added or the first answers are out. */
  private whole: Uint8Array | null;

  static async load(parts: RoomParts): Promise<Room> {
    const { stored, owners } = await parts.storage.load();
    return new Room(parts, stored, owners);
  }

  private constructor(parts: RoomParts, stored: StoredDocument, owners: Map<number, string>) {
    this.parts = parts;
    this.flowId = parts.flowId;
    this.metrics = parts.metrics;
    this.doc = stored.doc;
    this.seq = stored.seq;
    this.committedSeq = stored.seq;
    this.snapshotBytes = stored.snapshotBytes;
    this.rowsSinceSnapshot = stored.rowsSinceSnapshot;
    this.bytesSinceSnapshot = stored.bytesSinceSnapshot;
    this.owners = owners;
    this.record = new ChangeRecord(this.doc);
    this.lists = new ListMirror(parts.flowId, parts.storage, () => this.record.meta);
    this.doc.on('update', (update: Uint8Array) => this.enqueueUpdate(update));
    this.whole = stored.whole;
    this.preparing = setTimeout(() => this.prepare(), prepareAfterMs);
  }

  get epoch(): string {
    return epochOf(this.doc);
  }

  /** What a first load weighs, or a little more: edits that replaced one another count until the next snapshot. */
  get sizeBytes(): number {
    return this.snapshotBytes + this.bytesSinceSnapshot;
  }

  join(connection: Connection): void {
    this.connections.add(connection);
    this.lastUsedMs = Date.now();
  }

  leave(connection: Connection): void {
    if (!this.connections.delete(connection)) return;
    this.presence.leave(connection);
    this.lastUsedMs = Date.now();
  }

  holds(update: Uint8Array): boolean {
    return holdsAll(this.doc, update);
  }

  /** An update from a socket. 'good' means applied and on its way to the disk, not yet there. */
  receive(from: Connection, update: Uint8Array): Verdict {
    if (this.ended) return { kind: 'refused', refusal: this.ended };
    const verdict = judge(update, { doc: this.doc, owners: this.owners, writer: from.writer });
    if (verdict.kind !== 'good') return verdict;
    for (const clientId of verdict.claims) this.claim(clientId, from.writer);
    const { access } = from;
    this.apply({ userId: access.user?.id ?? null, sessionId: access.sessionId ?? null, clientId: verdict.clientId, kind: 'edit', from }, () => Y.applyUpdate(this.doc, update, from));
    if (this.doc.store.pendingStructs === null && this.doc.store.pendingDs === null) return verdict;
    this.doc.store.pendingStructs = null;
    this.doc.store.pendingDs = null;
    return { kind: 'refused', refusal: refusal('badUpdate', 'parts that depend on each other in a circle') };
  }

  /** An edit by the server for somebody: API, import, restore. Resolves when it is committed. */
  edit(userId: string | null, kind: UpdateKind, work: (doc: Y.Doc) => void): Promise<number> {
    if (this.ended) return Promise.reject(new Error(`the room of ${this.flowId} has ended`));
    if (!this.owners.has(this.doc.clientID)) this.claim(this.doc.clientID, serverClient);
    this.apply({ userId, sessionId: null, clientId: this.doc.clientID, kind, from: null }, () => work(this.doc));
    return this.committed();
  }

  /** Resolves once everything received until now is committed; fails when it could not be. */
  committed(): Promise<number> {
    return new Promise((resolve, reject) => {
      const endedBefore = () => reject(new Error(`the room of ${this.flowId} ended before its commit`));
      if (this.ended) return endedBefore();
      this.waiting.add(endedBefore);
      this.afterCommit((seq) => {
        this.waiting.delete(endedBefore);
        resolve(seq);
      });
    });
  }

  afterCommit(settle: (seq: number) => void): void {
    this.queue.push({ update: null, settle });
    this.schedule();
  }

  /** The answer is what the document holds now, sent when all of that is committed. Who opens a flow first is sent it as it is stored. */
  answerStep1(to: Connection, stateVector: Uint8Array): void {
    const answer = writeStep2(isFirst(stateVector) && this.whole ? this.whole : Y.encodeStateAsUpdate(this.doc, stateVector));
    this.afterCommit(() => to.send(answer));
  }

  /** Ends the room: what is applied is written and acknowledged first, unless the room failed. */
  async close(reason: Refusal): Promise<void> {
    this.isDraining = true;
    if (!this.ended) {
      await this.committed().catch(() => {});
      await this.storing;
      await this.snapshot().catch((error: unknown) => console.error(`no snapshot of ${this.flowId} at its end:`, error));
      await this.lists.finish();
    }
    this.end(reason);
  }

  fail(reason: Refusal): void {
    this.end(reason);
    this.parts.onEnd(this, reason);
  }

  private end(reason: Refusal): void {
    if (this.ended) return;
    this.ended = reason;
    this.queue = [];
    for (const reject of this.waiting) reject();
    this.waiting.clear();
    clearTimeout(this.preparing);
    this.presence.close();
    this.lists.stop();
    for (const connection of this.connections) connection.close(reason);
    this.doc.destroy();
  }

  private prepare(): void {
    this.whole = null;
    this.record.prepare();
  }

  private claim(clientId: number, userId: string): void {
    this.owners.set(clientId, userId);
    this.newClaims.push({ clientId, userId });
  }

  private apply(by: NonNullable<Room['applying']>, work: () => void): void {
    this.record.beforeEdit();
    this.applying = by;
    try {
      work();
    } catch (error) {
      console.error(`an update of ${this.flowId} could not be applied:`, error);
      this.fail(refusal('outOfStep', 'the document is loaded again'));
    } finally {
      this.applying = null;
    }
  }

  /** Yjs tells what an update really added: that is stored and sent on, whatever else its bytes repeated. */
  private enqueueUpdate(payload: Uint8Array): void {
    const by = this.applying;
    if (!by) return;
    this.whole = null;
    this.seq += 1;
    const { from, ...author } = by;
    this.record.edited(by.userId, this.seq);
    this.queue.push({ update: { ...author, flowId: this.flowId, seq: this.seq, payload, frame: writeUpdate(payload), from }, settle: null });
    this.schedule();
  }

  private schedule(): void {
    if (this.flushing) return;
    this.flushing = new Promise<void>((resolve) => setImmediate(resolve)).then(() => this.flush()).finally(() => {
      this.flushing = null;
      if (this.queue.length > 0 && !this.ended) this.schedule(); // queued by who waited for the last commit, before this ran
    });
  }

  /** One commit at a time; what arrives meanwhile goes with the next. */
  private async flush(): Promise<void> {
    while (this.queue.length > 0 && !this.ended) {
      const batch = this.queue;
      this.queue = [];
      const updates = batch.flatMap((entry) => entry.update ?? []);
      if (updates.length > 0 && !(await this.commit(updates))) return;
      for (const entry of batch) this.settle(entry);
    }
  }

  private async commit(updates: Update[]): Promise<boolean> {
    const seq = updates.at(-1)?.seq ?? this.committedSeq;
    const clients = this.newClaims;
    this.newClaims = [];
    const rows = this.readable();
    const state = this.isSnapshotDue() ? Y.encodeStateAsUpdate(this.doc) : null; // holds exactly what this commit completes
    const observe = this.metrics.commitSeconds.startTimer();
    try {
      await this.parts.storage.commit({ updates, changes: rows, clients });
    } catch (error) {
      console.error(`updates ${updates[0]?.seq ?? 0}–${seq} of ${this.flowId} were not committed:`, error);
      this.fail(refusal('outOfStep', 'the server could not store the last edits; they are asked for again'));
      return false;
    }
    observe();
    this.metrics.updates.inc(updates.length);
    this.committedSeq = seq;
    this.rowsSinceSnapshot += updates.length;
    this.bytesSinceSnapshot += updates.reduce((sum, update) => sum + update.payload.byteLength, 0);
    if (state) this.storing = this.store(seq, state).catch((error: unknown) => console.error(`no snapshot of ${this.flowId}:`, error));
    this.lists.committed();
    return true;
  }

  private settle({ update, settle }: Entry): void {
    if (update) for (const connection of this.connections) if (connection !== update.from) connection.sendUpdate(update.frame);
    settle?.(this.committedSeq);
  }

  /** A definition that cannot be read is a bug; the edit itself must not be lost for it. */
  private readable(): ChangeRow[] {
    try {
      return this.record.take();
    } catch (error) {
      console.error(`the changes of ${this.flowId} could not be put into words:`, error);
      return [];
    }
  }

  private isSnapshotDue(): boolean {
    return this.rowsSinceSnapshot >= compactRows || this.bytesSinceSnapshot >= compactBytes;
  }

  private async snapshot(): Promise<void> {
    if (this.rowsSinceSnapshot > 0) await this.store(this.committedSeq, Y.encodeStateAsUpdate(this.doc));
  }

  private async store(seq: number, state: Uint8Array): Promise<void> {
    this.snapshotBytes = state.byteLength;
    this.rowsSinceSnapshot = 0;
    this.bytesSinceSnapshot = 0;
    await this.parts.storage.saveSnapshot({ seq, state });
  }
}

/** A client that holds nothing yet. */
export function isFirst(stateVector: Uint8Array): boolean {
  return stateVector.byteLength <= 1;
}
