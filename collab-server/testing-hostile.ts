import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import { addNote, addStep, definitionOf, noteText, removeSteps, renameFlow } from '#flow/document';
import type { Random } from '#flow/testing-random';
import { writeStep2, writeUpdate } from './protocol';

/** What a member with a program of their own could send: bytes of Yjs's V1 format, put together by hand. */
export type Struct = (encoder: encoding.Encoder) => void;
type Block = { client: number; clock: number; structs: Struct[]; count?: number };
export type Hostile = { what: string; frame: Uint8Array };

export function v1(blocks: Block[], deletes: { client: number; ranges: [number, number][]; count?: number }[] = []): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, blocks.length);
  for (const { client, clock, structs, count } of blocks) {
    for (const number of [count ?? structs.length, client, clock]) encoding.writeVarUint(encoder, number);
    for (const struct of structs) struct(encoder);
  }
  encoding.writeVarUint(encoder, deletes.length);
  for (const { client, ranges, count } of deletes) {
    for (const number of [client, count ?? ranges.length]) encoding.writeVarUint(encoder, number);
    for (const range of ranges) for (const number of range) encoding.writeVarUint(encoder, number);
  }
  return encoding.toUint8Array(encoder);
}

type Content = { ref: number; write: Struct };
const any = (...values: unknown[]): Content => ({ ref: 8, write: (encoder) => {
  encoding.writeVarUint(encoder, values.length);
  for (const value of values) encoding.writeAny(encoder, value as never); // what lib0 cannot type, hostile clients send
} });
const type = (ref: number): Content => ({ ref: 7, write: (encoder) => encoding.writeVarUint(encoder, ref) });
const deleted = (length: number): Content => ({ ref: 1, write: (encoder) => encoding.writeVarUint(encoder, length) });
const text = (value: string): Content => ({ ref: 4, write: (encoder) => encoding.writeVarString(encoder, value) });
const binary: Content = { ref: 3, write: (encoder) => encoding.writeVarUint8Array(encoder, Uint8Array.from([1, 2, 3])) };
const embed: Content = { ref: 5, write: (encoder) => encoding.writeVarString(encoder, '{"a":1}') };
const format = (key: string): Content => ({ ref: 6, write: (encoder) => { encoding.writeVarString(encoder, key); encoding.writeVarString(encoder, 'true'); } });
const json: Content = { ref: 2, write: (encoder) => { encoding.writeVarUint(encoder, 1); encoding.writeVarString(encoder, '{"a":1}'); } };
const subdocument: Content = { ref: 9, write: (encoder) => { encoding.writeVarString(encoder, 'guid'); encoding.writeAny(encoder, {}); } };
const [yArray, yMap, yText, yXml] = [type(0), type(1), type(2), type(4)];

/** An item in a root or, by `in`, in what another item holds. */
export function item(content: Content, place: { root?: string; in?: [number, number]; after?: [number, number]; key?: string | null }): Struct {
  return (encoder) => {
    const { root, in: parent, after, key = null } = place;
    encoding.writeUint8(encoder, content.ref | (after ? 128 : 0) | (key !== null ? 32 : 0));
    if (after) for (const number of after) encoding.writeVarUint(encoder, number);
    else if (parent) for (const number of [0, ...parent]) encoding.writeVarUint(encoder, number);
    else { encoding.writeVarUint(encoder, 1); encoding.writeVarString(encoder, root ?? 'steps'); }
    if (key !== null && !after) encoding.writeVarString(encoder, key);
    content.write(encoder);
  };
}

const gc = (length: number): Struct => (encoder) => { encoding.writeUint8(encoder, 0); encoding.writeVarUint(encoder, length); };
const skip = (length: number): Struct => (encoder) => { encoding.writeUint8(encoder, 10); encoding.writeVarUint(encoder, length); };
const prototypes = ['__proto__', 'constructor', 'prototype'];
const nested = (depth: number): object => (depth === 0 ? {} : { a: nested(depth - 1) });

/** Valid V1 in itself, and yet nothing an editor makes. One poison each, on a client id nobody has used. */
export function poisoned(random: Random, victim: Y.Doc): Hostile {
  const client = 1_000_000_000 + random.below(3_000_000_000);
  const word = `w${random.below(1_000_000)}`;
  const prototype = random.pick(prototypes) ?? '__proto__';
  const inSteps = random.pick(['steps', 'stages', 'notes', 'lanes']) ?? 'steps';
  const made = (what: string, ...structs: Struct[]): Hostile => ({ what, frame: writeUpdate(v1([{ client, clock: 0, structs }])) });
  const inStep = (what: string, key: string, content: Content) => made(what, item(yMap, { root: 'steps', key: word }), item(content, { in: [client, 0], key }));
  const poisons: (() => Hostile)[] = [
    () => made('a root that is none', item(any(1), { root: random.pick(['secrets', '', prototype, `meta${word}`, 'STEPS', '😀'.repeat(60)]) ?? '', key: word })),
    () => made('a value where a map belongs', item(any(word), { root: inSteps, key: word })),
    () => made('an array where a map belongs', item(yArray, { root: inSteps, key: word })),
    () => made('XML', item(random.pick([yXml, type(3), type(5), type(6)]) ?? yXml, { root: inSteps, key: word })),
    () => made('bytes', item(binary, { root: 'meta', key: 'name' })),
    () => made('an embed', item(embed, { root: 'meta', key: 'name' })),
    () => made('old JSON', item(json, { root: 'meta', key: 'name' })),
    () => made('a subdocument', item(subdocument, { root: random.pick(['meta', inSteps]) ?? 'meta', key: word })),
    () => made('a prototype as an id', item(yMap, { root: inSteps, key: prototype })),
    () => made('an id that is none', item(yMap, { root: inSteps, key: random.pick(['', 'a b', 'é'.repeat(40), 'x'.repeat(65), '../x', `${word}\u0000`]) ?? '' })),
    () => made('a list item in a map', item(any(word), { root: inSteps })),
    () => made('text in a root', item(text(word), { root: inSteps })),
    () => made('a key of meta that is the server’s', item(any(random.below(100)), { root: 'meta', key: random.pick(['schema', 'epoch', 'kind']) ?? 'kind' })),
    () => made('a key that meta has not', item(any(word), { root: 'meta', key: random.pick([word, prototype, 's:__proto__', 'Name']) ?? word })),
    () => made('a value too deep', item(any(nested(33 + random.below(200))), { root: 'meta', key: 'name' })),
    () => made('a number that is none', item(any(random.pick([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 10n ** 15n])), { root: 'meta', key: 'name' })),
    () => made('bytes within a value', item(any({ a: [new Uint8Array(random.below(9) + 1)] }), { root: 'meta', key: 'name' })),
    () => inStep('a prototype as a parameter', random.pick([`p:${prototype}`, `t:${prototype}`, `r:${prototype}:x`, `r:keys:${prototype}`, prototype]) ?? prototype, any(1)),
    () => inStep('a key that steps have not', random.pick([word, 'p:', 'x:keys', 'in:middle', `p:${'k'.repeat(70)}`, 'p:9', 'at ']) ?? word, any(1)),
    () => inStep('a prototype within a value', 'p:value', any({ [random.pick(['constructor', 'prototype']) ?? 'prototype']: { polluted: true } })),
    () => inStep('a list in a step', 'p:value', yArray),
    () => inStep('a map in a step', 'p:value', yMap),
    () => made('something other than text in a text', item(yMap, { root: 'steps', key: word }), item(yText, { in: [client, 0], key: 't:model' }), item(random.pick([any(1), yMap, binary, embed, yText]) ?? yMap, { in: [client, 1] })),
    () => made('a key in a text', item(yMap, { root: 'steps', key: word }), item(yText, { in: [client, 0], key: 't:model' }), item(any(word), { in: [client, 1], key: word })),
    () => made('a prototype as a format', item(yMap, { root: 'steps', key: word }), item(yText, { in: [client, 0], key: 't:model' }), item(format(prototype), { in: [client, 1] })),
    () => made('an item that depends on itself', item(any(1), { after: [client, random.below(3)] })),
    () => made('items in a circle', item(any(1), { after: [client, 1] }), item(any(1), { after: [client, 0] })),
    () => made('a parent that holds nothing', item(any(word), { root: 'meta', key: 'name' }), item(any(1), { in: [client, 0], key: 'x' })),
    () => ({ what: 'more announced than there is', frame: writeUpdate(v1([{ client, clock: 0, count: 2 + random.below(1_000_000), structs: [item(any(1), { root: 'meta', key: 'name' })] }])) }),
    () => ({ what: 'more values announced than there are', frame: writeUpdate(v1([{ client, clock: 0, structs: [item({ ref: 8, write: (encoder) => { encoding.writeVarUint(encoder, 2 ** (20 + random.below(11))); encoding.writeAny(encoder, 1); } }, { root: 'meta', key: 'name' })] }])) }),
    () => ({ what: 'random bytes', frame: writeUpdate(Uint8Array.from({ length: 3 + random.below(300) }, (_, at) => (at === 0 ? 1 + random.below(255) : random.below(256)))) }),
    () => ({ what: 'a message that is none', frame: Uint8Array.from({ length: random.below(60) }, (_, at) => (at === 0 ? 4 + random.below(90) : random.below(256))) }),
    () => cut(random, victim),
  ];
  return (random.pick(poisons) ?? poisons[0] ?? (() => cut(random, victim)))();
}

/** An honest update whose end is missing. */
function cut(random: Random, victim: Y.Doc): Hostile {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(victim));
  const known = Y.encodeStateVector(doc);
  const stageId = definitionOf(doc).lanes[0]?.stages[0]?.id ?? '';
  const id = addStep(doc, { stageId, index: 0, type: 'filter-source', name: `Step ${random.below(99)}` }, 'test');
  addNote(doc, { pos: [1, 2], text: 'some words' }, 'test');
  if (random.chance(0.5)) removeSteps(doc, [id], 'usr', 'test');
  const update = Y.encodeStateAsUpdate(doc, known);
  const part = update.slice(0, 3 + random.below(update.byteLength - 4));
  return { what: 'an honest update cut short', frame: random.chance(0.5) ? writeUpdate(part) : writeStep2(part) };
}

/** Clocks that would poison an id for ever, and writing in another's name. */
export function* forged(victim: Y.Doc, serverClient: number): Iterable<Hostile> {
  const theirs = victim.clientID;
  const clockOf = (client: number) => Y.getState(victim.store, client);
  const fresh = 3_999_999_999;
  const name = item(any('Forged'), { root: 'meta', key: 'name' });
  for (const clock of [50_001, 100_000, 2 ** 31 - 1, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER - 1]) yield { what: `a gap before clock ${clock}`, frame: writeUpdate(v1([{ client: fresh, clock, structs: [name] }])) };
  for (const length of [8 * 1024 * 1024 + 1, 2 ** 31, 2 ** 40]) yield { what: `a struct of length ${length}`, frame: writeUpdate(v1([{ client: fresh, clock: 0, structs: [gc(length)] }])) };
  yield { what: 'a skip to a far clock', frame: writeUpdate(v1([{ client: fresh, clock: 0, structs: [skip(60_000), name] }])) };
  yield { what: 'deleted content of a giant length', frame: writeUpdate(v1([{ client: fresh, clock: 0, structs: [item(deleted(2 ** 31), { root: 'meta', key: 'name' })] }])) };
  for (const [clock, length] of [[0, 50_002], [2 ** 30, 10], [0, 2 ** 31], [0, 0]] as const) yield { what: `a deletion of ${length} at ${clock}`, frame: writeUpdate(v1([], [{ client: fresh, ranges: [[clock, length]] }])) };
  for (const client of [theirs, serverClient]) {
    yield { what: `the next clock of ${client}`, frame: writeUpdate(v1([{ client, clock: clockOf(client), structs: [name] }])) };
    yield { what: `a text under ${client}`, frame: writeUpdate(v1([{ client, clock: clockOf(client), structs: [item(yMap, { root: 'steps', key: 'forged' })] }])) };
    yield { what: `nothingness under ${client}`, frame: writeUpdate(v1([{ client, clock: clockOf(client), structs: [gc(1)] }])) };
    yield { what: `a far clock of ${client}`, frame: writeUpdate(v1([{ client, clock: clockOf(client) + 60_000, structs: [gc(1)] }])) };
  }
  const forger = new Y.Doc();
  Y.applyUpdate(forger, Y.encodeStateAsUpdate(victim));
  forger.clientID = theirs;
  const known = Y.encodeStateVector(forger);
  renameFlow(forger, 'Forged', 'test');
  yield { what: 'an honest update under another’s id', frame: writeStep2(Y.encodeStateAsUpdate(forger, known)) };
}

/** V2 updates with giant run lengths: Yjs's own V2 decoder turns some of these 20 bytes into an endless loop. */
export function* v2Bombs(): Iterable<Hostile> {
  const doc = new Y.Doc();
  doc.getMap('meta').set('name', 'x');
  yield { what: 'an honest V2 update', frame: writeUpdate(Y.encodeStateAsUpdateV2(doc)) };
  for (const run of [2 ** 20, 2 ** 31 - 1, 2 ** 45]) {
    const encoder = encoding.createEncoder();
    encoding.writeUint8(encoder, 0);
    for (let part = 0; part < 8; part++) {
      const inner = encoding.createEncoder();
      encoding.writeVarInt(inner, -1);
      encoding.writeVarUint(inner, run);
      encoding.writeVarUint8Array(encoder, encoding.toUint8Array(inner));
    }
    encoding.writeVarUint(encoder, 1);
    encoding.writeVarUint(encoder, run);
    yield { what: `a V2 bomb of ${run}`, frame: writeUpdate(encoding.toUint8Array(encoder)) };
  }
  yield { what: 'a V2 update of zeros', frame: writeUpdate(Uint8Array.from({ length: 22 }, (_, at) => (at === 21 ? 255 : 0))) };
  yield { what: 'a V2 update cut short', frame: writeUpdate(Y.encodeStateAsUpdateV2(doc).slice(0, 12)) };
}

/** Updates that Yjs itself makes of documents no editor has, and of what only the server writes. */
export function* handmade(victim: Y.Doc): Iterable<Hostile> {
  const fresh = (what: string, change: (doc: Y.Doc) => void): Hostile => {
    const doc = new Y.Doc();
    change(doc);
    return { what, frame: writeUpdate(Y.encodeStateAsUpdate(doc)) };
  };
  const changed = (what: string, change: (doc: Y.Doc) => void): Hostile => {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(victim));
    change(doc);
    return { what, frame: writeUpdate(Y.encodeStateAsUpdate(doc, Y.encodeStateVector(victim))) };
  };
  yield fresh('another schema', (doc) => doc.getMap('meta').set('schema', 99));
  yield fresh('another kind', (doc) => doc.getMap('meta').set('kind', 'workflow'));
  yield fresh('a root of its own', (doc) => doc.getMap('secrets').set('a', 1));
  yield fresh('a root of pictures', (doc) => doc.getMap('😀'.repeat(60)).set('a', 1));
  yield fresh('a long id', (doc) => doc.getMap('steps').set('é'.repeat(300), new Y.Map()));
  yield fresh('a list for a root', (doc) => doc.getArray('steps').push([1]));
  yield fresh('a prototype for an id', (doc) => doc.getMap('steps').set('__proto__', new Y.Map()));
  yield fresh('a list for a step', (doc) => doc.getMap('steps').set('stp_x', new Y.Array()));
  yield fresh('a word for a step', (doc) => doc.getMap('steps').set('stp_x', 'not a map'));
  yield fresh('a deep name', (doc) => doc.getMap('meta').set('name', nested(40)));
  yield fresh('a name of bytes', (doc) => doc.getMap('meta').set('name', new Uint8Array(3)));
  yield changed('the epoch overwritten', (doc) => doc.getMap('meta').set('epoch', 'mine'));
  yield changed('the schema deleted', (doc) => doc.getMap('meta').delete('schema'));
}

/** Honest bytes, some of them hit. What happens to pass is an edit of its sender like any other. */
export function damaged(random: Random, honest: Uint8Array): Uint8Array {
  const bytes = Uint8Array.from(honest);
  for (let hits = 1 + random.below(6); hits > 0; hits--) bytes[random.below(bytes.length)] = random.below(256);
  return writeUpdate(random.chance(0.4) ? bytes.slice(0, random.below(bytes.length)) : bytes);
}

/** An honest edit to be damaged: a note with a text, and a new name. */
export function honestEdit(victim: Y.Doc): Uint8Array {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(victim));
  const known = Y.encodeStateVector(doc);
  noteText(doc, addNote(doc, { pos: [1, 2], text: 'words 😀' }, 'mal'))?.insert(2, 'more');
  renameFlow(doc, 'By Mal', 'mal');
  return Y.encodeStateAsUpdate(doc, known);
}
