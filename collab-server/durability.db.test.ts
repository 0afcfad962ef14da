import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Env } from '#db/env';
import { loadDocument } from '#db/flow-documents';
import { workspaces } from '#db/schema/index';
import { createTestDatabase, type TestDatabase } from '#db/testing';
import { addStep, definitionOf, renameStep } from '#flow/document';
import { stepsOf } from '#flow/flow';
import { newId } from '#flow/id';
import { seeded } from '#flow/testing-random';
import { until } from '#flow/testing-until';
// oxlint-disable-next-line no-restricted-imports -- both ends of the wire are under test here
import { openFlowDocument, type FlowSession } from '../app/_client/collab-provider';
import { forkWeb, insertFlow, join, signUp, socketWith, testEnv, type Person } from './testing';

/** `MILLRACE_LONG=1`: a hundred kills under fifty writers. */
const isLong = Boolean(process.env['MILLRACE_LONG']);
const [writers, kills] = isLong ? [50, 100] : [4, 2];
const ownSteps = 8;
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
const stored = async () => new Map(stepsOf(definitionOf((await loadDocument(database.db, flowId)).doc)).map((step) => [step.id, step.name]));
/** How often a step was named anew, which is the end of its name: "w3 17" → 17. */
const turnOf = (name: string | undefined): number => Number(name?.split(' ')[1] ?? -1);

it('C10 kill -9 under typing clients loses no acknowledged edit, and the rest comes with the next sync', async () => {
  const sessions = Array.from({ length: writers }, () => open(ana));
  await Promise.all(sessions.map(online));
  const stageId = definitionOf(sessions[0]?.doc ?? expect.fail('no session')).lanes[0]?.stages[0]?.id ?? '';
  /** What each writer did, in order: a step of their own added, later named anew, so that the flow stays as large as flows are. */
  const made: { stepId: string; turn: number }[][] = sessions.map(() => []);
  let isTyping = true;
  const typists = sessions.map(async (session, who) => {
    const own: string[] = [];
    for (let turn = 0; isTyping; turn++) {
      while (session.status.unsaved > 40 && isTyping) await pause(20);
      const name = `w${who} ${turn}`;
      const stepId = own[turn % ownSteps] ?? addStep(session.doc, { stageId, index: 0, type: 'distinct', name }, 'test');
      if (own.length === ownSteps) renameStep(session.doc, stepId, name, 'test');
      else own.push(stepId);
      made[who]?.push({ stepId, turn });
      await pause((15 + ((who * 7 + turn * 5) % 11)) * (isLong ? 40 : 1)); // fifty of them on one machine
    }
  });
  const lostOf = (edits: readonly { stepId: string; turn: number }[], kept: Map<string, string>) => edits.filter(({ stepId, turn }) => turnOf(kept.get(stepId)) < turn);
  let acknowledged = 0;
  let unacknowledged = 0;
  const random = seeded(20_261_127);
  for (let killed = 0; killed < kills; killed++) {
    await pause(150 + random.below(400));
    await kill();
    const acked = sessions.flatMap((session, who) => made[who]?.slice(0, (made[who]?.length ?? 0) - session.status.unsaved) ?? []);
    expect(lostOf(acked, await stored())).toEqual([]);
    acknowledged = acked.length;
    unacknowledged += sessions.reduce((sum, session) => sum + session.status.unsaved, 0);
    child = await forkWeb(env);
    await Promise.all(sessions.map(online));
  }
  isTyping = false;
  await Promise.all(typists);
  await until(() => sessions.every((session) => session.status.unsaved === 0), 'everything to be saved', 40_000);
  expect(lostOf(made.flat(), await stored())).toEqual([]);
  if (isLong) console.log(`${kills} kills, ${acknowledged} acknowledged before the last, ${unacknowledged} on their way at one of them`);
  expect(acknowledged).toBeGreaterThan(20);
  expect(unacknowledged).toBeGreaterThan(0);
  const definitions = () => new Set(sessions.map((session) => JSON.stringify(definitionOf(session.doc)))).size;
  await until(() => definitions() === 1, 'all to be equal');
  for (const session of sessions) session.close();
}, isLong ? 3_600_000 : 120_000);

it('C11 tells our client that it may only read, and refuses its edit', async () => {
  const session = open(vi);
  await online(session);
  expect(session.status.canWrite).toBe(false);
  addStep(session.doc, { stageId: 'none', index: 0, type: 'distinct', name: 'By a viewer' }, 'test');
  await until(() => session.status.connection === 'refused', 'the refusal');
  expect([...(await stored()).values()]).not.toContain('By a viewer');
  session.close();
});
