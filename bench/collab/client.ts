import { once } from 'node:events';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import WebSocket from 'ws';
import * as Y from 'yjs';

/**
 * The same bare client for every server: a socket, a document where one is needed, and how each server frames y-protocols.
 * Without a document it only counts what comes, so that five hundred of them fit beside the server they measure.
 */
export type Framing = 'ours' | 'y-websocket' | 'hocuspocus';
export type Target = { url: string; headers: Record<string, string>; framing: Framing };

const sync = 0;
const awareness = 1;
const authentication = 2;
const syncReply = 4; // Hocuspocus
const syncStatus = 8; // Hocuspocus
const [hello, ack] = [100, 102];

export class BareClient {
  readonly doc: Y.Doc | null;
  readonly ackedMs: number[] = [];
  updatesIn = 0;
  awarenessIn = 0;
  bytesIn = 0;
  private isSynced = false;
  private isClosing = false;
  private readonly syncedNow: (() => void)[] = [];
  private readonly unacked: number[] = [];
  private acked = 0;
  private clock = 0;
  private readonly opened: Promise<unknown>;
  private readonly socket: WebSocket;
  private readonly framing: Framing;
  private readonly flowId: string;

  constructor({ url, headers, framing }: Target, flowId: string, decodes = true) {
    this.framing = framing;
    this.flowId = flowId;
    this.doc = decodes ? new Y.Doc() : null;
    this.socket = new WebSocket(framing === 'hocuspocus' ? url : `${url}/${flowId}`, { headers, perMessageDeflate: false });
    this.socket.once('open', () => this.greet());
    this.opened = once(this.socket, 'open');
    this.socket.on('message', (data: Buffer) => this.receive(data));
    this.socket.on('close', (code) => {
      if (!this.isClosing) throw new Error(`${framing} closed a socket with ${code}: nothing measured with it counts`);
    });
    this.doc?.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== this) this.sendDocument(2, update);
    });
  }

  /** Resolves when the document stands here; without one, when the server would send it. */
  async open(): Promise<this> {
    await this.opened;
    if (this.doc && !this.isSynced) await new Promise<void>((resolve) => this.syncedNow.push(resolve));
    return this;
  }

  /** At once, before anything of the server's is answered. */
  private greet(): void {
    if (this.framing === 'hocuspocus') this.send(authentication, (encoder) => { encoding.writeVarUint(encoder, 0); encoding.writeVarString(encoder, 'bench'); });
    if (this.framing === 'ours') this.send(hello, (encoder) => { for (const each of [1, 1]) encoding.writeVarUint(encoder, each); });
    if (this.doc || this.framing === 'hocuspocus') this.sendStep1();
  }

  point(x: number): void {
    const client = this.doc?.clientID ?? 1;
    this.send(awareness, (encoder) => {
      const body = encoding.createEncoder();
      for (const each of [1, client, (this.clock += 1)]) encoding.writeVarUint(body, each);
      encoding.writeVarString(body, JSON.stringify({ user: { id: 'bench', name: 'Bench', colour: 'red' }, cursor: { x, y: 10 } }));
      encoding.writeVarUint8Array(encoder, encoding.toUint8Array(body));
    });
  }

  get isQuiet(): boolean {
    return this.unacked.length === 0;
  }

  close(): void {
    this.isClosing = true;
    this.socket.terminate();
    this.doc?.destroy();
  }

  private sendStep1(): void {
    const vector = Y.encodeStateVector(this.doc ?? new Y.Doc());
    this.send(sync, (encoder) => { encoding.writeVarUint(encoder, 0); encoding.writeVarUint8Array(encoder, vector); });
  }

  private sendDocument(kind: 1 | 2, update: Uint8Array): void {
    if (this.framing !== 'y-websocket') this.unacked.push(performance.now());
    this.send(sync, (encoder) => { encoding.writeVarUint(encoder, kind); encoding.writeVarUint8Array(encoder, update); });
  }

  private send(type: number, write: (encoder: encoding.Encoder) => void): void {
    const encoder = encoding.createEncoder();
    if (this.framing === 'hocuspocus') encoding.writeVarString(encoder, this.flowId);
    encoding.writeVarUint(encoder, type);
    write(encoder);
    if (this.socket.readyState === this.socket.OPEN) this.socket.send(encoding.toUint8Array(encoder));
  }

  private receive(data: Buffer): void {
    this.bytesIn += data.byteLength;
    const decoder = decoding.createDecoder(data);
    if (this.framing === 'hocuspocus') decoding.readVarString(decoder);
    const type = decoding.readVarUint(decoder);
    if (type === awareness) this.awarenessIn += 1;
    if (type === sync || (type === syncReply && this.framing === 'hocuspocus')) this.receiveSync(decoder);
    if (type === ack && this.framing === 'ours') this.acknowledged(decoding.readVarUint(decoder));
    if (type === syncStatus && this.framing === 'hocuspocus') this.acknowledged(this.acked + 1);
  }

  private receiveSync(decoder: decoding.Decoder): void {
    const kind = decoding.readVarUint(decoder);
    if (kind === 2) this.updatesIn += 1;
    const { doc } = this;
    if (!doc) return;
    const body = decoding.readVarUint8Array(decoder);
    if (kind === 0) return this.sendDocument(1, Y.encodeStateAsUpdate(doc, body));
    Y.applyUpdate(doc, body, this);
    if (kind !== 1 || doc.share.size === 0) return;
    this.isSynced = true;
    for (const resolve of this.syncedNow.splice(0)) resolve();
  }

  private acknowledged(count: number): void {
    const now = performance.now();
    for (; this.acked < count; this.acked++) {
      const sentAt = this.unacked.shift();
      if (sentAt !== undefined) this.ackedMs.push(now - sentAt);
    }
  }
}
