import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { afterEach, expect, it } from 'vitest';
import { createDocument, epochOf, renameFlow } from '#flow/document';
import { emptyDefinition } from '#flow/canonical';
import { openFlowDocument, type FlowSession } from './collab-provider';

/** A socket that only remembers; what y-websocket needs of one and nothing more. */
class QuietSocket extends EventTarget {
  static opened: QuietSocket[] = [];
  binaryType = 'blob';
  readyState = 0;
  readonly sent: Uint8Array[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: ArrayBuffer }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  constructor(_address: string | URL, _protocols?: string | string[]) {
    super();
    QuietSocket.opened.push(this);
  }
  send(data: Uint8Array): void {
    this.sent.push(data);
  }
  close(): void {}
  open(): void {
    this.readyState = 1;
    this.dispatchEvent(new Event('open'));
    this.onopen?.();
  }
}

const sessions: FlowSession[] = [];
afterEach(() => {
  for (const session of sessions.splice(0)) session.close();
});

const polyfill = QuietSocket as unknown as typeof WebSocket; // stands in for the browser's, as far as y-websocket looks

function open(): FlowSession {
  QuietSocket.opened = [];
  const session = openFlowDocument({ flowId: 'flw', user: { id: 'usr', name: 'Ana' }, serverUrl: 'ws://quiet.invalid/collab', WebSocketPolyfill: polyfill, keepOffline: false });
  sessions.push(session);
  return session;
}

it('y-websocket still has the private parts that the client relies on', () => {
  const provider = new WebsocketProvider('ws://quiet.invalid', 'room', new Y.Doc(), { connect: false, disableBc: true, WebSocketPolyfill: polyfill });
  expect(provider._awarenessUpdateHandler).toBeTypeOf('function');
  expect(provider.awareness._observers.get('update')?.has(provider._awarenessUpdateHandler)).toBe(true);
  expect(provider._updateHandler).toBeTypeOf('function');
  expect(provider.messageHandlers).toBeInstanceOf(Array);
  expect(new Set(provider.messageHandlers).size).toBeGreaterThanOrEqual(4);
  expect([provider.wsconnected, provider.ws, provider.shouldConnect]).toEqual([false, null, false]);
  const other = new WebsocketProvider('ws://quiet.invalid', 'room', new Y.Doc(), { connect: false, disableBc: true, WebSocketPolyfill: polyfill });
  expect(other.messageHandlers).not.toBe(provider.messageHandlers); // handlers of ours stay with one provider
  provider.destroy();
  other.destroy();
});

it('says hello before anything else, with the epoch of the copy it holds', async () => {
  const session = open();
  const stored = createDocument(emptyDefinition('dataflow', 'Kept'));
  Y.applyUpdate(session.doc, Y.encodeStateAsUpdate(stored));
  await Promise.resolve();
  const [socket] = QuietSocket.opened;
  socket?.open();
  const [hello, next] = socket?.sent ?? [];
  expect(hello?.[0]).toBe(100);
  expect(new TextDecoder().decode(hello)).toContain(epochOf(stored));
  expect(next?.[0]).toBe(0);
});

it('sends only its own presence: what it hears of others does not go back', async () => {
  const session = open();
  await Promise.resolve();
  const [socket] = QuietSocket.opened;
  socket?.open();
  const before = socket?.sent.length ?? 0;
  session.awareness.emit('update', [{ added: [], updated: [session.doc.clientID + 1], removed: [] }, 'remote']);
  expect(socket?.sent.length).toBe(before);
  session.awareness.setLocalStateField('cursor', { x: 1, y: 2 });
  expect(socket?.sent.length).toBe(before + 1);
  expect(socket?.sent.at(-1)?.[0]).toBe(1);
});

it('counts edits that are not acknowledged as unsaved', async () => {
  const session = open();
  await Promise.resolve();
  Y.applyUpdate(session.doc, Y.encodeStateAsUpdate(createDocument(emptyDefinition('dataflow', 'Kept'))));
  const before = session.status.unsaved;
  renameFlow(session.doc, 'Again', 'test');
  expect(session.status.unsaved).toBe(before + 1);
});
