import * as encoding from 'lib0/encoding';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { colourOf } from '#flow/presence';
import { until } from '#flow/testing-until';
import { insertFlow, openStock, person, rawSocket, startTestWeb, synced, type Person, type TestWeb } from './testing';

let web: TestWeb;
let ana: Person;
let bo: Person;
let flowId: string;

beforeAll(async () => {
  web = await startTestWeb();
  ana = await person(web, 'Ana', 'editor');
  bo = await person(web, 'Bo', 'viewer');
  flowId = await insertFlow(web.database, web.workspaceId);
});
afterAll(async () => web.stop());

const open = (who: Person) => synced(openStock(web.url, flowId, { cookie: who.cookie }));

it('C18 shows a viewer’s cursor under the name the server knows, and takes it away with the socket', async () => {
  const [a, b] = await Promise.all([open(ana), open(bo)]);
  b.provider.awareness.setLocalState({ user: { id: ana.id, name: 'Not Bo', colour: 'red' }, cursor: { x: 3, y: 4 } });
  const seen = () => a.provider.awareness.getStates().get(b.doc.clientID);
  await until(() => seen()?.['cursor'] !== undefined, 'the cursor');
  expect(seen()).toEqual({ user: { id: bo.id, name: 'Bo', colour: colourOf(bo.id) }, cursor: { x: 3, y: 4 } });
  b.provider.awareness.setLocalState({ huge: 'x'.repeat(5_000) });
  await until(() => seen()?.['cursor'] === undefined, 'the state to be cut');
  expect(seen()).toEqual({ user: { id: bo.id, name: 'Bo', colour: colourOf(bo.id) } });
  b.provider.ws?.close();
  b.close();
  await until(() => seen() === undefined, 'the cursor to go');
  a.close();
});

it('C18 nobody moves another’s cursor', async () => {
  const a = await open(ana);
  a.provider.awareness.setLocalState({ cursor: { x: 1, y: 1 } });
  const watcher = await open(bo);
  await until(() => watcher.provider.awareness.getStates().has(a.doc.clientID), 'the cursor');
  const forger = rawSocket(web.url, flowId, { cookie: bo.cookie });
  await new Promise((resolve) => forger.once('message', resolve));
  forger.send(awarenessOf(4_242, 1, { cursor: { x: 7, y: 7 } }));
  forger.send(awarenessOf(a.doc.clientID, 99, { cursor: { x: 9, y: 9 } }));
  forger.send(awarenessOf(a.doc.clientID, 100, null));
  await until(() => watcher.provider.awareness.getStates().has(4_242), 'the forger’s own cursor');
  expect(watcher.provider.awareness.getStates().get(a.doc.clientID)).toMatchObject({ cursor: { x: 1, y: 1 }, user: { id: ana.id } });
  forger.close();
  a.close();
  watcher.close();
});

it('C19 gathers many movements into few messages, the last one included', async () => {
  const [a, b] = await Promise.all([open(ana), open(bo)]);
  let messages = 0;
  b.provider.ws?.addEventListener('message', (event) => {
    if (new Uint8Array(event.data as ArrayBuffer)[0] === 1) messages += 1; // the provider asks for binary messages as ArrayBuffer
  });
  for (let step = 1; step <= 150; step++) {
    a.provider.awareness.setLocalState({ cursor: { x: step, y: 0 } });
    if (step % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await until(() => b.provider.awareness.getStates().get(a.doc.clientID)?.['cursor']?.x === 150, 'the last place');
  expect(messages).toBeLessThan(60);
  a.close();
  b.close();
});

/** Somebody of a crowd: a bare socket that says where it points, and counts the cursors it is told of. */
async function pointer(clientId: number, who: Person, state: object = {}) {
  const socket = rawSocket(web.url, flowId, { cookie: who.cookie });
  await new Promise((resolve) => socket.once('message', resolve));
  let clock = 0;
  const point = (x: number) => socket.send(awarenessOf(clientId, (clock += 1), { ...state, cursor: { x, y: 0 }, viewport: { x, y: 0, zoom: 1 } }));
  point(0);
  return { clientId, point, close: () => socket.terminate() };
}

it('C19 above 200 people everybody knows who is here, and only followers see what somebody points at', { timeout: 180_000 }, async () => {
  const led = await person(web, 'Led', 'editor');
  const leader = await pointer(1, led);
  const crowd = await Promise.all(Array.from({ length: 204 }, (_, at) => pointer(1_000 + at, ana)));
  const [watcher, follower] = await Promise.all([open(bo), open(ana)]);
  const statesOf = (of: typeof watcher) => of.provider.awareness.getStates();
  watcher.provider.awareness.setLocalState({ mood: 'idle' });
  follower.provider.awareness.setLocalState({ following: led.id });
  let told = 0; // entries of the crowd that the watcher was told of
  const count = ({ added, updated }: { added: number[]; updated: number[] }) => (told += [...added, ...updated].filter((id) => id >= 1_000).length);
  const everybody = crowd.length + 3;
  await until(() => statesOf(watcher).size === everybody && statesOf(follower).size === everybody, 'everybody to know everybody', 60_000);
  // Whoever begins to follow sees where the other stands, though that one does not move.
  await until(() => statesOf(follower).get(1)?.['viewport'] !== undefined, 'the view of who is followed', 20_000);
  expect(statesOf(watcher).get(1)).toEqual({ user: { id: led.id, name: 'Led', colour: colourOf(led.id) } });
  expect(statesOf(watcher).get(follower.doc.clientID)).toMatchObject({ following: led.id });
  expect(statesOf(follower).get(watcher.doc.clientID)).toMatchObject({ mood: 'idle' });

  watcher.provider.awareness.on('update', count);
  for (let move = 1; move <= 20; move++) {
    for (const each of crowd) each.point(move);
    leader.point(move);
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  await until(() => statesOf(follower).get(1)?.['cursor']?.x === 20, 'the last place of who is followed', 20_000);
  watcher.provider.awareness.off('update', count);
  expect([...statesOf(watcher).values()].filter((state) => state['cursor'] !== undefined)).toEqual([]);
  expect(told).toBeLessThanOrEqual(crowd.length * 2); // of 20 moves each: once per 5 s at most
  expect(statesOf(watcher).size).toBe(everybody);

  for (const each of crowd.splice(0, 2)) each.close();
  await until(() => statesOf(watcher).size === everybody - 2 && statesOf(follower).size === everybody - 2, 'those who left to go', 20_000);
  expect(statesOf(watcher).has(1_000)).toBe(false);
  for (const each of crowd.splice(0, 20)) each.close();
  crowd[0]?.point(77);
  await until(() => statesOf(watcher).get(crowd[0]?.clientId ?? 0)?.['cursor']?.x === 77, 'cursors to show again in a smaller room', 20_000);
  for (const each of [...crowd, leader, watcher, follower]) each.close();
});

function awarenessOf(clientId: number, clock: number, state: unknown): Uint8Array {
  const body = encoding.createEncoder();
  encoding.writeVarUint(body, 1);
  encoding.writeVarUint(body, clientId);
  encoding.writeVarUint(body, clock);
  encoding.writeVarString(body, JSON.stringify(state));
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, 1);
  encoding.writeVarUint8Array(encoder, encoding.toUint8Array(body));
  return encoding.toUint8Array(encoder);
}
