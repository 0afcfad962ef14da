import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';

/**
 * The wire: y-websocket's types 0 (sync), 1 (awareness), 2 (permission denied) and 3 (query awareness) unchanged, and
 * our own from 100 up, which go only to clients that said hello. RULES.md lists them for people who write clients.
 */
const sync = 0;
const awareness = 1;
const denied = 2;
const queryAwareness = 3;
const hello = 100;
const welcome = 101;
const ack = 102;
const nack = 103;
const ticketType = 104;
const load = 105;
/** The WebSocket subprotocol of a client whose first frame is a ticket. */
export const ticketProtocol = 'millrace-ticket';
export const protocolVersion = 1;

export type AwarenessEntry = { clientId: number; clock: number; state: unknown };
export type ClientMessage =
  | { type: 'sync-step-1'; stateVector: Uint8Array }
  | { type: 'sync-step-2'; update: Uint8Array }
  | { type: 'update'; update: Uint8Array }
  | { type: 'awareness'; entries: AwarenessEntry[] }
  | { type: 'query-awareness' }
  | { type: 'hello'; protocol: number; schema: number; epoch: string; loadsOverHttp: boolean };

const mostAwarenessEntries = 2_000;

const longestTicketFrame = 200;

/** The ticket of a first frame; null when it brings none. */
export function readTicket(data: Uint8Array): string | null {
  if (data.byteLength > longestTicketFrame) return null;
  try {
    const decoder = decoding.createDecoder(data);
    return decoding.readVarUint(decoder) === ticketType ? decoding.readVarString(decoder) : null;
  } catch {
    return null;
  }
}

export const writeTicket = (ticket: string) => message(ticketType, (encoder) => encoding.writeVarString(encoder, ticket));

/** Throws on anything that is not a message of the protocol. */
export function readMessage(data: Uint8Array): ClientMessage {
  const decoder = decoding.createDecoder(data);
  const type = decoding.readVarUint(decoder);
  switch (type) {
    case sync: return readSync(decoder);
    case awareness: return { type: 'awareness', entries: readAwareness(decoding.createDecoder(decoding.readVarUint8Array(decoder))) };
    case queryAwareness: return { type: 'query-awareness' };
    case hello: return readHello(decoder);
    default: throw new Error(`message type ${type} is not one of this protocol`);
  }
}

function readHello(decoder: decoding.Decoder): ClientMessage {
  const [protocol, schema] = [decoding.readVarUint(decoder), decoding.readVarUint(decoder)];
  const epoch = decoding.hasContent(decoder) ? decoding.readVarString(decoder) : '';
  return { type: 'hello', protocol, schema, epoch, loadsOverHttp: decoding.hasContent(decoder) && decoding.readVarUint(decoder) === 1 };
}

function readSync(decoder: decoding.Decoder): ClientMessage {
  const kind = decoding.readVarUint(decoder);
  const body = decoding.readVarUint8Array(decoder);
  switch (kind) {
    case 0: return { type: 'sync-step-1', stateVector: body };
    case 1: return { type: 'sync-step-2', update: body };
    case 2: return { type: 'update', update: body };
    default: throw new Error(`sync message ${kind} is not one of this protocol`);
  }
}

function readAwareness(decoder: decoding.Decoder): AwarenessEntry[] {
  const count = decoding.readVarUint(decoder);
  if (count > mostAwarenessEntries) throw new Error(`an awareness message of ${count} people`);
  const entries: AwarenessEntry[] = [];
  for (let i = 0; i < count; i++) {
    const clientId = decoding.readVarUint(decoder);
    const clock = decoding.readVarUint(decoder);
    const state: unknown = JSON.parse(decoding.readVarString(decoder));
    entries.push({ clientId, clock, state });
  }
  return entries;
}

function message(type: number, write: (encoder: encoding.Encoder) => void): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, type);
  write(encoder);
  return encoding.toUint8Array(encoder);
}

const syncMessage = (kind: number, body: Uint8Array) => message(sync, (encoder) => {
  encoding.writeVarUint(encoder, kind);
  encoding.writeVarUint8Array(encoder, body);
});

export const writeStep1 = (doc: Y.Doc) => syncMessage(0, Y.encodeStateVector(doc));
export const writeStep2 = (update: Uint8Array) => syncMessage(1, update);
export const writeUpdate = (update: Uint8Array) => syncMessage(2, update);

export function writeAwareness(entries: Iterable<AwarenessEntry>): Uint8Array {
  const all = [...entries];
  return message(awareness, (encoder) => {
    const body = encoding.createEncoder();
    encoding.writeVarUint(body, all.length);
    for (const entry of all) {
      encoding.writeVarUint(body, entry.clientId);
      encoding.writeVarUint(body, entry.clock);
      encoding.writeVarString(body, JSON.stringify(entry.state));
    }
    encoding.writeVarUint8Array(encoder, encoding.toUint8Array(body));
  });
}

/** What a stock client understands of "you may not write": it warns, nothing more. */
export const writeDenied = (reason: string) => message(denied, (encoder) => {
  encoding.writeVarUint(encoder, 0);
  encoding.writeVarString(encoder, reason);
});

export const writeWelcome = (facts: { epoch: string; canWrite: boolean }) => message(welcome, (encoder) => {
  encoding.writeVarUint(encoder, protocolVersion);
  encoding.writeVarString(encoder, facts.epoch);
  encoding.writeVarUint(encoder, facts.canWrite ? 1 : 0);
});

/** `count` document frames (sync step 2 and updates) of this socket are committed; `seq` is the log's head. */
export const writeAck = (count: number, seq: number) => message(ack, (encoder) => {
  encoding.writeVarUint(encoder, count);
  encoding.writeVarUint(encoder, seq);
});

/** Instead of an answer to sync step 1: `bytes` are to be had over HTTP first. */
export const writeLoad = (bytes: number) => message(load, (encoder) => encoding.writeVarUint(encoder, bytes));

export const writeNack = (count: number, reason: string) => message(nack, (encoder) => {
  encoding.writeVarUint(encoder, count);
  encoding.writeVarString(encoder, reason);
});
