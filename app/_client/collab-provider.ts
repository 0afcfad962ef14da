import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { IndexeddbPersistence } from 'y-indexeddb';
import { encodeAwarenessUpdate, type Awareness } from 'y-protocols/awareness';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { documentSchema } from '#flow/document';
import { SaveCounter } from './save-counter';

/**
 * The live document of a flow in this browser: y-websocket's provider, told what our server adds to its protocol (see
 * collab-server/RULES.md): acknowledgements after the commit, the document's epoch, and whether this user may write.
 */
export type FlowStatus = {
  connection: 'connecting' | 'online' | 'offline' | 'refused';
  /** Edits made on this device that the server has not committed yet. */
  unsaved: number;
  canWrite: boolean;
  refused?: { code: number; reason: string };
};
export type FlowSession = {
  doc: Y.Doc;
  awareness: Awareness;
  /** A new object at every change: fit for useSyncExternalStore with `subscribe`. */
  readonly status: FlowStatus;
  subscribe: (listener: () => void) => () => void;
  close: () => void;
};
type Options = { flowId: string; user: { id: string; name: string }; serverUrl?: string; WebSocketPolyfill?: typeof WebSocket; keepOffline?: boolean };

const type = { awareness: 1, hello: 100, welcome: 101, ack: 102, nack: 103 };
const protocolVersion = 1;
const reloadCode = 4426;
const badUpdateCode = 4400;
const readOnlyCode = 4403;
const storageTimeoutMs = 1_500;
const patienceMs = 6_000;

export function openFlowDocument({ flowId, user, serverUrl = defaultServerUrl(), WebSocketPolyfill = WebSocket, keepOffline = typeof indexedDB !== 'undefined' }: Options): FlowSession {
  const doc = new Y.Doc();
  const listeners = new Set<() => void>();
  let status: FlowStatus = { connection: 'connecting', unsaved: 0, canWrite: true };
  let isClosed = false;
  const counter = new SaveCounter(0, () => update({ unsaved: counter.unsaved }));
  const storage = keepOffline ? new IndexeddbPersistence(storageName(user.id, flowId), doc) : null;
  // Before the provider's own listener, so that an edit is counted when its frame is sent.
  doc.on('update', (_update: Uint8Array, origin: unknown) => {
    if (origin !== provider && origin !== storage) counter.edited();
  });
  const provider = new WebsocketProvider(serverUrl, flowId, doc, {
    connect: false, disableBc: true, WebSocketPolyfill: watchedSocket(WebSocketPolyfill, counter),
  });
  const { awareness } = provider;
  sendOwnPresenceOnly(provider);
  // A first state has clock 0, which y-protocols takes for nothing new: without a second one nobody would see this
  // person until the renewal after 15 s. The server writes its own `user` over it.
  awareness.setLocalStateField('user', user);

  provider.messageHandlers[type.welcome] = (_encoder, decoder) => {
    decoding.readVarUint(decoder);
    const epoch = decoding.readVarString(decoder);
    update({ canWrite: decoding.readVarUint(decoder) === 1 });
    void checkEpoch(epoch);
  };
  provider.messageHandlers[type.ack] = (_encoder, decoder) => counter.acknowledged(decoding.readVarUint(decoder));
  provider.messageHandlers[type.nack] = (_encoder, decoder) => {
    decoding.readVarUint(decoder);
    const reason = decoding.readVarString(decoder);
    if (!status.canWrite) refuse(readOnlyCode, reason);
  };
  provider.on('sync', (isSynced: boolean) => {
    if (isSynced) update({ connection: 'online' });
  });
  provider.on('connection-close', () => {
    if (status.connection !== 'refused') update({ connection: 'offline' });
  });
  provider.on('closed', ({ code, reason }) => refuse(code, reason));
  const stopWatchingNetwork = watchNetwork(() => {
    provider.disconnect();
    if (status.connection !== 'refused') update({ connection: 'offline' });
  }, () => {
    if (status.connection !== 'refused') provider.connect();
  });
  let lastSaved = 0;
  let wasWaiting = false;
  const patience = setInterval(() => {
    // A dead line is silent: an edit that waits a whole interval for its acknowledgement means a new connection.
    const isStuck = status.connection === 'online' && counter.unsaved > 0 && counter.saved === lastSaved && wasWaiting;
    wasWaiting = counter.unsaved > 0;
    lastSaved = counter.saved;
    if (!isStuck) return;
    provider.disconnect();
    provider.connect();
  }, patienceMs);
  void start();

  return {
    doc, awareness,
    get status() { return status; },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: () => {
      isClosed = true;
      listeners.clear();
      clearInterval(patience);
      stopWatchingNetwork();
      provider.destroy();
      awareness.destroy();
      doc.destroy();
    },
  };

  /** What this device kept comes first: the server then learns of it with the first answer. */
  async function start(): Promise<void> {
    if (storage) {
      await Promise.race([storage.whenSynced, new Promise((resolve) => setTimeout(resolve, storageTimeoutMs))]);
      if (storage.synced) counter.keptFromBefore(Number((await storage.get('unsaved')) ?? 0));
    }
    if (!isClosed) provider.connect();
  }

  /** A copy kept of another epoch is another document: merged, the two would make nonsense. */
  async function checkEpoch(epoch: string): Promise<void> {
    if (!storage?.synced) return;
    const kept: unknown = await storage.get('epoch');
    if (isClosed) return;
    if (typeof kept !== 'string' || kept === epoch) return void storage.set('epoch', epoch);
    refuse(reloadCode, 'This flow was restored on the server. Reload the page.');
  }

  function refuse(code: number, reason: string): void {
    provider.disconnect();
    // A refused edit would come back with every later sync: this device's copy is dropped.
    if (code === badUpdateCode || code === reloadCode || code === readOnlyCode) void storage?.clearData();
    update({ connection: 'refused', refused: { code, reason } });
  }

  function update(change: Partial<FlowStatus>): void {
    if (isClosed) return;
    if (storage?.synced && change.unsaved !== undefined && change.unsaved !== status.unsaved && status.connection !== 'refused') void storage.set('unsaved', change.unsaved);
    status = { ...status, ...change };
    for (const listener of listeners) listener();
  }
}

/** Called at sign-out: nothing of a flow stays on the device. */
export async function forgetOfflineCopies(): Promise<void> {
  if (typeof indexedDB === 'undefined' || !('databases' in indexedDB)) return;
  for (const { name } of await indexedDB.databases()) if (name?.startsWith(storagePrefix)) indexedDB.deleteDatabase(name);
}

const storagePrefix = 'millrace flow ';

/** The browser knows of a lost network long before the socket does. */
function watchNetwork(lost: () => void, back: () => void): () => void {
  if (typeof window === 'undefined') return () => {};
  window.addEventListener('offline', lost);
  window.addEventListener('online', back);
  return () => {
    window.removeEventListener('offline', lost);
    window.removeEventListener('online', back);
  };
}

function storageName(userId: string, flowId: string): string {
  return `${storagePrefix}${userId} ${flowId}`;
}

function defaultServerUrl(): string {
  return `${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}/collab`;
}

/** Says hello before anything else and shows the counter every frame that leaves. */
function watchedSocket(Base: typeof WebSocket, counter: SaveCounter): typeof WebSocket {
  return class extends Base {
    constructor(address: string | URL, protocols?: string | string[]) {
      super(address, protocols);
      counter.connected();
      this.addEventListener('open', () => super.send(helloFrame()));
    }

    override send(data: Parameters<WebSocket['send']>[0]): void {
      if (data instanceof Uint8Array) counter.sent(data);
      super.send(data);
    }
  };
}

function helloFrame(): Uint8Array<ArrayBuffer> {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, type.hello);
  encoding.writeVarUint(encoder, protocolVersion);
  encoding.writeVarUint(encoder, documentSchema);
  return new Uint8Array(encoding.toUint8Array(encoder));
}

/** The stock listener sends on what it hears of others: one cursor among 50 people would come in 50 times. */
function sendOwnPresenceOnly(provider: WebsocketProvider): void {
  const { awareness, doc } = provider;
  awareness.off('update', provider._awarenessUpdateHandler);
  awareness.on('update', ({ added, updated, removed }: { added: number[]; updated: number[]; removed: number[] }) => {
    if (![...added, ...updated, ...removed].includes(doc.clientID) || !provider.wsconnected) return;
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, type.awareness);
    encoding.writeVarUint8Array(encoder, encodeAwarenessUpdate(awareness, [doc.clientID]));
    provider.ws?.send(new Uint8Array(encoding.toUint8Array(encoder)));
  });
}
