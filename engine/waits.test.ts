import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Access } from '#db/access';
import { createEntry, getEntry, updateEntry } from '#db/entries';
import { listInstances, listTransitions, resetInstance } from '#db/instances';
import { listNotifications } from '#db/notifications';
import { cancelRun, resumeRun, runEvents } from '#db/runs';
import { answerTask, listTasks } from '#db/tasks';
import { members, user } from '#db/schema/index';
import { codeOf, got } from '#db/testing-result';
import { releaseLeases } from '#db/worker-leases';
import { newId } from '#flow/id';
import type { Json } from '#flow/json';
import { aStep, engineTest, type EngineTest } from './testing';
import { bundleEngine, spawnEngine } from './testing-process';

let t: EngineTest;
let bo: Access;
let ask: string;
beforeAll(async () => {
  t = await engineTest([
    { name: 'who', title: 'Who', type: 'catalog', componentId: 'user-info' }, { name: 'ok', title: 'OK', type: 'boolean' }, { name: 'note', title: 'Note', type: 'string' }, { name: 'sum', title: 'Sum', type: 'number' },
    { name: 'grade', title: 'Grade', type: 'string', enum: [{ value: '1', label: 'One' }, { value: 'null', label: 'None' }] },
  ]);
  await t.start();
  const person = { id: newId('usr'), name: 'Bo' };
  await t.database.db.insert(user).values({ ...person, email: `${person.id}@example.com` });
  await t.database.db.insert(members).values({ workspaceId: t.access.workspaceId, userId: person.id, role: 'operator' });
  bo = { ...t.access, role: 'operator', user: person };
  ask = await asking();
});
afterAll(() => t.close());

const asking = (params: { [key: string]: Json } = {}) => t.insertFlow([aStep('ask', 'get-user-confirmation', { confirmationField: 'ok', userInfoField: 'who', ...params }), aStep('save', 'update-model')], { kind: 'workflow', name: 'Ask' });
const entryFor = async (who = t.access.user?.id): Promise<number> => {
  const made = got(await createEntry(t.database, t.access, t.componentId, { data: { who: { id: who ?? '' }, note: 'first' } }));
  return made.entry.id;
};
const begin = async (flowId: string, entryId: number) => {
  const runId = await t.run(flowId, { entryId });
  return { runId, taskId: await taskOf(runId) };
};
async function taskOf(runId: string): Promise<string> {
  for (let tries = 0; tries < 1_500; tries++) {
    const [task] = await t.database.sql<{ id: string }[]>`select t.id from tasks t join runs r on r.id = t.run_id where t.run_id = ${runId} and t.state = 'open' and r.status = 'waiting'`;
    if (task) return task.id;
    await pause(20);
  }
  throw new Error(`run ${runId} asks nobody`);
}
const instanceOf = async (entryId: number) => got(await listInstances(t.database, t.access, t.componentId, { entryId, limit: 5 })).items[0];
const typesOf = async (runId: string) => got(await runEvents(t.database, t.access, runId, { after: 0, limit: 200 })).items.map((each) => each.type);

describe('a question', () => {
  test.each(['1', 'null'])('R44 an answer that is the text "%s" stays text', async (grade) => {
    const entryId = await entryFor();
    const { runId, taskId } = await begin(await asking({ confirmationField: 'grade' }), entryId);
    expect(got(await answerTask(t.database, t.access, taskId, grade)).task).toMatchObject({ answer: grade });
    expect(await t.finished(runId)).toMatchObject({ status: 'succeeded', output: { data: { grade } } });
  });

  test('R44 waits, is answered once, and the run goes on with the answer', async () => {
    const entryId = await entryFor(bo.user?.id);
    const { runId, taskId } = await begin(ask, entryId);
    expect(got(await listTasks(t.database, bo, { limit: 5 })).items).toMatchObject([{ id: taskId, state: 'open', options: [{ value: true }, { value: false }], entryId, isMine: true }]);
    expect(got(await listTasks(t.database, t.access, { limit: 5 })).items).toEqual([]);
    expect(got(await listNotifications(t.database, bo, { limit: 5 })).items[0]).toMatchObject({ kind: 'task', link: { taskId, entryId } });
    expect(await instanceOf(entryId)).toMatchObject({ state: 'waiting' });
    expect(codeOf(await answerTask(t.database, t.access, taskId, true))).toBe('ACCESS_DENIED');
    expect(codeOf(await answerTask(t.database, bo, taskId, 'maybe'))).toBe('VALIDATION_FAILED');
    expect(codeOf(await answerTask(t.database, bo, 'tsk_none', true))).toBe('TASK_NOT_FOUND');
    expect(got(await answerTask(t.database, bo, taskId, true)).task).toMatchObject({ state: 'answered', answer: true, answeredBy: { name: 'Bo' } });
    const again = await answerTask(t.database, bo, taskId, false);
    expect(again).toMatchObject({ failure: { code: 'CONFIRMATION_ANSWERED', message: 'Already answered by Bo.' } });
    const run = await t.finished(runId);
    expect(run, JSON.stringify(run.error)).toMatchObject({ status: 'succeeded', output: { data: { ok: true } } });
    const events = got(await runEvents(t.database, t.access, runId, { after: 0, limit: 200 })).items;
    expect(events.find((each) => each.type === 'wait.opened')).toMatchObject({ stepId: 'ask', data: { kind: 'confirmation', assignees: [{ name: 'Bo' }] } });
    expect(events.find((each) => each.type === 'wait.resolved')).toMatchObject({ stepId: 'ask', data: { by: { name: 'Bo' }, answer: true } });
    expect(got(await getEntry(t.database, t.access, t.componentId, entryId)).entry.data['ok']).toBe(true);
  });

  test('R44 of fifty answers at once one counts', async () => {
    const { runId, taskId } = await begin(ask, await entryFor());
    const codes = await Promise.all(Array.from({ length: 50 }, async (_, at) => codeOf(await answerTask(t.database, t.access, taskId, at % 2 === 0))));
    expect(codes.filter((each) => each === 'ok')).toHaveLength(1);
    expect(codes.filter((each) => each === 'CONFIRMATION_ANSWERED')).toHaveLength(49);
    await t.finished(runId);
    expect((await typesOf(runId)).filter((each) => each === 'wait.resolved')).toHaveLength(1);
  });

  test('R45 locks the fields the workflow works with, and nothing else', async () => {
    const entryId = await entryFor();
    const { runId, taskId } = await begin(ask, entryId);
    expect(await updateEntry(t.database, t.access, t.componentId, entryId, { data: { ok: true } })).toMatchObject({ failure: { code: 'STATE_INVALID', path: 'data.ok' } });
    expect(codeOf(await updateEntry(t.database, t.access, t.componentId, entryId, { data: { note: 'second' } }))).toBe('ok');
    await answerTask(t.database, t.access, taskId, false);
    expect(await t.finished(runId)).toMatchObject({ output: { data: { ok: false, note: 'second' } } });
    expect(codeOf(await updateEntry(t.database, t.access, t.componentId, entryId, { data: { ok: true } }))).toBe('ok');
  });
});

describe('time', () => {
  test('R46 an answer of its own at the due time, once, and a late one learns of it', async () => {
    const flow = await asking({ dueIn: '1s', onTimeout: 'answer', timeoutAnswer: false });
    const { runId, taskId } = await begin(flow, await entryFor());
    expect(await t.finished(runId)).toMatchObject({ status: 'succeeded', output: { data: { ok: false } } });
    expect(codeOf(await answerTask(t.database, t.access, taskId, true))).toBe('CONFIRMATION_TIMEOUT');
    const types = await typesOf(runId);
    expect(types.filter((each) => each === 'timer.set' || each === 'timer.fired')).toEqual(['timer.set', 'timer.fired']);
  });

  test('R46 a time-out that fails is CONFIRMATION_TIMEOUT; resuming asks again', async () => {
    const flow = await asking({ dueIn: '1s', onTimeout: 'fail' });
    const { runId } = await begin(flow, await entryFor());
    expect(await t.finished(runId)).toMatchObject({ status: 'failed', error: { code: 'CONFIRMATION_TIMEOUT', stepId: 'ask' } });
    expect(codeOf(await resumeRun(t.database, t.access, runId))).toBe('ok');
    const second = await taskOf(runId);
    expect(codeOf(await answerTask(t.database, t.access, second, true))).toBe('ok');
    expect(await t.finished(runId)).toMatchObject({ status: 'succeeded', output: { data: { ok: true } } });
  });

  test('R46 one that keeps waiting is told of its due time once', async () => {
    const flow = await asking({ dueIn: '1s' });
    const { runId, taskId } = await begin(flow, await entryFor());
    await pause(2_000);
    expect((await typesOf(runId)).filter((each) => each === 'timer.fired')).toHaveLength(1);
    await answerTask(t.database, t.access, taskId, true);
    expect(await t.finished(runId)).toMatchObject({ status: 'succeeded' });
  });
});

describe('the end of a wait', () => {
  test('R47 reset and cancel close the question; the next start is a new attempt', async () => {
    const entryId = await entryFor();
    const first = await begin(ask, entryId);
    const instance = await instanceOf(entryId);
    expect(codeOf(await resetInstance(t.database, t.access, instance?.id ?? ''))).toBe('ok');
    expect(await t.finished(first.runId)).toMatchObject({ status: 'reset' });
    expect(codeOf(await answerTask(t.database, t.access, first.taskId, true))).toBe('STATE_INVALID');
    expect(await instanceOf(entryId)).toMatchObject({ state: 'draft' });
    expect(codeOf(await resetInstance(t.database, t.access, instance?.id ?? ''))).toBe('STATE_INVALID');
    const second = await begin(ask, entryId);
    expect(await instanceOf(entryId)).toMatchObject({ id: instance?.id, attempt: 2, state: 'waiting' });
    await cancelRun(t.database, t.access, second.runId);
    await t.finished(second.runId);
    expect(codeOf(await answerTask(t.database, t.access, second.taskId, true))).toBe('STATE_INVALID');
    const moves = got(await listTransitions(t.database, t.access, instance?.id ?? '', { limit: 50 })).items.toReversed().map((each) => `${each.attempt} ${each.from ?? ''}>${each.to} ${each.reason}`);
    expect(moves).toEqual(['1 >running started', '1 running>waiting waits', '1 waiting>draft reset', '2 draft>running started', '2 running>waiting waits', '2 waiting>cancelled cancelled']);
  });

  test('R47 of a reset and an answer that meet, exactly one wins', async () => {
    let answers = 0;
    for (let round = 0; round < 12; round++) {
      const entryId = await entryFor();
      const { runId, taskId } = await begin(ask, entryId);
      const instance = await instanceOf(entryId);
      const both = round % 2 === 0
        ? await Promise.all([answerTask(t.database, t.access, taskId, true), resetInstance(t.database, t.access, instance?.id ?? '')])
        : (await Promise.all([resetInstance(t.database, t.access, instance?.id ?? ''), answerTask(t.database, t.access, taskId, true)])).toReversed();
      const [answered, reset] = both;
      const run = await t.finished(runId);
      if (answered?.ok) answers += 1;
      expect([answered?.ok, reset?.ok, run.status], `round ${round}`).toEqual(answered?.ok ? [true, run.status === 'succeeded' ? reset?.ok : false, 'succeeded'] : [false, true, 'reset']);
    }
    expect(answers).toBeGreaterThan(0);
  });
});

test('R44 answers are consumed once though each is sent up to three times and engines are killed', async () => {
  const count = 24;
  const ids: { runId: string; taskId: string }[] = [];
  const begun = await Promise.all(Array.from({ length: count }, async () => t.run(ask, { entryId: await entryFor() })));
  for (const runId of begun) ids.push({ runId, taskId: await taskOf(runId) });
  const file = await bundleEngine();
  const engines = [await spawnEngine(file, t.database.url), await spawnEngine(file, t.database.url)];
  const killer = (async () => {
    for (let kills = 0; kills < 4; kills++) {
      await pause(250);
      const victim = engines.shift();
      if (victim) {
        await victim.kill('SIGKILL');
        await releaseLeases(t.database.sql, victim.pid);
      }
      engines.push(await spawnEngine(file, t.database.url));
    }
  })();
  const codes = (await Promise.all(ids.map(async ({ taskId }, at) => {
    const sent: string[] = [];
    for (let times = 0; times <= at % 3; times++) sent.push(codeOf(await answerTask(t.database, t.access, taskId, true)));
    return sent;
  })));
  await killer;
  expect(codes.every((sent) => sent.filter((each) => each === 'ok').length === 1)).toBe(true);
  for (const { runId } of ids) expect(await t.finished(runId, 40)).toMatchObject({ status: 'succeeded', output: { data: { ok: true } } });
  for (const { runId } of ids) expect((await typesOf(runId)).filter((each) => each === 'wait.resolved')).toHaveLength(1);
  for (const each of engines) await each.kill('SIGTERM');
}, 180_000);
