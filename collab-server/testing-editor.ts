import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import { createUndo, documentSchema } from '#flow/document';
import type { Random } from '#flow/testing-random';
import { Connection } from './connection';
import { writeStep1, writeStep2, writeUpdate } from './protocol';
import type { Room } from './room';
import { accessOf, PretendSocket } from './testing-memory';

/** The other end of a PretendSocket: a client that speaks the protocol, over a network that may repeat and reorder. */
export class PretendEditor {
  readonly doc = new Y.Doc();
  readonly undo: Y.UndoManager;
  readonly inbox: Uint8Array[] = [];
  readonly outbox: Uint8Array[] = [];
  /** How far of its own edits the server said it has them. */
  ackedClock = 0;
  closeCodes: number[] = [];
  socket: PretendSocket | null = null;
  private marks: number[] = [];
  private hasSentAll = false;
  readonly userId: string;

  constructor(userId: string) {
    this.userId = userId;
    this.undo = createUndo(this.doc, userId);
    this.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== this && this.socket) this.sendDocument(writeUpdate(update));
    });
  }

  get isOnline(): boolean {
    return this.socket?.readyState === 1;
  }

  connect(room: Room): void {
    this.disconnect();
    const socket = new PretendSocket();
    this.socket = socket;
    socket.onSend = (frame) => void this.inbox.push(frame);
    new Connection(room, socket, accessOf(this.userId));
    this.outbox.push(helloFrame(), writeStep1(this.doc));
  }

  /** Whatever is under way is lost, as on a cut cable. */
  disconnect(): void {
    if (this.socket?.closedWith) this.closeCodes.push(this.socket.closedWith.code);
    if (this.socket) this.socket.onSend = () => {};
    this.socket?.hangUp();
    this.socket = null;
    this.inbox.length = 0;
    this.outbox.length = 0;
    this.marks = [];
    this.hasSentAll = false;
  }

  /**
   * What is under way arrives the wrong way round, which no WebSocket does: the server asks for all of it again. Until then its
   * counting of frames says nothing about which of them it has.
   */
  reverse(): void {
    if (this.outbox.length < 2) return;
    this.outbox.reverse();
    this.marks.fill(0);
    this.hasSentAll = false;
  }

  sendNext(): boolean {
    const frame = this.outbox.shift();
    if (frame) this.socket?.receive(frame);
    return frame !== undefined;
  }

  /** `reach`: how far ahead of its turn a message may come; `repeat`: how often it comes again. */
  receiveNext(random: Random, reach = 1, repeat = 0): boolean {
    if (this.inbox.length === 0) return false;
    const at = random.below(Math.min(reach, this.inbox.length));
    const frame = this.inbox[at];
    if (!random.chance(repeat)) this.inbox.splice(at, 1);
    if (frame) this.handle(frame);
    return true;
  }

  private handle(frame: Uint8Array): void {
    const decoder = decoding.createDecoder(frame);
    const type = decoding.readVarUint(decoder);
    if (type === 102) return this.acknowledged(decoding.readVarUint(decoder));
    if (type !== 0) return;
    const kind = decoding.readVarUint(decoder);
    const body = decoding.readVarUint8Array(decoder);
    if (kind === 0) this.sendDocument(writeStep2(Y.encodeStateAsUpdate(this.doc, body)), true);
    else Y.applyUpdate(this.doc, body, this);
  }

  private sendDocument(frame: Uint8Array, isAll = false): void {
    if (isAll) this.hasSentAll = true;
    this.outbox.push(frame);
    this.marks.push(this.hasSentAll ? Y.getState(this.doc.store, this.doc.clientID) : 0);
  }

  private acknowledged(count: number): void {
    this.ackedClock = Math.max(this.ackedClock, this.marks[count - 1] ?? 0);
  }
}

export function helloFrame(schema = documentSchema, epoch = ''): Uint8Array {
  const encoder = encoding.createEncoder();
  for (const number of [100, 1, schema]) encoding.writeVarUint(encoder, number);
  encoding.writeVarString(encoder, epoch);
  return encoding.toUint8Array(encoder);
}
