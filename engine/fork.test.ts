import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEntry, listEntries } from '#db/entries';
import { forkRun, getRun, runEvents, runItems, verifyRun, type ForkOptions } from '#db/runs';
import type { Json } from '#flow/json';
import { flowDefinition, type Step } from '#flow/flow';
import { newId } from '#flow/id';
import { flowVersions } from '#db/schema/index';
import { aStep, engineTest, type EngineTest } from './testing';

let t: EngineTest;
beforeAll(async () => {
  t = await engineTest();
  await t.start();
});
afterAll(() => t.close());

const saving = (id: string, source: string) => aStep(id, 'update-entry', { component: t.componentId, fieldsMapping: [{ target: 'user_name', value: { field: 'n' } }] }, source);
const total = async () => {
  const listed = await listEntries(t.database, t.access, t.componentId, { limit: 1 });
  return listed.ok ? listed.total : -1;
};
const fork = async (runId: string, options: ForkOptions): Promise<string> => {
  const asked = await forkRun(t.database, t.access, runId, options);
  if (!asked.ok) throw new Error(`${asked.failure.code}: ${asked.failure.message}`);
  return asked.runId;
};
const logOf = async (runId: string) => {
  const events = await runEvents(t.database, t.access, runId, { after: 0, limit: 1_000 });
  return events.ok ? events.items : [];
};
const steps = (): Step[] => [
  aStep('in', 'get-raw-model'), saving('save', 'in'), aStep('once', 'distinct', {}, 'save'), aStep('keep', 'filter-source', { srcField: 'n', operator: 'notEqual', filterValue: { const: 'B' } }, 'once'), saving('again', 'keep'), aStep('out', 'write-response', {}, 'keep'),
];
const input: Json = [{ n: 'A' }, { n: 'B' }];

describe('a fork', () => {
  test('R52 uses what was recorded before its step, repeats no effect of it, and says where it came from', async () => {
    const before = await total();
    const first = await t.finished(await t.run(await t.insertFlow(steps()), { input }));
    expect(await total() - before).toBe(3);
    const forkId = await fork(first.id, { fromStep: 'keep' });
    const second = await t.finished(forkId);
    expect(second, JSON.stringify(second.error)).toMatchObject({ status: 'succeeded', forkedFrom: first.id, input, output: first.output, stepsDone: 6, version: 1 });
    expect(await total() - before, 'only the step behind the fork saved again').toBe(4);
    const log = await logOf(forkId);
    const begun = (await logOf(first.id)).find((event) => event.type === 'step.started' && event.stepId === 'keep')?.seq ?? 0;
    expect(second.forkedAtSeq).toBe(begun - 1);
    expect(log.slice(0, 7).map((event) => `${event.type} ${event.stepId ?? ''}`.trim())).toEqual(['run.requested', 'step.started in', 'step.succeeded in', 'step.started save', 'step.succeeded save', 'step.started once', 'step.succeeded once']);
    expect(log[0]).toMatchObject({ data: { fork: { runId: first.id, seq: begun - 1, fromStep: 'keep', allowEffects: true } } });
    expect(log.filter((event) => event.type === 'step.succeeded').map((event) => event.type === 'step.succeeded' && event.data.reused === true)).toEqual([true, true, true, false, false, false]);
    expect(await verifyRun(t.database, t.access, forkId)).toMatchObject({ verified: { ok: true } });
    expect(await runItems(t.database, t.access, forkId, 'save', { side: 'out', offset: 0, limit: 5 })).toEqual(await runItems(t.database, t.access, first.id, 'save', { side: 'out', offset: 0, limit: 5 }));
  });

  test('R52 edited input replaces what that one step takes in, also where there was none', async () => {
    const first = await t.finished(await t.run(await t.insertFlow(steps()), { input }));
    const forkId = await fork(first.id, { fromStep: 'keep', input: [{ n: 'X' }, { n: 'B' }, { n: 'Y' }] });
    const second = await t.finished(forkId);
    expect(second).toMatchObject({ status: 'succeeded', output: [{ n: 'X' }, { n: 'Y' }], steps: { once: { itemsOut: 2 }, keep: { itemsIn: 3, itemsOut: 2 } } });
    expect(await runItems(t.database, t.access, forkId, 'keep', { side: 'in', offset: 1, limit: 5 })).toMatchObject({ items: [{ n: 'B' }, { n: 'Y' }], total: 3, many: true });
    const none = await t.finished(await fork(first.id, { fromStep: 'keep', input: [] }));
    expect(none).toMatchObject({ status: 'succeeded', steps: { keep: { status: 'skipped' }, again: { status: 'skipped' } }, output: [] });
    const empty = await t.finished(await t.run(await t.insertFlow(steps()), { input: [] }));
    expect(empty.steps['keep']?.status).toBe('skipped');
    const filled = await t.finished(await fork(empty.id, { fromStep: 'keep', input: { n: 'Z' } }));
    expect(filled).toMatchObject({ status: 'succeeded', steps: { keep: { status: 'succeeded', itemsOut: 1 } } });
    const caller = await t.finished(await fork(first.id, { fromStep: 'in', input: { n: 'C' } }));
    expect(caller).toMatchObject({ status: 'succeeded', input: { n: 'C' }, output: { n: 'C' } });
  });

  test('R53 only the effects that are allowed happen; the other steps pass their source on', async () => {
    const first = await t.finished(await t.run(await t.insertFlow(steps()), { input }));
    const before = await total();
    const none = await t.finished(await fork(first.id, { fromStep: 'in', allowEffects: false }));
    expect(none).toMatchObject({ status: 'succeeded', output: [{ n: 'A' }], steps: { save: { status: 'skipped', reason: { en: expect.stringContaining('not allowed in this fork') } }, again: { status: 'skipped' } } });
    expect(await total()).toBe(before);
    expect(await runItems(t.database, t.access, none.id, 'once', { side: 'in', offset: 0, limit: 5 })).toMatchObject({ total: 2 });
    const one = await t.finished(await fork(first.id, { fromStep: 'in', allowEffects: ['again'] }));
    expect(one).toMatchObject({ status: 'succeeded', steps: { save: { status: 'skipped' }, again: { status: 'succeeded' } } });
    expect(await total() - before).toBe(1);
  });

  test('R52 a fork may use another version; steps it does not have are forgotten', async () => {
    const flowId = await t.insertFlow(steps());
    const first = await t.finished(await t.run(flowId, { input }));
    const changed = flowDefinition.parse({ schema: 1, kind: 'dataflow', name: 'F', lanes: [{ id: 'main', stages: [{ id: 'stg', name: 'S', steps: [
      aStep('in', 'get-raw-model'), aStep('once', 'distinct', {}, 'in'), aStep('keep', 'filter-source', { srcField: 'n', operator: 'equal', filterValue: { const: 'B' } }, 'once'), aStep('out', 'write-response', {}, 'keep'),
    ] }] }] });
    await t.database.db.insert(flowVersions).values({ id: newId('ver'), flowId, number: 2, contentHash: newId('h'), definition: changed });
    const second = await t.finished(await fork(first.id, { fromStep: 'keep', version: 2 }));
    expect(second).toMatchObject({ status: 'succeeded', version: 2, output: [expect.objectContaining({ n: 'B' })] });
    expect(second.steps['save']).toBeUndefined();
    expect(second.steps['once']).toMatchObject({ status: 'succeeded' });
  });

  test('R52 a fork of a failed run goes on where it failed; a fork behind the answer keeps the answer', async () => {
    const broken = await t.finished(await t.run(await t.insertFlow([aStep('in', 'get-raw-model'), saving('save', 'in'), aStep('out', 'write-response', {}, 'save')]), { input: [{ n: 'A' }, { n: null }] }));
    expect(broken.status).toBe('failed');
    const mended = await t.finished(await fork(broken.id, { fromStep: 'save', input: [{ n: 'A' }, { n: 'B' }] }));
    expect(mended).toMatchObject({ status: 'succeeded', steps: { save: { itemsOut: 2 } } });
    const answered = await t.finished(await t.run(await t.insertFlow([aStep('in', 'get-raw-model'), aStep('out', 'write-response', {}, 'in'), saving('late', 'in')]), { input: { n: 'A' } }));
    const behind = await t.finished(await fork(answered.id, { fromStep: 'late' }));
    expect(behind).toMatchObject({ status: 'succeeded', output: { n: 'A' }, steps: { late: { status: 'succeeded' } } });
  });

  test('R52 a workflow is forked with the model as it was, or as edited, in an attempt of its own', async () => {
    const flow = await t.insertFlow([aStep('set', 'update-model-field', { modelField: 'state', value: 7 }), aStep('save', 'update-model'), aStep('end', 'finish')], { kind: 'workflow' });
    const made = await createEntry(t.database, t.access, t.componentId, { data: { user_name: 'Max', state: 1 } });
    const entryId = made.ok ? made.entry.id : 0;
    const first = await t.finished(await t.run(flow, { entryId }));
    expect(first).toMatchObject({ status: 'succeeded' });
    const second = await t.finished(await fork(first.id, { fromStep: 'save', input: { data: { user_name: 'Max', state: 9 } } }));
    expect(second, JSON.stringify(second.error)).toMatchObject({ status: 'succeeded', entryId, output: { data: { state: 9 } }, steps: { set: { status: 'succeeded' }, save: { status: 'succeeded' } } });
    expect(await runItems(t.database, t.access, second.id, 'save', { side: 'in', offset: 0, limit: 1 })).toMatchObject({ items: [{ data: { state: 9 } }] });
    expect(await forkRun(t.database, t.access, first.id, { fromStep: 'save', input: [1] })).toMatchObject({ failure: { code: 'PARAM_INVALID', path: 'input' } });
  });

  test('R54 a fork from a step that is not there, of a run that is not there, or with a bad input is refused and nothing is stored', async () => {
    const first = await t.finished(await t.run(await t.insertFlow(steps()), { input }));
    const runs = async () => Number((await t.database.sql`select count(*) from runs`)[0]?.['count']);
    const before = await runs();
    const code = async (options: ForkOptions, runId = first.id) => {
      const asked = await forkRun(t.database, t.access, runId, options);
      return asked.ok ? 'ok' : `${asked.failure.code} ${asked.failure.path ?? ''}`.trim();
    };
    expect(await code({ fromStep: 'nowhere' })).toBe('STEP_NOT_FOUND fromStep');
    expect(await code({ fromStep: 'keep', allowEffects: ['nowhere'] })).toBe('STEP_NOT_FOUND allowEffects');
    expect(await code({ fromStep: 'keep', version: 99 })).toBe('VERSION_NOT_FOUND');
    expect(await code({ fromStep: 'keep', input: 'text' })).toBe('PARAM_INVALID input');
    expect(await code({ fromStep: 'keep', input: [1] })).toBe('PARAM_INVALID input');
    let deep: Json = 1;
    for (let at = 0; at < 80; at++) deep = { a: deep };
    expect(await code({ fromStep: 'keep', input: deep })).toBe('PARAM_INVALID input');
    expect(await code({ fromStep: 'keep' }, '00000000-0000-7000-8000-000000000000')).toBe('RUN_NOT_FOUND');
    expect(await forkRun(t.database, { ...t.access, workspaceId: 'wks_other' }, first.id, { fromStep: 'keep' })).toMatchObject({ failure: { code: 'RUN_NOT_FOUND' } });
    expect(await forkRun(t.database, { ...t.access, role: 'viewer' }, first.id, { fromStep: 'keep' })).toMatchObject({ failure: { code: 'ACCESS_DENIED' } });
    expect(await runs()).toBe(before);
    expect(await getRun(t.database, t.access, first.id)).toMatchObject({ run: { status: 'succeeded' } });
  });
});
