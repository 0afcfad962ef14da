import { once } from 'node:events';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import type { Env } from '#db/env';
import { loadDocument } from '#db/flow-documents';
import { workspaces } from '#db/schema/index';
import { createTestDatabase, type TestDatabase } from '#db/testing';
import { addStep, definitionOf } from '#flow/document';
import { stepsOf } from '#flow/flow';
import { newId } from '#flow/id';
import { until } from '#flow/testing-until';
import { flowOf, forkWeb, heapOf, insertFlow, join, openStock, signUp, synced, testEnv, type Person } from './testing';

/** Real processes that are stopped or emptied. `MILLRACE_LONG=1`: 50 writers in 20 rooms, and 400 rooms of 1,000 steps. */
const isLong = Boolean(process.env['MILLRACE_LONG']);
const megabyte = 1024 * 1024;
let database: TestDatabase;
let env: Env;
let ana: Person;
let workspaceId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  env = await testEnv(database.url);
  workspaceId = newId('wks');
  await database.db.insert(workspaces).values({ id: workspaceId, name: 'Test' });
  ana = await signUp(database, env, 'Ana');
  await join(database, workspaceId, ana.id, 'editor');
});
afterAll(async () => database.drop());

const url = () => `http://127.0.0.1:${env.port}`;
const open = (flowId: string) => synced(openStock(url(), flowId, { cookie: ana.cookie }));

it('C25 SIGTERM under writers: what was received is stored, sockets end with 1012, the process within 5 s', { timeout: 120_000 }, async () => {
  const child = await forkWeb(env);
  onTestFinished(() => void child.kill('SIGKILL'));
  const [rooms, writers] = isLong ? [20, 50] : [3, 8];
  const flows = await Promise.all(Array.from({ length: rooms }, () => insertFlow(database, workspaceId)));
  const clients = await Promise.all(Array.from({ length: writers }, (_, at) => open(flows[at % rooms] ?? '')));
  const codes: number[] = [];
  for (const { provider } of clients) provider.ws?.addEventListener('close', ({ code }) => codes.push(code));
  const made: { flowId: string; name: string; sentAt: number }[] = [];
  let isTyping = true;
  const typists = clients.map(async ({ doc }, who) => {
    const stageId = definitionOf(doc).lanes[0]?.stages[0]?.id ?? '';
    for (let count = 0; isTyping; count++) {
      const name = `w${who} ${count}`;
      addStep(doc, { stageId, index: 0, type: 'distinct', name }, 'test');
      made.push({ flowId: flows[who % rooms] ?? '', name, sentAt: performance.now() });
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
  });
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const received = made.filter((each) => each.sentAt < performance.now() - 500);
  const exited = once(child, 'exit');
  const started = performance.now();
  child.kill('SIGTERM');
  const [code]: unknown[] = await exited;
  const tookMs = performance.now() - started;
  isTyping = false;
  await Promise.all(typists);
  const stored = new Map(await Promise.all(flows.map(async (flowId) => [flowId, new Set(stepsOf(definitionOf((await loadDocument(database.db, flowId)).doc)).map((step) => step.name))] as const)));
  expect(received.length).toBeGreaterThan(writers * 5);
  expect(received.filter((each) => !stored.get(each.flowId)?.has(each.name))).toEqual([]);
  expect(code).toBe(0);
  expect(tookMs).toBeLessThan(5_000);
  await until(() => codes.length === writers, 'every socket to end');
  expect(new Set(codes)).toEqual(new Set([1012]));
  expect(await database.sql`select 1 from room_leases`).toHaveLength(0);
  for (const each of clients) each.close();
  console.log(`SIGTERM with ${writers} writers in ${rooms} rooms: ${Math.round(tookMs)} ms`);
});

it('C24 rooms that ended leave no heap behind', { timeout: 1_800_000 }, async () => {
  env = await testEnv(database.url); // the port of the one that was stopped may be somebody's by now
  const child = await forkWeb(env, { evictAfterMs: 200 });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [rooms, steps, atOnce] = isLong ? [400, 1_000, 20] : [24, 300, 12];
  const visit = async (flows: string[]): Promise<number> => {
    const clients = await Promise.all(flows.map(open));
    const heap = await heapOf(child);
    for (const each of clients) each.close();
    await until(async () => (await database.sql`select 1 from room_leases`).length === 0, 'the rooms to end', 30_000);
    return heap;
  };
  const batch = () => Promise.all(Array.from({ length: atOnce }, () => insertFlow(database, workspaceId, flowOf(steps))));
  await visit(await batch()); // what is loaded and compiled once, for many at a time too
  const before = await heapOf(child);
  let fullest = 0;
  for (let done = 0; done < rooms; done += atOnce) fullest = Math.max(fullest, await visit(await batch()));
  const perFlow = (fullest - before) / atOnce;
  let after = await heapOf(child);
  for (let wait = 0; wait < 20 && after - before > perFlow; wait++) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    after = await heapOf(child);
  }
  console.log(`${rooms} rooms of ${steps} steps: ${(perFlow / megabyte).toFixed(2)} MB open, ${((after - before) / megabyte).toFixed(2)} MB left of all`);
  expect(fullest - before).toBeGreaterThan(atOnce * 100_000); // they were there
  expect(perFlow).toBeLessThan(8 * megabyte);
  // In the long run less stays of all rooms together than one keeps; the few of the short run are held against a sixth of what they all kept, since code that is compiled late weighs as much as one of them.
  expect(after - before).toBeLessThan(isLong ? Math.max(2 * megabyte, perFlow) : (rooms * perFlow) / 6);
});
