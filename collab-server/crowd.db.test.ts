import { once } from 'node:events';
import * as Y from 'yjs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadDocument } from '#db/flow-documents';
import { workspaces } from '#db/schema/index';
import { createTestDatabase, type TestDatabase } from '#db/testing';
import { addStep, createUndo, definitionOf } from '#flow/document';
import { newId } from '#flow/id';
import { randomEdit, type Editor } from '#flow/testing-edits';
import { seeded } from '#flow/testing-random';
import { until } from '#flow/testing-until';
import { forkWeb, insertFlow, join, openStock, person, signUp, startTestWeb, synced, testEnv, type Person, type TestWeb } from './testing';

/** Real sockets, several at once: partitions, restarts, many people, many comings and goings. `MILLRACE_LONG=1` runs the full numbers. */
const isLong = Boolean(process.env['MILLRACE_LONG']);
const seeds = isLong ? Array.from({ length: 60 }, (_, seed) => seed + 1) : [1, 2];
let web: TestWeb;
let ana: Person;

beforeAll(async () => {
  web = await startTestWeb({ evictAfterMs: 300 });
  ana = await person(web, 'Ana', 'editor');
});
afterAll(async () => web.stop());

const shown = (doc: Y.Doc) => JSON.stringify(definitionOf(doc));
const stored = async (database: TestDatabase, flowId: string) => shown((await loadDocument(database.db, flowId)).doc);

it.each(seeds)('F20 C25 five people, cut off at times and the server restarted, end with the same flow (seed %d)', async (seed) => {
  const random = seeded(seed);
  const flowId = await insertFlow(web.database, web.workspaceId);
  const clients = await Promise.all(Array.from({ length: 5 }, async (_, place) => {
    const client = await synced(openStock(web.url, flowId, { cookie: ana.cookie }));
    const origin = `editor ${place}`;
    const editor: Editor = { doc: client.doc, undo: createUndo(client.doc, origin), origin };
    return { ...client, editor };
  }));
  const edits = isLong ? 200 : 50;
  for (let turn = 0; turn < edits; turn++) {
    for (const { editor, provider } of clients) {
      if (random.chance(0.03)) provider.disconnect();
      else if (!provider.shouldConnect && random.chance(0.2)) provider.connect();
      randomEdit(random, editor);
    }
    if (turn === Math.floor(edits / 2)) await web.restart();
    await new Promise((resolve) => setTimeout(resolve, 35)); // below the limit of 60 messages a second
  }
  for (const { provider } of clients) provider.connect();
  await until(() => clients.every(({ provider }) => provider.synced), 'all to be back', 30_000);
  await until(async () => {
    const server = await stored(web.database, flowId);
    return clients.every(({ doc }) => shown(doc) === server);
  }, 'all to hold the same', 30_000);
  expect(Y.encodeStateVector(clients[0]?.doc ?? expect.fail('no client')).byteLength).toBeGreaterThan(3);
  for (const client of clients) client.close();
}, 180_000);

it('C24 rooms leave nothing behind, however often people come and go', async () => {
  const flows = await Promise.all(Array.from({ length: 10 }, () => insertFlow(web.database, web.workspaceId)));
  const cycles = isLong ? 10_000 : 120;
  for (let done = 0; done < cycles; done += flows.length) {
    await Promise.all(flows.map(async (flowId) => (await synced(openStock(web.url, flowId, { cookie: ana.cookie }))).close()));
  }
  await until(async () => (await web.database.sql`select 1 from room_leases`).length === 0, 'the last room to end', 15_000);
}, 1_200_000);

it('C23 after a restart everybody is back with the same flow', async () => {
  const flowId = await insertFlow(web.database, web.workspaceId);
  const people = await Promise.all(Array.from({ length: isLong ? 200 : 40 }, () => synced(openStock(web.url, flowId, { cookie: ana.cookie }))));
  const stageId = definitionOf(people[0]?.doc ?? expect.fail('nobody')).lanes[0]?.stages[0]?.id ?? '';
  await web.restart(async () => {
    for (const [place, { doc }] of people.entries()) addStep(doc, { stageId, index: 0, type: 'distinct', name: `away ${place}` }, 'test');
  });
  await until(async () => {
    const server = await stored(web.database, flowId);
    return people.every(({ doc }) => shown(doc) === server);
  }, 'everybody to hold what all did meanwhile', 60_000);
  const server = await stored(web.database, flowId);
  expect(people.filter((_, place) => !server.includes(`"away ${place}"`))).toEqual([]);
  for (const each of people) each.close();
}, 120_000);

it('C10 C22 two web processes: either serves any flow, and the death of a flow’s owner loses nothing acknowledged', async () => {
  const database = await createTestDatabase();
  const workspaceId = newId('wks');
  await database.db.insert(workspaces).values({ id: workspaceId, name: 'Two' });
  const [first, second] = [await testEnv(database.url), await testEnv(database.url)];
  const bo = await signUp(database, first, 'Bo');
  await join(database, workspaceId, bo.id, 'editor');
  const flowId = await insertFlow(database, workspaceId);
  const [owner, other] = [await forkWeb(first), await forkWeb(second)];
  try {
    const at = (port: number) => openStock(`http://127.0.0.1:${port}`, flowId, { cookie: bo.cookie });
    const one = await synced(at(first.port)); // opens the room: the first process owns it
    const two = await synced(at(second.port));
    const stageId = definitionOf(two.doc).lanes[0]?.stages[0]?.id ?? '';
    const add = (name: string) => addStep(two.doc, { stageId, index: 0, type: 'distinct', name }, 'test');
    add('before');
    await until(() => shown(one.doc).includes('"before"'), 'the edit to cross from the second process to the first');
    const [lease] = await database.sql<{ owner: string }[]>`select owner from room_leases where flow_id = ${flowId}`;
    expect(lease?.owner).toContain(`:${owner.pid}:`);
    const gone = once(owner, 'exit');
    owner.kill('SIGKILL');
    await gone;
    add('while nobody owns it');
    await until(async () => (await stored(database, flowId)).includes('"while nobody owns it"'), 'the second process to take the room', 30_000);
    expect(await stored(database, flowId)).toContain('"before"');
    const [taken] = await database.sql<{ owner: string }[]>`select owner from room_leases where flow_id = ${flowId}`;
    expect(taken?.owner).toContain(`:${other.pid}:`);
    one.close();
    two.close();
  } finally {
    owner.kill('SIGKILL');
    other.kill('SIGKILL');
    await database.drop();
  }
}, 180_000);
