import type { RawData } from 'ws';
import { allows, type Access } from '#db/access';
import { colourOf } from '#flow/presence';
import { documentSchema } from '#flow/document';
import { Allowance } from './allowance';
import { closeCodes, refusal, type Refusal } from './close-codes';
import type { EditorSocket } from './editor-socket';
import type { Verdict } from './guard';
import { Outbox } from './outbox';
import type { Present } from './presence-board';
import { readMessage, writeAck, writeAwareness, writeDenied, writeLoad, writeNack, writeStep1, writeWelcome, type ClientMessage } from './protocol';
import { isFirst, type Room } from './room';

const mebibyte = 1024 * 1024;
export const largestFrame = 9 * mebibyte;
const largestStep2 = 8 * mebibyte;
const largestUpdate = mebibyte;
/** Above this a first answer goes over HTTP, to clients that said they can. */
const largestFirstAnswer = 256 * 1024;
const keepAliveMs = 12_000;
const awarenessPerSecond = 200;

/**
 * One co-editing socket: counts what it sends, keeps it to its limits, answers in the order of the room's commits.
 */
export class Connection implements Present {
  readonly person: { id: string; name: string; colour: string };
  readonly access: Access;
  readonly writer: string;
  awarenessId: number | null = null;
  private canWrite: boolean;
  private isOurs = false;
  private loadsOverHttp = false;
  private askedAgain = false;
  private documentFrames = 0;
  private heardSinceBeat = true;
  private readonly messages = new Allowance(60, 240);
  private readonly bytes = new Allowance(1_000_000, 8 * mebibyte);
  /** Both look at the whole document, so there are few of them. */
  private readonly syncs = new Allowance(1, 20);
  private readonly readersFrames = new Allowance(1, 10);
  private readonly cursors = new Allowance(awarenessPerSecond, awarenessPerSecond * 4);
  private readonly beat: NodeJS.Timeout;
  private readonly outbox: Outbox;
  private readonly room: Room;
  private readonly onOffence: () => void;
  private readonly socket: EditorSocket;

  /** `onOffence`: it sent what no client would. */
  constructor(room: Room, socket: EditorSocket, access: Access, onOffence: () => void = () => {}) {
    this.room = room;
    this.onOffence = onOffence;
    this.socket = socket;
    this.access = access;
    this.outbox = new Outbox(socket, () => this.close(refusal('tooSlow', 'the socket reads too slowly')));
    this.canWrite = allows(access.role, 'flows.edit');
    this.writer = writerOf(access);
    this.person = { id: this.writer, name: access.user?.name ?? 'API', colour: colourOf(this.writer) };
    socket.on('message', (data, isBinary) => this.receive(data, isBinary));
    socket.on('close', () => this.end());
    socket.on('error', () => socket.terminate());
    socket.on('pong', () => (this.heardSinceBeat = true));
    this.beat = setInterval(() => this.keepAlive(), keepAliveMs);
    room.join(this);
    this.send(writeStep1(room.doc));
    this.send(room.presence.frame());
  }

  close({ code, reason }: Refusal): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    this.room.metrics.refusals.inc({ code });
    if (code === closeCodes.badUpdate) this.onOffence();
    this.socket.close(code, reason);
    setTimeout(() => this.socket.terminate(), 2_000).unref();
    this.end();
  }

  /** A changed role counts from the next frame on. */
  setRole(role: Access['role']): void {
    const canWrite = allows(role, 'flows.edit');
    if (canWrite === this.canWrite) return;
    this.canWrite = canWrite;
    this.welcome();
  }

  sendUpdate(frame: Uint8Array): void {
    this.outbox.sendUpdate(frame);
  }

  sendAwareness(frame: Uint8Array): void {
    this.outbox.sendCursors(frame);
  }

  send(frame: Uint8Array): void {
    this.outbox.send(frame);
  }

  private receive(data: RawData, isBinary: boolean): void {
    if (this.socket.readyState !== this.socket.OPEN || this.room.isDraining) return;
    const frame = asBuffer(data);
    if (!this.bytes.spend(frame.byteLength)) return this.close(refusal('tooFast', 'more than 1 MB a second'));
    try {
      if (!isBinary) throw new Error('messages are binary');
      this.handle(readMessage(frame));
    } catch (error) {
      this.close(refusal('badUpdate', error instanceof Error ? error.message : 'not a message'));
    }
  }

  private handle(message: ClientMessage): void {
    switch (message.type) {
      case 'hello': return this.hello(message);
      case 'awareness': return this.cursors.spend(1) ? this.room.presence.receive(this, message.entries) : undefined;
      case 'query-awareness': return this.cursors.spend(1) ? this.send(this.room.presence.frame()) : undefined;
      case 'sync-step-1': return this.messages.spend(1) && this.syncs.spend(1) ? this.sync(message.stateVector) : this.tooFast();
      case 'sync-step-2': return this.document(message.update, largestStep2);
      case 'update': return this.document(message.update, largestUpdate);
    }
  }

  /** A large document goes gzipped over HTTP, from the log and not from here; then the client asks for what it lacks. */
  private sync(stateVector: Uint8Array): void {
    if (this.loadsOverHttp && isFirst(stateVector) && this.room.sizeBytes > largestFirstAnswer) this.send(writeLoad(this.room.sizeBytes));
    else this.room.answerStep1(this, stateVector);
  }

  private hello({ schema, epoch, loadsOverHttp }: { schema: number; epoch: string; loadsOverHttp: boolean }): void {
    if (epoch !== '' && epoch !== this.room.epoch) return this.close(refusal('clientTooOld', 'reload the page: the flow was replaced on the server'));
    if (schema < documentSchema) return this.close(refusal('clientTooOld', 'reload the page: this product was updated'));
    this.isOurs = true;
    this.loadsOverHttp = loadsOverHttp;
    this.welcome();
  }

  private welcome(): void {
    if (this.isOurs) this.send(writeWelcome({ epoch: this.room.epoch, canWrite: this.canWrite }));
  }

  private tooFast(): void {
    this.close(refusal('tooFast', 'more than 60 messages a second'));
  }

  private document(update: Uint8Array, limit: number): void {
    this.documentFrames += 1;
    const count = this.documentFrames;
    if (update.byteLength > limit) return this.close(refusal('tooLarge', `${update.byteLength} bytes in one update; ${limit} are allowed`));
    if (!this.messages.spend(1)) return this.tooFast();
    if (!this.canWrite && !(this.readersFrames.spend(1) && this.room.holds(update))) return this.deny(count);
    const outcome: Verdict = this.canWrite ? this.room.receive(this, update) : { kind: 'good', claims: [], clientId: null };
    switch (outcome.kind) {
      case 'good': return this.room.afterCommit((seq) => this.acknowledge(count, seq));
      case 'missing': return this.askAgain();
      case 'refused': return this.refuse(count, outcome.refusal);
    }
  }

  private acknowledge(count: number, seq: number): void {
    if (this.isOurs) this.send(writeAck(count, seq));
  }

  private deny(count: number): void {
    const reason = 'Your role may read this flow, not change it.';
    this.send(this.isOurs ? writeNack(count, reason) : writeDenied(reason));
  }

  /** A refused update would come back with every later sync: our client is told to put its own copy aside. */
  private refuse(count: number, refused: Refusal): void {
    if (this.isOurs) this.send(writeNack(count, refused.reason));
    this.close(refused);
  }

  /** Something before this update never arrived: asked for once, then the socket starts afresh. */
  private askAgain(): void {
    if (this.askedAgain) return this.close(refusal('outOfStep', 'updates are missing before this one'));
    this.askedAgain = true;
    this.send(writeStep1(this.room.doc));
  }

  /** y-websocket drops a socket that is silent for 30 s and does not count pings, so an empty awareness message goes too. */
  private keepAlive(): void {
    if (!this.heardSinceBeat) return this.socket.terminate();
    this.heardSinceBeat = false;
    this.socket.ping();
    this.sendAwareness(writeAwareness([]));
  }

  private end(): void {
    clearInterval(this.beat);
    this.outbox.close();
    this.room.leave(this);
  }
}

/** Whoever writes: a person, or a key. */
export function writerOf(access: Access): string {
  return access.user?.id ?? `$key:${access.apiKeyId ?? ''}`;
}

export function asBuffer(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? Buffer.from(data) : data;
}
