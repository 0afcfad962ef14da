import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Executor } from '#db/client';
import { createEntry, getEntry, updateEntry } from '#db/entries';
import { flowVersions, flows } from '#db/schema/index';
import { eq } from 'drizzle-orm';
import { newId } from '#flow/id';
import type { Json } from '#flow/json';
import { cancelRun, requestRunIn, resumeRun, runEvents } from '#db/runs';
import { aStep, engineTest, type EngineTest } from './testing';

let t: EngineTest;
let double: string;
const given = aStep('given', 'get-raw-model');
const answer = (source: string) => aStep('answer', 'write-response', {}, source);
const math = (left: Json, op: string, right: Json, resultField: string, source = 'given') => aStep('math', 'simple-math', { operations: [{ left, op, right, resultField }] }, source);
beforeAll(async () => {
  t = await engineTest();
  await t.start();
  double = await t.insertFlow([given, math({ field: 'x' }, '*', { const: 2 }, 'double'), aStep('out', 'transform-model', { fieldsMapping: [{ target: 'double', value: { field: 'double' } }] }, 'math'), answer('out')], { name: 'Double' });
});
afterAll(() => t.close());

const calling = (dataflow: string, params: { [key: string]: Json } = {}, more: { onError?: 'continue' } = {}) => t.insertFlow([given, { ...aStep('call', 'execute-dataflow', { component: t.componentId, dataflow, resultField: 'res', ...params }, 'given'), ...more }, answer('call')]);
const ended = async (flowId: string, input: Json) => t.finished(await t.run(flowId, { input }));
const children = (runId: string) => t.database.sql<{ id: string; trigger: string; startedBy: string; depth: number; status: string }[]>`select id, trigger, started_by as "startedBy", depth, status from runs where parent_run_id = ${runId} order by id`;

/** A newer version of a flow, published. */
async function publish(flowId: string, definition: unknown, db: Executor = t.database.db) {
  const id = newId('ver');
  await db.insert(flowVersions).values({ id, flowId, number: 2, contentHash: id, definition });
  await db.update(flows).set({ publishedVersionId: id }).where(eq(flows.id, flowId));
}

describe('execute dataflow', () => {
  test('R60 stores the response of a sub-run that acts for the same person; each item is called', async () => {
    const run = await ended(await calling(double), [{ x: 2 }, { x: 5 }]);
    expect(run.output).toEqual([{ x: 2, res: { double: 4 } }, { x: 5, res: { double: 10 } }]);
    const own = await children(run.id);
    expect(own).toMatchObject([{ trigger: 'flow', startedBy: t.access.user?.id, depth: 1, status: 'succeeded' }, { depth: 1 }]);
    const events = await runEvents(t.database, t.access, run.id, { after: 0, limit: 100 });
    expect(events.ok && events.items.some((each) => each.type === 'step.waiting')).toBe(true);
  });

  test('R60 an array is called element by element, in order; an empty one not at all; null is called with {}', async () => {
    const flow = await calling(double, { itemsField: 'list' });
    expect((await ended(flow, { list: Array.from({ length: 20 }, (_, x) => ({ x })) })).output).toMatchObject({ res: Array.from({ length: 20 }, (_, x) => ({ double: 2 * x })) });
    const empty = await ended(flow, { list: [] });
    expect([empty.output, await children(empty.id)]).toEqual([{ list: [], res: [] }, []]);
    expect((await ended(flow, { list: [null, { x: 1 }] })).output).toMatchObject({ res: [{ double: null }, { double: 2 }] });
  });

  test('R60 no response is null, and without a result field the response is dropped', async () => {
    const silent = await t.insertFlow([given, aStep('same', 'distinct', {}, 'given')]);
    expect((await ended(await calling(silent), { x: 1 })).output).toEqual({ x: 1, res: null });
    const flow = await t.insertFlow([given, aStep('call', 'execute-dataflow', { component: t.componentId, dataflow: double }, 'given'), answer('call')]);
    expect((await ended(flow, { x: 1 })).output).toEqual({ x: 1 });
  });

  test('R61 a failing call fails the step with its cause and the sub-run; nothing begins after it', async () => {
    const bad = await t.insertFlow([given, math({ const: 1 }, '/', { field: 'x' }, 'q'), answer('math')]);
    const run = await ended(await calling(bad, { itemsField: 'list' }), { list: [{ x: 0 }, ...Array.from({ length: 30 }, () => ({ x: 1 }))] });
    const own = await children(run.id);
    expect(run.error).toMatchObject({ code: 'SUBFLOW_FAILED', stepId: 'call', details: { runId: own[0]?.id, cause: { code: 'DIVISION_BY_ZERO', stepId: 'math' } } });
    expect(own.length).toBeLessThan(31);
  });

  test('R15 with "continue on error" the other items have their answer, and the failed one its error', async () => {
    const bad = await t.insertFlow([given, math({ const: 1 }, '/', { field: 'x' }, 'q'), answer('math')]);
    expect((await ended(await calling(bad, {}, { onError: 'continue' }), [{ x: 1 }, { x: 0 }, { x: 2 }])).output).toMatchObject([{ res: { q: 1 } }, { x: 0, $error: { code: 'SUBFLOW_FAILED' } }, { res: { q: 0.5 } }]);
  });

  test('R61 a resumed run repeats the failed calls only', async () => {
    const component = t.componentId;
    const made = await createEntry(t.database, t.access, component, { data: { user_name: 'Ana', state: 0 } });
    if (!made.ok) throw new Error('no entry');
    const fragile = await t.insertFlow([given, aStep('get', 'get-entity-by-id', { component, srcField: 'id', dstField: 'e' }, 'given'), math({ const: 1 }, '/', { field: 'e.data.state' }, 'q', 'get'), answer('math')]);
    const run = await ended(await calling(fragile), [{ id: made.entry.id }]);
    expect(run.error?.code).toBe('SUBFLOW_FAILED');
    const two = await ended(await calling(fragile, { itemsField: 'list' }), { list: [{ id: made.entry.id }] });
    await updateEntry(t.database, t.access, component, made.entry.id, { data: { state: 4 } });
    for (const each of [run, two]) expect((await resumeRun(t.database, t.access, each.id)).ok).toBe(true);
    expect((await t.finished(run.id)).output).toMatchObject([{ res: { q: 0.25 } }]);
    expect((await children(run.id)).map((each) => each.status)).toEqual(['failed', 'succeeded']);
    await t.finished(two.id);
  });

  test('R24 a run keeps the versions its outermost run began with, two levels down', async () => {
    const middle = await calling(double);
    const outer = await calling(middle);
    const requested = await t.database.db.transaction(async (tx) => {
      const { runId } = await requestRunIn(tx, t.access, outer, { input: { x: 3 } });
      const [old] = await tx.select().from(flowVersions).where(eq(flowVersions.flowId, double));
      await publish(double, JSON.parse(JSON.stringify(old?.definition).replace('"const":2', '"const":100')), tx);
      return runId;
    });
    expect((await t.finished(requested)).output).toMatchObject({ res: { res: { double: 6 } } });
    expect((await ended(outer, { x: 3 })).output).toMatchObject({ res: { res: { double: 300 } } });
  });

  test('R61 a flow may call itself, ten levels deep at most', async () => {
    const flowId = await t.insertFlow([given]);
    const steps = [given, aStep('filter', 'filter-source', { srcField: 'n', operator: 'greater', filterValue: { const: 0 } }, 'given'), aStep('less', 'simple-math', { operations: [{ left: { field: 'n' }, op: '-', right: { const: 1 }, resultField: 'n' }] }, 'filter'),
      aStep('call', 'execute-dataflow', { component: t.componentId, dataflow: flowId, resultField: 'inner' }, 'less'), answer('call')];
    await publish(flowId, { schema: 1, kind: 'dataflow', name: 'Down', lanes: [{ id: 'main', stages: [{ id: 'stg', name: 'Stage', steps }] }] });
    expect((await ended(flowId, { n: 3 })).output).toMatchObject({ n: 2, inner: { n: 1, inner: { n: 0, inner: null } } });
    const deep = await ended(flowId, { n: 50 });
    expect(deep.error?.code).toBe('SUBFLOW_FAILED');
    expect(JSON.stringify(deep.error?.details)).toContain('SUBFLOW_FAILED');
  });

  test('an answer that was given before the called flow failed counts, with a warning', async () => {
    const late = await t.insertFlow([given, answer('given'), math({ const: 1 }, '/', { const: 0 }, 'q')]);
    expect(await ended(await calling(late), { x: 1 })).toMatchObject({ status: 'succeeded', warnings: 1, output: { res: { x: 1 } } });
  });

  test('a called flow that takes a workflow’s model is not called by a workflow here', async () => {
    const flow = await t.insertFlow([aStep('model', 'get-workflow-model'), answer('model')]);
    expect((await ended(await calling(flow), { x: 1 })).error).toMatchObject({ code: 'SUBFLOW_FAILED', details: { cause: { code: 'NOT_CALLED_FROM_WORKFLOW' } } });
  });

  test('R20 a run that waits for a sub-run is cancelled at once', async () => {
    const [slow, outer] = [await calling(double), await calling(double)];
    void slow;
    const runId = await t.run(outer, { input: Array.from({ length: 300 }, (_, x) => ({ x })) });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const cancelled = await cancelRun(t.database, t.access, runId);
    expect(['cancelled', 'succeeded']).toContain((await t.finished(runId)).status);
    expect(cancelled.ok || cancelled.failure.code === 'STATE_INVALID').toBe(true);
  });
});

describe('execute dataflow of a workflow', () => {
  const workflow = (dataflow: string, params: { [key: string]: Json } = {}) => t.insertFlow([aStep('call', 'execute-dataflow', { dataflow, ...params }), aStep('save', 'update-model')], { kind: 'workflow', name: 'Approval' });
  const setting = (value: Json) => t.insertFlow([aStep('model', 'get-workflow-model'), aStep('out', 'transform-model', { fieldsMapping: [{ target: 'data.state', value: { const: value } }, { target: 'data.unknown', value: { const: 1 } }] }, 'model'), answer('out')]);
  const entryOf = async (state = 0) => {
    const made = await createEntry(t.database, t.access, t.componentId, { data: { user_name: 'Ana', state } });
    if (!made.ok) throw new Error('no entry');
    return made.entry.id;
  };
  const stored = async (id: number) => {
    const found = await getEntry(t.database, t.access, t.componentId, id);
    return found.ok ? found.entry : null;
  };

  test('R62 the response sets same-named fields of the model; the flow is given the model and where it was called', async () => {
    const entryId = await entryOf();
    const run = await t.finished(await t.run(await workflow(await setting(1)), { entryId }));
    expect(run).toMatchObject({ status: 'succeeded', output: { data: { user_name: 'Ana', state: 1 } } });
    expect((await stored(entryId))?.data).toEqual({ user_name: 'Ana', state: 1 });
    const seen = await t.insertFlow([aStep('model', 'get-workflow-model'), answer('model')]);
    const echo = await t.finished(await t.run(await workflow(seen, { applyResponse: false }), { entryId }));
    const [child] = await children(echo.id);
    expect((await t.finished(child?.id ?? '')).output).toMatchObject({ id: entryId, data: { state: 1 }, $workflow: { instanceId: expect.any(String), workflow: 'Approval', stage: 'Stage' } });
    expect(child).toMatchObject({ trigger: 'workflow', startedBy: t.access.user?.id });
  });

  test('R62 without "apply response", and with none or a list, the model stays; a list is said', async () => {
    const run = async (dataflow: string, params = {}) => t.finished(await t.run(await workflow(dataflow, params), { entryId: await entryOf() }));
    expect((await run(await setting(1), { applyResponse: false })).output).toMatchObject({ data: { state: 0 } });
    expect((await run(await t.insertFlow([aStep('model', 'get-workflow-model'), aStep('same', 'distinct', {}, 'model')]))).output).toMatchObject({ data: { state: 0 } });
    const list = await t.insertFlow([aStep('given', 'get-raw-model'), aStep('rows', 'transform-model', { fieldsMapping: [{ target: 'rows', value: { const: [{ state: 9 }] } }] }, 'given'), aStep('each', 'extract-collection', { modelPath: 'rows' }, 'rows'), answer('each')]);
    expect(await run(list)).toMatchObject({ warnings: 1, output: { data: { state: 0 } } });
  });

  test('R62 the model is loaded again when the flow changed the same entry, and what was not saved yet stays', async () => {
    const entryId = await entryOf();
    const writes = await t.insertFlow([aStep('model', 'get-workflow-model'), aStep('write', 'update-entry', { component: t.componentId, keyField: 'id', fieldsMapping: [{ target: 'state', value: { const: 5 } }] }, 'model')]);
    const flow = await t.insertFlow([aStep('set', 'update-model-field', { modelField: 'user_name', value: 'Bo' }), aStep('call', 'execute-dataflow', { dataflow: writes }), aStep('save', 'update-model')], { kind: 'workflow' });
    expect(await t.finished(await t.run(flow, { entryId }))).toMatchObject({ status: 'succeeded', warnings: 0, output: { data: { user_name: 'Bo', state: 5 } } });
    expect((await stored(entryId))?.data).toEqual({ user_name: 'Bo', state: 5 });
    const both = await t.insertFlow([aStep('set', 'update-model-field', { modelField: 'state', value: 1 }), aStep('call', 'execute-dataflow', { dataflow: writes }), aStep('save', 'update-model')], { kind: 'workflow' });
    const other = await entryOf();
    expect(await t.finished(await t.run(both, { entryId: other }))).toMatchObject({ status: 'failed', error: { code: 'CONFLICT', stepId: 'save' } });
  });

  test('R61 the sub-flow’s failure fails the instance; resumed, it is called again', async () => {
    const entryId = await entryOf(0);
    const fragile = await t.insertFlow([aStep('model', 'get-workflow-model'), math({ const: 10 }, '/', { field: 'data.state' }, 'q', 'model')]);
    const run = await t.finished(await t.run(await workflow(fragile), { entryId }));
    expect(run.error).toMatchObject({ code: 'SUBFLOW_FAILED', stepId: 'call' });
    expect((await resumeRun(t.database, t.access, run.id)).ok).toBe(true);
    expect((await t.finished(run.id)).status).toBe('failed');
    expect(await children(run.id)).toHaveLength(2);
  });
});
