import { once } from 'node:events';
import * as decoding from 'lib0/decoding';
import WebSocket from 'ws';
import * as Y from 'yjs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addNote, definitionOf, noteText, renameFlow } from '#flow/document';
import { until } from '#flow/testing-until';
import { writeStep1 } from './protocol';
import { insertFlow, openStock, person, startTestWeb, synced, type Person, type TestWeb } from './testing';

/** A socket of a live room that stops reading, while others write much. `MILLRACE_LONG=1`: for the longest it may take. */
const isLong = Boolean(process.env['MILLRACE_LONG']);
let web: TestWeb;
let people: Person[];

beforeAll(async () => {
  web = await startTestWeb();
  people = await Promise.all(['Ana', 'Bo', 'Cy', 'Di'].map((name) => person(web, name, 'editor')));
});
afterAll(async () => web.stop());

const quarter = 'words and more words, '.repeat(11_500); // about 250 kB

/** A client of the bare protocol whose reading can be paused; it holds what it is sent. */
async function reader(flowId: string) {
  const socket = new WebSocket(`${web.url.replace('http', 'ws')}/collab/${flowId}`, { headers: { cookie: people[0]?.cookie ?? '' } });
  const doc = new Y.Doc();
  socket.on('message', (data: Buffer) => {
    const decoder = decoding.createDecoder(data);
    if (decoding.readVarUint(decoder) === 0 && decoding.readVarUint(decoder) !== 0) Y.applyUpdate(doc, decoding.readVarUint8Array(decoder), 'server');
  });
  await once(socket, 'open');
  socket.send(writeStep1(doc));
  await until(() => doc.getMap('meta').size > 0, 'the flow');
  return { socket, doc };
}

/** Each writer adds large notes, as fast as they may; answers how long each took to reach the other writers. */
async function write(flowId: string, notesEach: number): Promise<{ clients: Awaited<ReturnType<typeof synced>>[]; tookMs: number[] }> {
  const clients = await Promise.all(people.slice(1).map((who) => synced(openStock(web.url, flowId, { cookie: who.cookie }))));
  const tookMs: number[] = [];
  for (let count = 0; count < notesEach; count++) {
    await Promise.all(clients.map(async (client) => {
      const id = addNote(client.doc, { pos: [count, 0], text: quarter }, 'test');
      const started = performance.now();
      await until(() => clients.every((each) => noteText(each.doc, id)?.length === quarter.length), 'the note to reach the others', 20_000);
      tookMs.push(performance.now() - started);
    }));
  }
  return { clients, tookMs };
}

const shown = (doc: Y.Doc) => JSON.stringify(definitionOf(doc));

it('C16 C20 who stops reading for a moment gets everything, and the others notice nothing', { timeout: 90_000 }, async () => {
  const flowId = await insertFlow(web.database, web.workspaceId);
  const slow = await reader(flowId);
  slow.socket.pause();
  const { clients, tookMs } = await write(flowId, 5); // 3.8 MB, more than the 1 MB that is sent on
  expect(shown(slow.doc)).not.toBe(shown(clients[0]?.doc ?? new Y.Doc()));
  slow.socket.resume();
  await until(() => shown(slow.doc) === shown(clients[0]?.doc ?? new Y.Doc()), 'the slow one to have it all', 30_000);
  expect(slow.socket.readyState).toBe(WebSocket.OPEN);
  expect(tookMs.length).toBe(15);
  expect(Math.max(...tookMs)).toBeLessThan(10_000);
  for (const each of clients) each.close();
  slow.socket.terminate();
});

it('C16 C20 who never reads again is closed with 1013, and the room goes on', { timeout: 240_000 }, async () => {
  const flowId = await insertFlow(web.database, web.workspaceId);
  const slow = await reader(flowId);
  const closed = new Promise<number>((resolve) => slow.socket.once('close', resolve));
  slow.socket.pause();
  const refusals = async () => Number(/refus\w*\{code="1013"\} (\d+)/.exec(await (await fetch(`${web.url}/metrics`)).text())?.[1] ?? 0);
  const before = await refusals();
  const { clients } = await write(flowId, isLong ? 40 : 24); // 18 MB and more
  await until(async () => (await refusals()) > before, 'the verdict', 40_000);
  slow.socket.resume();
  expect([1013, 1006]).toContain(await closed); // the frame may stand behind more than is still read
  const [first, second] = clients;
  renameFlow(first?.doc ?? new Y.Doc(), 'Goes on', 'test');
  await until(() => definitionOf(second?.doc ?? new Y.Doc()).name === 'Goes on', 'an edit after it');
  const again = await reader(flowId);
  await until(() => shown(again.doc) === shown(first?.doc ?? new Y.Doc()), 'whoever comes again to have it all', 30_000);
  again.socket.terminate();
  for (const each of clients) each.close();
});
