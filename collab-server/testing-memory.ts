import { createHash } from 'node:crypto';
import type { RawData } from 'ws';
import * as Y from 'yjs';
import type { Access, Role } from '#db/access';
import { serverClient, type ChangeRow, type Commit, type UpdateRow } from '#db/flow-documents';
import { documentRoots } from '#flow/document';
import type { EditorSocket } from './editor-socket';
import { createMetrics } from './metrics';
import { Room } from './room';
import type { RoomStorage } from './room-storage';

/** The log of one flow in memory, with power that can fail: what was committed stays, what was on its way may have made it. */
export class MemoryLog {
  readonly updates: UpdateRow[] = [];
  readonly changes: ChangeRow[] = [];
  readonly owners = new Map<number, string>();

  constructor(first: Y.Doc) {
    this.updates.push({ flowId: 'flw', seq: 1, userId: null, kind: 'edit', payload: Y.encodeStateAsUpdate(first) });
    this.owners.set(first.clientID, serverClient);
  }

  /** One process's hold of it. After `kill` its commits fail, whether or not (`arrives`) they still reached the log. */
  open(): { storage: RoomStorage; kill: (arrives: () => boolean) => void } {
    let killed: (() => boolean) | null = null;
    const storage: RoomStorage = {
      load: async () => ({ stored: { doc: this.replay(), whole: this.updates.length === 1 ? (this.updates[0]?.payload ?? null) : null, seq: this.updates.length, snapshotBytes: 0, rowsSinceSnapshot: 0, bytesSinceSnapshot: 0 }, owners: new Map(this.owners) }),
      saveSnapshot: async () => {},
      mirror: async () => {},
      commit: async (commit) => {
        await new Promise((resolve) => setImmediate(resolve));
        if (killed === null || killed()) this.write(commit);
        if (killed !== null) throw new Error('the power failed');
      },
    };
    return { storage, kill: (arrives) => void (killed = arrives) };
  }

  replay(): Y.Doc {
    const doc = new Y.Doc();
    doc.transact(() => {
      for (const { payload } of this.updates) Y.applyUpdate(doc, payload);
    }, 'load');
    return doc;
  }

  private write({ updates, changes, clients }: Omit<Commit, 'flowId'>): void {
    const taken = updates.find((each, at) => each.seq !== this.updates.length + 1 + at);
    if (taken) throw new Error(`position ${taken.seq} of the log is taken`);
    this.updates.push(...updates.map((each) => ({ ...each, payload: Uint8Array.from(each.payload) })));
    this.changes.push(...changes);
    for (const { clientId, userId } of clients) if (!this.owners.has(clientId)) this.owners.set(clientId, userId);
  }
}

/** A socket's server end without a network: what the server sends is collected, what the client sends is handed in. */
export class PretendSocket implements EditorSocket {
  readonly OPEN = 1;
  readyState = 1;
  bufferedAmount = 0;
  closedWith: { code: number; reason: string } | null = null;
  onSend: (frame: Uint8Array) => void = () => {};
  private readonly onMessage: ((data: RawData, isBinary: boolean) => void)[] = [];
  private readonly onClose: (() => void)[] = [];
  private readonly onPong: (() => void)[] = [];

  on(event: 'message', listener: (data: RawData, isBinary: boolean) => void): this;
  on(event: 'close' | 'error' | 'pong', listener: () => void): this;
  on(event: string, listener: (data: RawData, isBinary: boolean) => void): this {
    if (event === 'message') this.onMessage.push(listener);
    if (event === 'pong') this.onPong.push(() => listener(Buffer.alloc(0), false));
    if (event === 'close') this.onClose.push(() => listener(Buffer.alloc(0), false));
    return this;
  }

  send(frame: Uint8Array): void {
    if (this.readyState === this.OPEN) this.onSend(frame);
  }

  receive(frame: Uint8Array, isBinary = true): void {
    for (const listener of this.onMessage) listener(Buffer.from(frame), isBinary);
  }

  close(code: number, reason: string): void {
    if (this.readyState !== this.OPEN) return;
    this.closedWith = { code, reason };
    this.hangUp();
  }

  terminate(): void {
    this.hangUp();
  }

  ping(): void {
    if (this.readyState === this.OPEN) for (const listener of this.onPong) listener();
  }

  /** The client's end went away. */
  hangUp(): void {
    if (this.readyState !== this.OPEN) return;
    this.readyState = 3;
    for (const listener of this.onClose) listener();
  }
}

const metrics = createMetrics();

export function memoryRoom(storage: RoomStorage, onEnd: () => void = () => {}): Promise<Room> {
  return Room.load({ flowId: 'flw', storage, metrics, onEnd });
}

export function accessOf(userId: string, role: Role = 'editor'): Access {
  return { workspaceId: 'wks', role, user: { id: userId, name: userId }, via: 'session', sessionId: `ses_${userId}` };
}

/** Equal exactly when the contents are, what is deleted and what no reader shows included; equal state vectors prove nothing. */
export function contentHash(doc: Y.Doc): string {
  const content = documentRoots.map((name) => [name, doc.getMap(name).toJSON()]);
  return createHash('sha256').update(JSON.stringify(content, sortedKeys)).digest('hex');
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
