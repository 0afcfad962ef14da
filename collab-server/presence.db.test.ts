import * as encoding from 'lib0/encoding';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { colourOf } from '#flow/presence';
import { insertFlow, openStock, person, rawSocket, startTestWeb, synced, until, type Person, type TestWeb } from './testing';

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
