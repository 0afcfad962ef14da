import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Env } from '#db/env';
import { loadDocument } from '#db/flow-documents';
import { workspaces } from '#db/schema/index';
import { createTestDatabase, type TestDatabase } from '#db/testing';
import { addStep, definitionOf } from '#flow/document';
import { stepsOf } from '#flow/flow';
import { newId } from '#flow/id';
import { seeded } from '#flow/testing-random';
// oxlint-disable-next-line no-restricted-imports -- both ends of the wire are under test here
import { openFlowDocument, type FlowSession } from '../app/_client/collab-provider';
import { forkWeb, insertFlow, join, signUp, socketWith, testEnv, until, type Person } from './testing';

/** `MILLRACE_LONG=1`: a hundred kills under fifty writers. */
const isLong = Boolean(process.env['MILLRACE_LONG']);
const [writers, kills] = isLong ? [50, 100] : [4, 2];
let database: TestDatabase;
let env: Env;
let ana: Person;
let vi: Person;
let flowId: string;
let child: ChildProcess;

beforeAll(async () => {
  database = await createTestDatabase();
  env = await testEnv(database.url);
  const workspaceId = newId('wks');
  await database.db.insert(workspaces).values({ id: workspaceId, name: 'Test' });
  ana = await signUp(database, env, 'Ana');
  vi = await signUp(database, env, 'Vi');
  await join(database, workspaceId, ana.id, 'editor');
  await join(database, workspaceId, vi.id, 'viewer');
  flowId = await insertFlow(database, workspaceId);
  child = await forkWeb(env);
});
afterAll(async () => {
  child.kill('SIGKILL');
  await database.drop();
});

/** As the supervisor does: a dead child's leases are free at once. */
async function kill(): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
  await database.sql`delete from room_leases where owner like ${`%:${child.pid ?? 0}:%`}`;
}

const open = (who: Person): FlowSession => openFlowDocument({
  flowId, user: who, serverUrl: `ws://127.0.0.1:${env.port}/collab`, WebSocketPolyfill: socketWith({ cookie: who.cookie }), keepOffline: false,
});
const online = (session: FlowSession) => until(() => session.status.connection === 'online', 'the session to be online', 40_000);
const stored = async () => new Set(stepsOf(definitionOf((await loadDocument(database.db, flowId)).doc)).map((step) => step.name));

it('C10 kill -9 under typing clients loses no acknowledged edit, and the rest comes with the next sync', async () => {
  const sessions = Array.from({ length: writers }, () => open(ana));
  await Promise.all(sessions.map(online));
  const made: string[][] = sessions.map(() => []);
  const stageId = definitionOf(sessions[0]?.doc ?? expect.fail('no session')).lanes[0]?.stages[0]?.id ?? '';
  let isTyping = true;
  const typists = sessions.map(async (session, who) => {
    for (let count = 0; isTyping; count++) {
      while (session.status.unsaved > 40 && isTyping) await pause(20);
      const name = `w${who} ${count}`;
      addStep(session.doc, { stageId, index: 0, type: 'distinct', name }, 'test');
      made[who]?.push(name);
      await pause((15 + ((who * 7 + count * 5) % 11)) * (isLong ? 20 : 1)); // fifty of them on one machine
    }
  });
  let acknowledged = 0;
  let unacknowledged = 0;
  const random = seeded(20_261_127);
  for (let killed = 0; killed < kills; killed++) {
    await pause(150 + random.below(400));
    await kill();
    const acked = sessions.flatMap((session, who) => made[who]?.slice(0, (made[who]?.length ?? 0) - session.status.unsaved) ?? []);
    const kept = await stored();
    expect(acked.filter((name) => !kept.has(name))).toEqual([]);
    acknowledged = acked.length;
    unacknowledged += sessions.reduce((sum, session) => sum + session.status.unsaved, 0);
    child = await forkWeb(env);
    await Promise.all(sessions.map(online));
  }
  isTyping = false;
  await Promise.all(typists);
  await until(() => sessions.every((session) => session.status.unsaved === 0), 'everything to be saved', 40_000);
  const kept = await stored();
  expect(made.flat().filter((name) => !kept.has(name))).toEqual([]);
  expect(acknowledged).toBeGreaterThan(20);
  expect(unacknowledged).toBeGreaterThan(0);
  const definitions = new Set(sessions.map((session) => JSON.stringify(definitionOf(session.doc))));
  await until(() => definitions.size === 1 || new Set(sessions.map((session) => JSON.stringify(definitionOf(session.doc)))).size === 1, 'all to be equal');
  for (const session of sessions) session.close();
}, isLong ? 3_600_000 : 120_000);

it('C11 tells our client that it may only read, and refuses its edit', async () => {
  const session = open(vi);
  await online(session);
  expect(session.status.canWrite).toBe(false);
  addStep(session.doc, { stageId: 'none', index: 0, type: 'distinct', name: 'By a viewer' }, 'test');
  await until(() => session.status.connection === 'refused', 'the refusal');
  expect((await stored()).has('By a viewer')).toBe(false);
  session.close();
});
