import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadDocument } from '#db/flow-documents';
import { addNote, addStep, definitionOf, noteText, renameFlow } from '#flow/document';
import { seeded } from '#flow/testing-random';
import { writeUpdate } from './protocol';
import { insertFlow, openStock, person, rawSocket, startTestWeb, synced, until, type Person, type TestWeb } from './testing';

/**
 * A member of the workspace who sends what no client would, while two honest people work on. `MILLRACE_LONG=1` sends
 * 10,040 damaged updates; the short run sends fewer of the same.
 */
const damagedCount = process.env['MILLRACE_LONG'] ? 10_040 : 120;
let web: TestWeb;
let ana: Person;
let bo: Person;
let mal: Person;
let flowId: string;

beforeAll(async () => {
  web = await startTestWeb();
  [ana, bo, mal] = [await person(web, 'Ana', 'editor'), await person(web, 'Bo', 'editor'), await person(web, 'Mal', 'editor')];
  flowId = await insertFlow(web.database, web.workspaceId);
});
afterAll(async () => web.stop());

/** Sends one frame and answers with the code the socket is closed with; null when the server keeps it open. */
async function closedWith(frame: Uint8Array, then?: Uint8Array): Promise<number | null> {
  const socket = rawSocket(web.url, flowId, { cookie: mal.cookie });
  const closed = new Promise<number>((resolve) => socket.once('close', (code) => resolve(code)));
  await new Promise((resolve) => socket.once('message', resolve));
  socket.send(frame);
  if (then) socket.send(then);
  const patience = new Promise<null>((resolve) => setTimeout(resolve, 3_000, null));
  const code = await Promise.race([closed, patience]);
  socket.terminate();
  return code;
}

type Forged = { client: number; clock: number; root?: string; key?: string; info?: number };
/** A V1 update written by hand: one text struct, wherever and under whatever id. */
function forged({ client, clock, root = 'notes', key = 'nte_x', info = 0x24 }: Forged, deletes: { client: number; clock: number; length: number }[] = []): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, 1);
  encoding.writeVarUint(encoder, 1);
  encoding.writeVarUint(encoder, client);
  encoding.writeVarUint(encoder, clock);
  encoding.writeUint8(encoder, info);
  encoding.writeVarUint(encoder, 1);
  encoding.writeVarString(encoder, root);
  encoding.writeVarString(encoder, key);
  encoding.writeVarString(encoder, 'x');
  encoding.writeVarUint(encoder, deletes.length);
  for (const each of deletes) for (const value of [each.client, 1, each.clock, each.length]) encoding.writeVarUint(encoder, value);
  return encoding.toUint8Array(encoder);
}

/** `busy`: the id of who writes on meanwhile; what is sent under it could be old news by then. */
function* poisoned(victim: Y.Doc, busy: number): Iterable<Uint8Array> {
  for (const clock of [50_001, 1_000_000, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 40, Number.MAX_SAFE_INTEGER - 2]) yield forged({ client: 4_711, clock });
  for (const [client] of Y.decodeStateVector(Y.encodeStateVector(victim))) {
    if (client === busy) continue;
    for (const ahead of [0, 1, 1_000]) yield forged({ client, clock: Y.getState(victim.store, client) + ahead });
    for (const length of [60_000, 2 ** 31, 2 ** 40]) yield deleteOnly(client, Y.getState(victim.store, client), length);
  }
  for (const root of ['users', '__proto__', 'constructor', '']) yield forged({ client: 4_712, clock: 0, root });
  for (const key of ['__proto__', 'a b', '../x', 'x'.repeat(65)]) yield forged({ client: 4_713, clock: 0, key });
  yield forged({ client: 4_714, clock: 0, root: 'meta', key: 'kind' });
}

function deleteOnly(client: number, clock: number, length: number): Uint8Array {
  const encoder = encoding.createEncoder();
  for (const value of [0, 1, client, 1, clock, length]) encoding.writeVarUint(encoder, value);
  return encoding.toUint8Array(encoder);
}

function* secondVersion(): Iterable<Uint8Array> {
  for (let kind = 0; kind < 6; kind++) {
    const doc = new Y.Doc();
    if (kind > 0) doc.getMap('notes').set('n', 'x'.repeat(kind * 100));
    if (kind > 2) doc.getArray('steps').push(Array.from({ length: kind * 50 }, () => kind));
    if (kind > 4) doc.getText('lanes').insert(0, 'words');
    if (kind === 0) doc.getMap('meta').set('name', 1);
    yield Y.encodeStateAsUpdateV2(doc);
  }
}

it('C14 C16 whatever a member sends, others work on undisturbed and the document stays whole', async () => {
  const [one, two] = [await synced(openStock(web.url, flowId, { cookie: ana.cookie })), await synced(openStock(web.url, flowId, { cookie: bo.cookie }))];
  const stageId = definitionOf(one.doc).lanes[0]?.stages[0]?.id ?? '';
  const made: string[] = [];
  let isWorking = true;
  const work = (async () => {
    for (let count = 0; isWorking; count++) {
      const name = `honest ${count}`;
      addStep(one.doc, { stageId, index: 0, type: 'distinct', name }, 'test');
      made.push(name);
      await until(() => JSON.stringify(definitionOf(two.doc)).includes(`"${name}"`), `${name} to reach the other`);
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
  })();

  addStep(two.doc, { stageId, index: 0, type: 'distinct', name: 'Bo was here' }, 'test');
  await until(() => JSON.stringify(definitionOf(one.doc)).includes('Bo was here'), 'the edit of the victim');
  const refused = [...poisoned(one.doc, one.doc.clientID), ...secondVersion()];
  expect(refused.length).toBeGreaterThanOrEqual(30);
  for (const [at, update] of refused.entries()) expect([at, await closedWith(writeUpdate(update))]).toEqual([at, 4400]);

  const random = seeded(1);
  const honest = new Y.Doc();
  Y.applyUpdate(honest, Y.encodeStateAsUpdate(one.doc));
  const known = Y.encodeStateVector(honest);
  noteText(honest, addNote(honest, { pos: [1, 2], text: 'words 😀' }, 'mal'))?.insert(2, 'more');
  renameFlow(honest, 'By Mal', 'mal');
  const whole = Y.encodeStateAsUpdate(honest, known);
  const codes = new Map<number | null, number>();
  const lanes = 8; // sockets of Mal at once
  let sent = 0;
  await Promise.all(Array.from({ length: lanes }, async () => {
    while (sent < damagedCount) {
      sent += 1;
      const damaged = Uint8Array.from(whole);
      for (let hits = 1 + random.below(6); hits > 0; hits--) damaged[random.below(damaged.length)] = random.below(256);
      const cut = random.chance(0.4) ? damaged.slice(0, random.below(damaged.length)) : damaged;
      // What happens to pass is an edit of Mal's like any other; the second frame ends the socket in every case.
      const code = await closedWith(writeUpdate(cut), Uint8Array.from([7, 7]));
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
  }));
  isWorking = false;
  await work;
  expect([...codes.keys()].filter((code) => code !== 4400)).toEqual([]);

  await until(async () => {
    const server = definitionOf((await loadDocument(web.database.db, flowId)).doc);
    return [one, two].every((each) => JSON.stringify(definitionOf(each.doc)) === JSON.stringify(server));
  }, 'everybody to hold what the server holds');
  const { doc } = await loadDocument(web.database.db, flowId);
  expect(doc.getMap('meta').get('kind')).toBe('dataflow');
  expect([doc.store.pendingStructs, doc.store.pendingDs]).toEqual([null, null]);
  const stored = JSON.stringify(definitionOf(doc));
  expect(made.length).toBeGreaterThan(5);
  expect(made.filter((name) => !stored.includes(`"${name}"`))).toEqual([]);
  expect([one.provider.wsconnected, two.provider.wsconnected]).toEqual([true, true]);
  one.close();
  two.close();
}, 900_000);
