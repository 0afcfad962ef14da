import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cancelRun, pauseRun, resumeRun, runEvents, unpauseRun } from '#db/runs';
import { aStep, chain, engineTest, type EngineTest } from './testing';

let t: EngineTest;
beforeAll(async () => {
  t = await engineTest();
  await t.start();
});
afterAll(() => t.close());

const saving = (id: string, source: string) => aStep(id, 'update-entry', { component: t.componentId, fieldsMapping: [{ target: 'user_name', value: { field: 'n' } }] }, source);
const people = (count: number) => Array.from({ length: count }, (_, at) => ({ n: `P${at}` }));
const statusOf = async (runId: string) => (await t.database.sql<{ status: string }[]>`select status from runs where id = ${runId}`)[0]?.status ?? '';
const until = async (runId: string, ...wanted: string[]) => {
  for (let tries = 0; tries < 400; tries++) {
    if (wanted.includes(await statusOf(runId))) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`the run is ${await statusOf(runId)}, not ${wanted.join(' or ')}`);
};
const typesOf = async (runId: string) => {
  const events = await runEvents(t.database, t.access, runId, { after: 0, limit: 1_000 });
  return events.ok ? events.items.map((each) => `${each.type}${each.stepId ? ` ${each.stepId}` : ''}`) : [];
};

const begins = async (runId: string, step: string) => {
  for (let tries = 0; tries < 400; tries++) {
    if ((await typesOf(runId)).includes(`step.started ${step}`)) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`${step} never began`);
};

describe('pausing', () => {
  test('R50 what runs finishes, nothing new starts, and letting it go on ends the run', async () => {
    const flow = await t.insertFlow([...chain(1), saving('one', 's1'), saving('two', 'one'), saving('three', 'two')]);
    let runId = '';
    // The first save needs the component's row, which the test holds: the run is in its middle, however quick the machine.
    await t.database.sql.begin(async (tx) => {
      await tx`select 1 from components where id = ${t.componentId} for update`;
      runId = await t.run(flow, { input: people(20) });
      await begins(runId, 'one');
      expect(await pauseRun(t.database, t.access, runId)).toMatchObject({ ok: true });
      expect(await pauseRun(t.database, t.access, runId)).toMatchObject({ failure: { code: 'STATE_INVALID' } });
    });
    await until(runId, 'paused');
    await t.settle();
    const paused = await typesOf(runId);
    const begun = paused.filter((each) => each.startsWith('step.started')).map((each) => each.slice(13));
    expect(paused.filter((each) => each.startsWith('step.succeeded')).map((each) => each.slice(15)), 'what had begun was finished').toEqual(begun);
    expect(begun).not.toContain('three'); // the word is read with the record of what ends, in which the next step may just begin
    expect(paused.indexOf('run.paused')).toBeGreaterThan(0);
    expect(await resumeRun(t.database, t.access, runId)).toMatchObject({ failure: { code: 'STATE_INVALID' } });
    expect(await unpauseRun(t.database, t.access, runId)).toMatchObject({ ok: true });
    expect(await t.finished(runId)).toMatchObject({ status: 'succeeded', stepsDone: 4 });
    expect(await pauseRun(t.database, t.access, runId)).toMatchObject({ failure: { code: 'STATE_INVALID' } });
    expect(await unpauseRun(t.database, t.access, runId)).toMatchObject({ failure: { code: 'STATE_INVALID' } });
  });

  test('R50 a run that waits is paused too: the child’s end changes nothing until it goes on', async () => {
    const child = await t.insertFlow([aStep('save', 'update-model')], { kind: 'workflow', name: 'Child' });
    const flow = await t.insertFlow([aStep('in', 'get-raw-model'), aStep('go', 'execute-workflow', { component: t.componentId, workflow: child, waitComplete: true }, 'in'), aStep('out', 'write-response', {}, 'go')]);
    // The child's save needs the component's row, which the test holds.
    let runId = '';
    await t.database.sql.begin(async (tx) => {
      runId = await t.run(flow, { input: { user_name: 'Kim' } });
      await until(runId, 'waiting');
      await tx`select 1 from components where id = ${t.componentId} for update`;
      expect(await pauseRun(t.database, t.access, runId)).toMatchObject({ ok: true });
      await until(runId, 'paused');
    });
    const [{ id } = { id: '' }] = await t.database.sql<{ id: string }[]>`select id from runs where parent_run_id = ${runId}`;
    await t.finished(id);
    await t.settle();
    expect(await statusOf(runId)).toBe('paused');
    expect(await unpauseRun(t.database, t.access, runId)).toMatchObject({ ok: true });
    expect(await t.finished(runId)).toMatchObject({ status: 'succeeded' });
  });

  test('R50 pausing before any engine took the run holds it before its first step; cancelling a paused run ends it at once', async () => {
    const quiet = await engineTest();
    const flow = await quiet.insertFlow(chain(3));
    const [first, second] = [await quiet.run(flow), await quiet.run(flow)];
    for (const id of [first, second]) expect(await pauseRun(quiet.database, quiet.access, id)).toMatchObject({ ok: true });
    expect(await unpauseRun(quiet.database, quiet.access, second)).toMatchObject({ ok: true });
    await quiet.start();
    expect(await quiet.finished(second)).toMatchObject({ status: 'succeeded' });
    const from = Date.now();
    while ((await quiet.database.sql`select 1 from runs where id = ${first} and status = 'paused'`).length === 0 && Date.now() - from < 8_000) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await cancelRun(quiet.database, quiet.access, first)).toMatchObject({ ok: true });
    expect(await quiet.finished(first)).toMatchObject({ status: 'cancelled', steps: {} });
    await quiet.close();
  });

  test('R50 pause and go on, again and again, while it runs: each acknowledged word is in the log, in its order', async () => {
    const flow = await t.insertFlow([...chain(1), saving('one', 's1'), ...Array.from({ length: 12 }, (_, at) => saving(`n${at}`, at === 0 ? 'one' : `n${at - 1}`))]);
    const runId = await t.run(flow, { input: people(4) });
    const said: string[] = [];
    for (let round = 0; round < 10; round++) {
      const asked = round % 2 === 0 ? await pauseRun(t.database, t.access, runId) : await unpauseRun(t.database, t.access, runId);
      if (asked.ok) said.push(round % 2 === 0 ? 'run.paused' : 'run.unpaused');
      if (round % 3 === 2) await new Promise((resolve) => setTimeout(resolve, 40));
    }
    await unpauseRun(t.database, t.access, runId);
    expect(await t.finished(runId, 30)).toMatchObject({ status: 'succeeded' });
    const told = (await typesOf(runId)).filter((each) => each === 'run.paused' || each === 'run.unpaused');
    expect(said.length).toBeGreaterThan(4);
    expect(told).toEqual(said);
  });
});

describe('cancelling', () => {
  test('R51 runs that a step waits for are cancelled with it, runs it only started go on', async () => {
    const child = await t.insertFlow([aStep('save', 'update-model'), aStep('stop', 'finish')], { kind: 'workflow', name: 'Slow child' });
    const call = (id: string, waitComplete: boolean) => aStep(id, 'execute-workflow', { component: t.componentId, workflow: child, waitComplete }, 'in');
    const flow = await t.insertFlow([aStep('in', 'get-raw-model'), call('free', false), call('tied', true)]);
    let runId = '';
    const children = async () => Object.fromEntries((await t.database.sql<{ step: string; status: string; id: string }[]>`select id, parent_step_id as step, status from runs where parent_run_id = ${runId}`).map((each) => [each.step, each]));
    await t.database.sql.begin(async (tx) => {
      await tx`select 1 from components where id = ${t.componentId} for no key update`;
      runId = await t.run(flow, { input: { user_name: 'Lou' } });
      await until(runId, 'waiting');
      expect(await cancelRun(t.database, t.access, runId)).toMatchObject({ ok: true });
      await t.finished(runId);
      await t.finished((await children())['tied']?.id ?? ''); // while the test holds what its save needs
    });
    for (const each of Object.values(await children())) await t.finished(each.id);
    const ended = await children();
    expect(ended['tied']?.status).toBe('cancelled');
    expect(ended['free']?.status).toBe('succeeded');
  });
});
