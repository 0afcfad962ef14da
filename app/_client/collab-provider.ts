import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { encodeAwarenessUpdate, type Awareness } from 'y-protocols/awareness';
import { writeSyncStep1 } from 'y-protocols/sync';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { definitionOf, documentSchema, epochOf, isLoaded } from '#flow/document';
import type { FlowDefinition } from '#flow/flow';
import { fetchOverHttp, type FetchDocument } from './first-load';
import { openOfflineCopy } from './offline-copy';
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
  /** `kept`: the flow as it stands here, when some of it never reached the server: the page offers it as a file. */
  refused?: { code: number; reason: string; kept: FlowDefinition | null };
};
export type FlowSession = {
  doc: Y.Doc;
  awareness: Awareness;
  /** A new object at every change: fit for useSyncExternalStore with `subscribe`. */
  readonly status: FlowStatus;
  subscribe: (listener: () => void) => () => void;
  close: () => void;
};
type Options = {
  flowId: string; user: { id: string; name: string }; serverUrl?: string; WebSocketPolyfill?: typeof WebSocket; keepOffline?: boolean;
  /** Gets a large document over HTTP; null: everything comes over the socket. */
  fetchDocument?: FetchDocument | null;
  /** Begin with that, beside opening the socket: the page knows that there is much to come. */
  isLarge?: boolean;
};

const type = { sync: 0, awareness: 1, hello: 100, welcome: 101, ack: 102, nack: 103, load: 105 };
const protocolVersion = 1;
const readOnlyCode = 4403;
/** After these the copy on this device is of no more use: a refused edit would come back with every later sync. Not after 4401, who signs in again goes on. */
const droppingCodes = [4400, readOnlyCode, 4404, 4413, 4426];
const patienceMs = 6_000;

export function openFlowDocument({ flowId, user, serverUrl = defaultServerUrl(), WebSocketPolyfill = WebSocket, keepOffline = typeof indexedDB !== 'undefined', fetchDocument = typeof window === 'undefined' ? null : fetchOverHttp, isLarge = false }: Options): FlowSession {
  const doc = new Y.Doc();
  const listeners = new Set<() => void>();
  let status: FlowStatus = { connection: 'connecting', unsaved: 0, canWrite: true };
  let isClosed = false;
  let loadsOverHttp = fetchDocument !== null;
  let loading: Promise<void> | null = null;
  const counter = new SaveCounter(0, () => update({ unsaved: counter.unsaved }));
  const copy = keepOffline ? openOfflineCopy(user.id, flowId, doc) : null;
  // Before the provider's own listener, so that an edit is counted when its frame is sent.
  doc.on('update', (_update: Uint8Array, origin: unknown) => {
    if (origin !== provider && origin !== copy?.origin) counter.edited();
  });
  const provider = new WebsocketProvider(serverUrl, flowId, doc, {
    connect: false, disableBc: true, WebSocketPolyfill: watchedSocket(WebSocketPolyfill, counter, () => helloFrame(doc, loadsOverHttp)),
  });
  const { awareness } = provider;
  sendOwnPresenceOnly(provider);
  // A first state has clock 0, which y-protocols takes for nothing new: without a second one nobody would see this
  // person until the renewal after 15 s. The server writes its own `user` over it.
  awareness.setLocalStateField('user', user);

  provider.messageHandlers[type.welcome] = (_encoder, decoder) => {
    decoding.readVarUint(decoder);
    decoding.readVarString(decoder);
    update({ canWrite: decoding.readVarUint(decoder) === 1 });
  };
  provider.messageHandlers[type.load] = () => load();
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
    const kept = await copy?.ready();
    if (kept) counter.keptFromBefore(kept);
    if (isClosed) return;
    if (isLarge && fetchDocument) load();
    provider.connect();
  }

  /** Once: who has the document asks the server for the rest and not for all again. */
  function load(): void {
    if (!isLoaded(doc)) loading ??= firstLoad().finally(() => (loading = null));
  }

  /** A large document comes over HTTP; then the server is asked for the rest. Whoever cannot fetch it says hello without that. */
  async function firstLoad(): Promise<void> {
    const updates = (await fetchDocument?.(flowId)) ?? null;
    if (isClosed) return;
    if (updates) {
      doc.transact(() => {
        for (const each of updates) Y.applyUpdate(doc, each, provider);
      }, provider);
    } else loadsOverHttp = false;
    if (!provider.wsconnected) return; // the next connection asks by itself
    if (!updates) provider.ws?.send(helloFrame(doc, false));
    provider.ws?.send(step1Frame(doc));
  }

  function refuse(code: number, reason: string): void {
    provider.disconnect();
    const kept = counter.unsaved > 0 && isLoaded(doc) ? definitionOf(doc) : null;
    if (droppingCodes.includes(code)) copy?.clear();
    update({ connection: 'refused', refused: { code, reason, kept } });
  }

  function update(change: Partial<FlowStatus>): void {
    if (isClosed) return;
    if (change.unsaved !== undefined && change.unsaved !== status.unsaved) copy?.note(change.unsaved);
    status = { ...status, ...change };
    for (const listener of listeners) listener();
  }
}

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

function defaultServerUrl(): string {
  return `${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}/collab`;
}

/** Says hello before anything else and shows the counter every frame that leaves. */
function watchedSocket(Base: typeof WebSocket, counter: SaveCounter, hello: () => Uint8Array<ArrayBuffer>): typeof WebSocket {
  return class extends Base {
    constructor(address: string | URL, protocols?: string | string[]) {
      super(address, protocols);
      counter.connected();
      this.addEventListener('open', () => super.send(hello()));
    }

    override send(data: Parameters<WebSocket['send']>[0]): void {
      if (data instanceof Uint8Array) counter.sent(data);
      super.send(data);
    }
  };
}

/** With the epoch of what this device holds: copies of another epoch are refused before a single edit crosses. */
function helloFrame(doc: Y.Doc, loadsOverHttp: boolean): Uint8Array<ArrayBuffer> {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, type.hello);
  encoding.writeVarUint(encoder, protocolVersion);
  encoding.writeVarUint(encoder, documentSchema);
  encoding.writeVarString(encoder, epochOf(doc));
  encoding.writeVarUint(encoder, loadsOverHttp ? 1 : 0);
  return new Uint8Array(encoding.toUint8Array(encoder));
}

function step1Frame(doc: Y.Doc): Uint8Array<ArrayBuffer> {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, type.sync);
  writeSyncStep1(encoder, doc);
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
