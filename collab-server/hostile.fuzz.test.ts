import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emptyDefinition } from '#flow/canonical';
import { addNote, addStep, createDocument, definitionOf, documentSchema, renameFlow, setParam } from '#flow/document';
import { seeded } from '#flow/testing-random';
import { refusal } from './close-codes';
import { Connection } from './connection';
import { writeStep1, writeUpdate } from './protocol';
import type { Room } from './room';
import { damaged, forged, handmade, honestEdit, poisoned, v2Bombs, type Hostile } from './testing-hostile';
import { helloFrame, PretendEditor } from './testing-editor';
import { accessOf, contentHash, memoryRoom, MemoryLog, PretendSocket } from './testing-memory';

/** `MILLRACE_LONG=1` sends 10,040 malformed updates. */
const malformed = process.env['MILLRACE_LONG'] ? 10_040 : 1_000;
const random = seeded(20_260_801);
const start = createDocument(emptyDefinition('dataflow', 'Target'));
const log = new MemoryLog(start);
const bystander = new PretendEditor('ana');
let room: Room;

async function quiet(): Promise<void> {
  for (let isMoving = true; isMoving; ) {
    isMoving = false;
    while (bystander.sendNext() || bystander.receiveNext(random)) isMoving = true;
    await room.committed();
    isMoving ||= bystander.inbox.length > 0;
  }
}

beforeAll(async () => {
  room = await memoryRoom(log.open().storage);
  bystander.connect(room);
  await quiet();
  const stageId = definitionOf(bystander.doc).lanes[0]?.stages[0]?.id ?? '';
  const step = addStep(bystander.doc, { stageId, index: 0, type: 'get-raw-model', name: 'Given' }, 'test');
  setParam(bystander.doc, step, 'model', '{"a":1}', 'test');
  addNote(bystander.doc, { pos: [1, 2], text: 'Mind the gap' }, 'test');
  await quiet();
});
afterAll(() => room.fail(refusal('restarting', 'the end')));

/** A fresh socket of a member sends these; how the server ends it. */
function closedWith(...frames: Uint8Array[]): number | null {
  const socket = new PretendSocket();
  new Connection(room, socket, accessOf('eve'));
  for (const frame of frames) socket.receive(frame);
  const code = socket.closedWith?.code ?? null;
  socket.hangUp();
  return code;
}

async function allRefused(hostile: Iterable<Hostile>): Promise<number> {
  const before = { hash: contentHash(room.doc), rows: log.updates.length, owners: log.owners.size };
  let count = 0;
  for (const { what, frame } of hostile) {
    const started = performance.now();
    expect([count, what, closedWith(frame)]).toEqual([count, what, 4400]);
    expect([what, performance.now() - started < 2_000]).toEqual([what, true]);
    count += 1;
  }
  await room.committed();
  expect({ hash: contentHash(room.doc), rows: log.updates.length, owners: log.owners.size }).toEqual(before);
  expect([room.doc.store.pendingStructs, room.doc.store.pendingDs]).toEqual([null, null]);
  renameFlow(bystander.doc, `After ${count} more`, 'test');
  await quiet();
  expect([bystander.isOnline, log.updates.length, definitionOf(room.doc).name]).toEqual([true, before.rows + 1, `After ${count} more`]);
  return count;
}

describe('hostile clients', () => {
  it(`C14 C16 closes each of ${malformed} malformed updates with 4400; the document and the others feel nothing`, { timeout: 600_000 }, async () => {
    expect(await allRefused(Array.from({ length: malformed }, () => poisoned(random, room.doc)))).toBe(malformed);
  });
  it('C13 C14 refuses poisoned clocks and forged ids', async () => {
    expect(await allRefused(forged(bystander.doc, start.clientID))).toBeGreaterThanOrEqual(24);
  });
  it('C14 refuses what Yjs makes of documents no editor has', async () => {
    expect(await allRefused(handmade(bystander.doc))).toBe(13);
  });
  it(`C14 C16 of ${malformed} honest updates with damaged bytes none harms the document or the others`, { timeout: 600_000 }, async () => {
    let refused = 0;
    for (let count = 0; count < malformed; count++) {
      const frame = damaged(random, honestEdit(bystander.doc));
      if (closedWith(frame) === 4400) refused += 1;
      expect([count, closedWith(frame, Uint8Array.from([7, 7]))]).toEqual([count, 4400]);
    }
    await quiet();
    expect(refused).toBeGreaterThan(malformed / 3);
    expect([room.doc.store.pendingStructs, room.doc.store.pendingDs]).toEqual([null, null]);
    expect([bystander.isOnline, contentHash(bystander.doc), room.doc.getMap('meta').get('kind')]).toEqual([true, contentHash(room.doc), 'dataflow']);
  });
  it('C14 refuses V2 updates without reading them as such', async () => {
    expect(await allRefused(v2Bombs())).toBe(6);
  });
  it('C14 nothing of all this reached a prototype', () => {
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });
  it('C17 closes too many bytes and too many questions with 4529', () => {
    const answer = writeUpdate(new Uint8Array(8 * 1024 * 1024 + 1).fill(1));
    answer[1] = 1;
    expect(closedWith(answer)).toBe(4529);
    expect(closedWith(...Array.from({ length: 30 }, () => writeStep1(new Y.Doc())))).toBe(4529);
  });
  it('C18 a flood of cursors is dropped without closing, and nobody’s cursor is forged', () => {
    const cursor = (client: number, clock: number) => {
      const body = encoding.createEncoder();
      for (const number of [1, client, clock]) encoding.writeVarUint(body, number);
      encoding.writeVarString(body, '{"cursor":{"x":1,"y":2}}');
      const frame = encoding.createEncoder();
      encoding.writeVarUint(frame, 1);
      encoding.writeVarUint8Array(frame, encoding.toUint8Array(body));
      return encoding.toUint8Array(frame);
    };
    expect(closedWith(...Array.from({ length: 3_000 }, (_, clock) => cursor(7, clock + 1)))).toBeNull();
    expect(closedWith(cursor(bystander.doc.clientID, 99))).toBeNull();
  });
  it('C14 closes what is no message: texts, bad presence, unknown kinds', () => {
    const text = new PretendSocket();
    new Connection(room, text, accessOf('eve'));
    text.receive(Uint8Array.from([123, 125]), false);
    expect(text.closedWith?.code).toBe(4400);
    for (const bytes of [[], [0], [0, 3, 0], [1], [1, 200], [1, 3, 1, 5, 1], [1, 2, 255, 255], [2, 0, 0], [99], [100], [101, 1], [255, 255, 255, 255, 255, 255, 255, 255, 255]]) {
      expect([bytes, closedWith(Uint8Array.from(bytes))]).toEqual([bytes, 4400]);
    }
  });
  it('a client of an older schema and a copy of another epoch are closed with 4426 before an edit of theirs is read', () => {
    const before = contentHash(room.doc);
    const foreign = new Y.Doc();
    foreign.getMap('meta').set('name', 'Of another flow');
    const edit = writeUpdate(Y.encodeStateAsUpdate(foreign));
    expect([closedWith(helloFrame(0), edit), closedWith(helloFrame(documentSchema, 'epoch_of_another'), edit), closedWith(helloFrame(documentSchema, room.epoch))]).toEqual([4426, 4426, null]);
    expect(contentHash(room.doc)).toBe(before);
  });
  it('C15 asks once for what is missing, then closes with 4509', () => {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(room.doc));
    const late = [1, 2].map(() => {
      renameFlow(doc, 'skipped', 'test');
      const known = Y.encodeStateVector(doc);
      renameFlow(doc, `late ${known.byteLength}`, 'test');
      return writeUpdate(Y.encodeStateAsUpdate(doc, known));
    });
    expect([closedWith(...late.slice(0, 1)), closedWith(...late)]).toEqual([null, 4509]);
  });
});
