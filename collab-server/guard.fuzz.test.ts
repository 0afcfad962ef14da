import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import { expect, it } from 'vitest';
import { emptyDefinition } from '#flow/canonical';
import { addNote, addStep, createDocument, definitionOf, moveSteps, noteText, removeSteps, setParam } from '#flow/document';
import { holdsAll, judge } from './guard';

/** Small and seeded, so that a failure can be repeated. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function edited(base: Y.Doc, random: () => number): { update: Uint8Array; clientId: number; whole: Uint8Array } {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(base));
  const known = Y.encodeStateVector(doc);
  const stageId = definitionOf(doc).lanes[0]?.stages[0]?.id ?? '';
  const ids = [0, 1, 2].map((at) => addStep(doc, { stageId, index: 0, type: at === 0 ? 'filter-source' : 'distinct', name: `Step ${at}` }, 'test'));
  setParam(doc, ids[1] ?? '', 'keys', ['a', 'b'], 'test');
  moveSteps(doc, [ids[2] ?? ''], { stageId, index: Math.floor(random() * 3) }, 'test');
  const note = addNote(doc, { pos: [1, 2], text: 'some words' }, 'test');
  noteText(doc, note)?.insert(3, 'XYZ');
  noteText(doc, note)?.delete(0, 2);
  if (random() < 0.5) removeSteps(doc, [ids[0] ?? ''], 'usr', 'test');
  return { update: Y.encodeStateAsUpdate(doc, known), whole: Y.encodeStateAsUpdate(doc), clientId: doc.clientID };
}

/** `MILLRACE_LONG=1`: other damage every time; a failure names its seed. */
const seeds = process.env['MILLRACE_LONG'] ? [1, ...Array.from({ length: 40 }, (_, at) => (Date.now() + at * 7_919) % 1_000_000)] : [1, 2];

it.each(seeds)('C14 honest edits pass, and what passes of 3,000 damaged ones applies at once and completely (seed %i)', (seed) => {
  const random = randomFrom(seed);
  const base = createDocument(emptyDefinition('dataflow', 'Fuzz'));
  const outcomes = { good: 0, missing: 0, refused: 0 };
  for (let round = 0; round < 50; round++) {
    const { update, whole, clientId } = edited(base, random);
    const given = { doc: base, owners: new Map<number, string>(), writer: 'usr' };
    expect(judge(update, given)).toEqual({ kind: 'good', claims: [clientId], clientId });
    for (let damage = 0; damage < 60; damage++) {
      const damaged = Uint8Array.from(damage % 3 === 0 ? whole : update); // the whole also holds what the document has already
      for (let hits = 1 + Math.floor(random() * 4); hits > 0; hits--) damaged[Math.floor(random() * damaged.length)] = Math.floor(random() * 256);
      const cut = random() < 0.2 ? damaged.slice(0, Math.floor(random() * damaged.length)) : damaged;
      const verdict = judge(cut, given);
      outcomes[verdict.kind] += 1;
      if (verdict.kind !== 'good') continue;
      const doc = new Y.Doc();
      Y.applyUpdate(doc, Y.encodeStateAsUpdate(base));
      definitionOf(doc);
      expect(() => Y.applyUpdate(doc, cut), `round ${round}, damage ${damage}`).not.toThrow();
      expect([seed, round, damage, doc.store.pendingStructs, doc.store.pendingDs]).toEqual([seed, round, damage, null, null]);
      expect(doc.getMap('meta').get('kind')).toBe('dataflow');
      definitionOf(doc);
    }
  }
  expect(outcomes.good).toBeGreaterThan(50);
  expect(outcomes.refused).toBeGreaterThan(500);
});

it('C14 something old that claims to stand below what never was is refused: Yjs would look it up all the same', () => {
  const base = createDocument(emptyDefinition('dataflow', 'Fuzz'));
  const { whole, clientId } = edited(base, () => 0.7);
  const doc = new Y.Doc();
  Y.applyUpdate(doc, whole);
  const encoder = encoding.createEncoder();
  // One client with one struct at clock 0: a one-letter text in the parent clientId:9,999, and no deletions.
  for (const value of [1, 1, clientId, 0]) encoding.writeVarUint(encoder, value);
  encoding.writeUint8(encoder, 4);
  for (const value of [0, clientId, 9_999]) encoding.writeVarUint(encoder, value);
  encoding.writeVarString(encoder, 'x');
  encoding.writeVarUint(encoder, 0);
  const update = encoding.toUint8Array(encoder);
  expect(() => Y.applyUpdate(doc, update)).toThrow();
  expect(judge(update, { doc, owners: new Map([[clientId, 'usr']]), writer: 'usr' })).toMatchObject({ kind: 'refused', refusal: { code: 4400 } });
});

it('C13 a Yjs client id belongs to its first user', () => {
  const base = createDocument(emptyDefinition('dataflow', 'Fuzz'));
  const { update, clientId } = edited(base, Math.random);
  const owners = new Map([[clientId, 'usr_1']]);
  expect(judge(update, { doc: base, owners, writer: 'usr_1' })).toEqual({ kind: 'good', claims: [], clientId });
  expect(judge(update, { doc: base, owners, writer: 'usr_2' }).kind).toBe('refused');
  expect(judge(Y.encodeStateAsUpdate(base), { doc: base, owners: new Map(), writer: 'usr_2' })).toEqual({ kind: 'good', claims: [], clientId: null });
});

it('C15 an update whose past is missing is missing, not applied', () => {
  const base = createDocument(emptyDefinition('dataflow', 'Fuzz'));
  const doc = new Y.Doc();
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(base));
  addNote(doc, { pos: [0, 0], text: 'first' }, 'test');
  const known = Y.encodeStateVector(doc);
  addNote(doc, { pos: [0, 0], text: 'second' }, 'test');
  expect(judge(Y.encodeStateAsUpdate(doc, known), { doc: base, owners: new Map(), writer: 'usr' })).toEqual({ kind: 'missing' });
});

it('C11 only a frame without anything new counts as held', () => {
  const base = createDocument(emptyDefinition('dataflow', 'Fuzz'));
  const { update } = edited(base, Math.random);
  expect([holdsAll(base, Y.encodeStateAsUpdate(base)), holdsAll(base, Uint8Array.from([0, 0])), holdsAll(base, update), holdsAll(base, Uint8Array.from([9, 9]))]).toEqual([true, true, false, false]);
});
