import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEntry, listEntries, getEntry, updateEntry } from '#db/entries';
import { listInstances, resetInstance } from '#db/instances';
import { cancelRun, requestRun, resumeRun, runItems } from '#db/runs';
import { aStep, engineTest, type EngineTest } from './testing';

let t: EngineTest;
let saveName: string;
beforeAll(async () => {
  t = await engineTest();
  await t.start();
  saveName = await t.insertFlow([aStep('set', 'update-model-field', { modelField: 'state', value: 7 }), aStep('save', 'update-model')], { kind: 'workflow', name: 'Save name' });
});
afterAll(() => t.close());

const instancesOf = async (entryId?: number) => {
  const listed = await listInstances(t.database, t.access, t.componentId, { limit: 50, ...(entryId === undefined ? {} : { entryId }) });
  return listed.ok ? listed.items : [];
};
const entryOf = async (name: string) => {
  const made = await createEntry(t.database, t.access, t.componentId, { data: { user_name: name, state: 1 } });
  if (!made.ok) throw new Error(made.failure.message);
  return made.entry.id;
};

describe('a workflow', () => {
  test('R17 R19 saves a new entry once; its instance finishes and belongs to that entry', async () => {
    const run = await t.finished(await t.run(saveName, { input: { data: { user_name: 'Ana' } } }));
    expect(run, JSON.stringify(run.error)).toMatchObject({ status: 'succeeded', output: { state: 'finished', data: { user_name: 'Ana', state: 7 } } });
    const saved = await listEntries(t.database, t.access, t.componentId, { limit: 10 });
    expect(saved).toMatchObject({ total: 1, items: [{ data: { user_name: 'Ana', state: 7 } }] });
    expect(await instancesOf(run.entryId ?? 0)).toMatchObject([{ state: 'finished', attempt: 1, runs: [run.id] }]);
    expect(await runItems(t.database, t.access, run.id, 'save', { side: 'in', offset: 0, limit: 1 })).toMatchObject({ items: [{ id: 0, data: { state: 7 } }] });
  });

  test('R19 refuses incomplete data before anything starts', async () => {
    const before = (await instancesOf()).length;
    expect(await requestRun(t.database, t.access, saveName, { input: { data: {} } })).toMatchObject({ failure: { code: 'VALIDATION_FAILED', details: [{ field: 'user_name' }] } });
    expect(await instancesOf()).toHaveLength(before);
  });

  test('R19 keeps one active instance per entry: of twenty starts at once one begins', async () => {
    const entryId = await entryOf('Bo');
    const asked = await Promise.all(Array.from({ length: 20 }, () => requestRun(t.database, t.access, saveName, { entryId })));
    const begun = asked.flatMap((each) => (each.ok ? [each.runId] : []));
    expect(asked.filter((each) => !each.ok).every((each) => !each.ok && each.failure.code === 'WORKFLOW_ALREADY_RUNNING')).toBe(true);
    for (const runId of begun) await t.finished(runId);
    // Some may have begun after an earlier one had finished; what never happens is two at a time.
    expect(await instancesOf(entryId)).toHaveLength(begun.length);
    expect(await getEntry(t.database, t.access, t.componentId, entryId)).toMatchObject({ entry: { data: { state: 7 } } });
  });

  test('R18 leaves the main script for a lane, for good', async () => {
    const flow = await t.insertFlow([aStep('first', 'update-model-field', { modelField: 'state', value: 1 }), aStep('stop', 'finish'), aStep('never', 'update-model')], { kind: 'workflow' });
    const run = await t.finished(await t.run(flow, { input: { data: { user_name: 'Cy' } } }));
    expect(run).toMatchObject({ status: 'succeeded', warnings: 1, output: { state: 'finished' } });
    expect(Object.keys(run.steps)).toEqual(['first', 'stop']);
  });

  test('R22 resumes at the failed step after the entry was corrected, and R19 follows along', async () => {
    const entryId = await entryOf('Di');
    const flow = await t.insertFlow([aStep('copy', 'update-model-field', { modelField: 'user_name', sourceField: 'missing' }), aStep('save', 'update-model')], { kind: 'workflow' });
    const failed = await t.finished(await t.run(flow, { entryId }));
    expect(failed).toMatchObject({ status: 'failed', error: { stepId: 'copy', code: 'VALIDATION_FAILED' } });
    expect(await instancesOf(entryId)).toMatchObject([{ state: 'failed' }]);
    expect(await resumeRun(t.database, t.access, failed.id, { fromStep: 'nowhere' })).toMatchObject({ failure: { code: 'STEP_NOT_FOUND' } });
    expect(await resumeRun(t.database, t.access, failed.id)).toMatchObject({ ok: true });
    expect(await t.finished(failed.id)).toMatchObject({ status: 'failed', steps: { copy: { attempt: 2 } } });
    const [instance] = await instancesOf(entryId);
    expect(await resetInstance(t.database, t.access, instance?.id ?? '')).toMatchObject({ ok: true });
    expect(await instancesOf(entryId)).toMatchObject([{ state: 'draft' }]);
    const again = await t.finished(await t.run(flow, { entryId }));
    expect(again.attempt).toBe(2);
  });
});

describe('a dataflow that starts workflows', () => {
  const caller = (waitComplete: boolean) => [aStep('in', 'get-raw-model'),
    aStep('go', 'execute-workflow', { component: t.componentId, workflow: saveName, waitComplete }, 'in'), aStep('out', 'write-response', {}, 'go')];

  test('R20 waits for each without holding a place, and is woken by their ends', async () => {
    const flow = await t.insertFlow(caller(true));
    const names = Array.from({ length: 5 }, (_, at) => ({ user_name: `Child ${at}` }));
    const run = await t.finished(await t.run(flow, { input: names }));
    expect(run, JSON.stringify(run.error)).toMatchObject({ status: 'succeeded', steps: { go: { status: 'succeeded', attempt: 1, itemsOut: 5 } } });
    const states = Array.isArray(run.output) ? run.output.map((each) => JSON.stringify(each)) : [];
    expect(states).toHaveLength(5);
    expect(states.every((each) => each.includes('"state":"finished"') && !each.includes('"entryId":null'))).toBe(true);
    const children = await t.database.sql`select status from runs where parent_run_id = ${run.id}`;
    expect(children.map((each) => each['status'])).toEqual(Array.from({ length: 5 }, () => 'succeeded'));
  });

  test('R24 a child runs the version that was published when the parent began', async () => {
    const quiet = await engineTest();
    const child = await quiet.insertFlow([aStep('save', 'update-model')], { kind: 'workflow' });
    const flow = await quiet.insertFlow([aStep('in', 'get-raw-model'), aStep('go', 'execute-workflow', { component: quiet.componentId, workflow: child, waitComplete: true }, 'in')]);
    const parent = await quiet.run(flow, { input: { user_name: 'Pin' } });
    const newer = await quiet.insertFlow([aStep('stop', 'finish')], { kind: 'workflow' });
    const { sql } = quiet.database;
    await sql`update flows set published_version_id = (select published_version_id from flows where id = ${newer}) where id = ${child}`;
    await quiet.start();
    await quiet.finished(parent);
    const [pinned] = await sql`select v.flow_id from runs r join flow_versions v on v.id = r.flow_version_id where r.parent_run_id = ${parent}`;
    expect(pinned).toEqual({ flow_id: child });
    await quiet.close();
  });

  test('R14 a workflow that is gone fails the step, one that is not waited for goes on alone', async () => {
    const flow = await t.insertFlow([aStep('in', 'get-raw-model'), aStep('go', 'execute-workflow', { component: t.componentId, workflow: 'flw_gone' }, 'in')]);
    expect(await t.finished(await t.run(flow, { input: { user_name: 'x' } }))).toMatchObject({ status: 'failed', error: { code: 'FLOW_NOT_FOUND' } });
    const running = await t.finished(await t.run(await t.insertFlow(caller(false)), { input: { user_name: 'Eve' } }));
    expect(running).toMatchObject({ status: 'succeeded', output: { _workflow: { state: 'running', entryId: null } } });
    const [child] = await t.database.sql<{ id: string }[]>`select id from runs where parent_run_id = ${running.id}`;
    await t.finished(child?.id ?? '');
  });

  test('R21 a cancelled workflow fails the step that waits for it', async () => {
    // A lock on the entry keeps the child's update-model busy for as long as the test likes.
    const entryId = await entryOf('Held');
    const flow = await t.insertFlow([aStep('in', 'get-raw-model'), aStep('go', 'execute-workflow', { component: t.componentId, workflow: saveName, entryField: 'id', waitComplete: true }, 'in')]);
    let runId = '';
    await t.database.sql.begin(async (tx) => {
      await tx`select 1 from entries where component_id = ${t.componentId} and id = ${entryId} for update`;
      runId = await t.run(flow, { input: { id: entryId } });
      for (let tries = 0; tries < 100; tries++) {
        const [child] = await t.database.sql<{ id: string }[]>`select id from runs where parent_run_id = ${runId} and status = 'running'`;
        if (child && (await cancelRun(t.database, t.access, child.id)).ok) return new Promise((resolve) => setTimeout(resolve, 1_200)); // until its worker has seen it
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    });
    const run = await t.finished(runId);
    expect(run).toMatchObject({ status: 'failed', error: { code: 'WORKFLOW_FAILED' } });
    expect(await updateEntry(t.database, t.access, t.componentId, entryId, { data: { state: 2 } })).toMatchObject({ ok: true });
    expect((await instancesOf(entryId))[0]).toMatchObject({ state: 'cancelled' });
  });
});
