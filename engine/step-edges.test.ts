import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEntry, getEntry, updateEntry } from '#db/entries';
import { rerunRun } from '#db/run-control';
import { components } from '#db/schema/index';
import { newId } from '#flow/id';
import type { Json, JsonObject } from '#flow/json';
import { aStep, engineTest, type EngineTest } from './testing';

/** The edges of steps that only show over a real database. */
let t: EngineTest;
beforeAll(async () => {
  t = await engineTest();
  await t.start();
});
afterAll(() => t.close());

const made = async (componentId: string, data: JsonObject) => {
  const answer = await createEntry(t.database, t.access, componentId, { data });
  if (!answer.ok) throw new Error(answer.failure.message);
  return answer.entry;
};
const stored = async (componentId: string, id: number) => {
  const answer = await getEntry(t.database, t.access, componentId, id);
  return answer.ok ? answer.entry : null;
};
const outputOf = async (type: string, params: JsonObject, input: Json) => {
  const run = await t.finished(await t.run(await t.insertFlow([aStep('in', 'get-raw-model'), aStep('s', type, params, 'in'), aStep('out', 'write-response', {}, 's')]), { input }));
  return run.error ? run.error : run.output;
};

describe('update entry', () => {
  test('a required virtual field is a form’s: steps neither fill nor miss it, programs must', async () => {
    const id = newId('cmp');
    await t.database.db.insert(components).values({ id, workspaceId: t.access.workspaceId, title: 'Forms', fields: [{ name: 'a', title: 'A', type: 'string' }, { name: 'accepted', title: 'Accepted', type: 'boolean', required: true, virtual: true }] });
    expect(await outputOf('update-entry', { component: id }, { a: 'x' })).toMatchObject({ _entry: 1 });
    expect(await outputOf('update-entry', { component: id, keyField: 'k' }, { k: 1, a: 'y', accepted: 5 })).toMatchObject({ _entry: 1 });
    expect(await stored(id, 1)).toMatchObject({ data: { a: 'y' } });
    expect(await createEntry(t.database, t.access, id, { data: { a: 'x' } })).toMatchObject({ failure: { code: 'VALIDATION_FAILED' } });
  });

  test('an id far beyond any is of no entry, and a time zone that cannot be is no time', async () => {
    const id = newId('cmp');
    await t.database.db.insert(components).values({ id, workspaceId: t.access.workspaceId, title: 'Times', fields: [{ name: 'at', title: 'At', type: 'datetime' }] });
    expect(await outputOf('update-entry', { component: id, keyField: 'k' }, { k: 9_007_199_254_740_991 })).toMatchObject({ code: 'ENTRY_NOT_FOUND' });
    expect(await outputOf('get-entity-by-id', { component: id, srcField: 'k', dstField: 'e' }, [{ k: 9_007_199_254_740_991 }, { k: '99999999999' }, { k: -1 }])).toMatchObject([{ e: null }, { e: null }, { e: null }]);
    expect(await outputOf('query-entity-by-filter', { component: id, dstField: 'e', filter: { all: [{ field: 'id', operator: 'equal', value: { field: 'k' } }] } }, [{ k: 9_007_199_254_740_991 }, { k: 1.5 }])).toMatchObject([{ e: [] }, { e: [] }]);
    expect(await outputOf('update-entry', { component: id }, { at: '2026-01-01T00:00:00+99:99' })).toMatchObject({ code: 'VALIDATION_FAILED' });
    expect(await outputOf('update-entry', { component: id }, { at: '2026-01-01T00:00:00+15:59' })).toMatchObject({ _entry: 1 });
  });
});

describe('execute workflow', () => {
  const caller = async (params: JsonObject = {}) => [aStep('in', 'get-action-model'), aStep('go', 'execute-workflow', { component: t.componentId, workflow: await t.insertFlow([aStep('save', 'update-model')], { kind: 'workflow' }), waitComplete: true, ...params }, 'in'), aStep('out', 'write-response', {}, 'go')];

  test('R96 an entry model hands over its fields as they are given, and "Update model" saves them', async () => {
    const { id, updateDate } = await made(t.componentId, { user_name: 'Ana', state: 1 });
    const run = await t.finished(await t.run(await t.insertFlow(await caller()), { input: { id, name: null, updateDate, data: { user_name: 'Bo', gone: 1 } } }));
    expect(run, JSON.stringify(run.error)).toMatchObject({ status: 'succeeded', output: { _workflow: { state: 'finished', entryId: id } } });
    expect(await stored(t.componentId, id)).toMatchObject({ data: { user_name: 'Bo', state: null } });
  });

  test('R96 what is incomplete starts nothing, and what somebody changed since is a conflict', async () => {
    const { id, updateDate } = await made(t.componentId, { user_name: 'Cy', state: 1 });
    const flow = await t.insertFlow(await caller());
    expect(await t.finished(await t.run(flow, { input: { id, updateDate, data: { user_name: '' } } }))).toMatchObject({ error: { code: 'VALIDATION_FAILED' } });
    await updateEntry(t.database, t.access, t.componentId, id, { data: { user_name: 'Theirs' } });
    const run = await t.finished(await t.run(flow, { input: { id, updateDate, data: { user_name: 'Mine', state: 1 } } }));
    expect(run).toMatchObject({ status: 'failed', error: { code: 'WORKFLOW_FAILED', details: { code: 'CONFLICT' } } });
    expect(await stored(t.componentId, id)).toMatchObject({ data: { user_name: 'Theirs' } });
  });

  test('R96 a reference or an id is the entry as it is stored; a rerun does not give old values again', async () => {
    const workflow = await t.insertFlow([aStep('save', 'update-model')], { kind: 'workflow' });
    const first = await t.finished(await t.run(workflow, { input: { user_name: 'Di', state: 1 } }));
    const [child] = await t.database.sql<{ entry_id: number }[]>`select entry_id from runs where id = ${first.id}`;
    await updateEntry(t.database, t.access, t.componentId, child?.entry_id ?? 0, { data: { user_name: 'Later' } });
    const again = await rerunRun(t.database, t.access, first.id, {});
    await t.finished(again.ok ? again.runId : '');
    expect(await stored(t.componentId, child?.entry_id ?? 0)).toMatchObject({ data: { user_name: 'Later' } });
    const input = { id: child?.entry_id ?? 0, user_name: 'Not meant' };
    await t.finished(await t.run(workflow, { input }));
    expect(await stored(t.componentId, input.id)).toMatchObject({ data: { user_name: 'Later' } });
    await t.finished(await t.run(workflow, { input: { id: input.id, data: { user_name: 'Meant' } } }));
    expect(await stored(t.componentId, input.id)).toMatchObject({ data: { user_name: 'Meant' } });
  });
});

describe('apply deferred update operations', () => {
  test('a source without items writes nothing, none at all gives the counts', async () => {
    const flow = (source?: string) => t.insertFlow([
      aStep('in', 'get-raw-model'), aStep('queue', 'deferred-update-entry', { component: t.componentId }, 'in'),
      aStep('none', 'filter-source', { srcField: 'user_name', filterValue: { const: 'nobody' } }, 'queue'), aStep('apply', 'apply-deferred-update-operations', {}, source), aStep('out', 'write-response', {}, 'apply'),
    ]);
    expect(await t.finished(await t.run(await flow('none'), { input: { user_name: 'Ed' } }))).toMatchObject({ status: 'succeeded', steps: { apply: { status: 'skipped' } } });
    expect(await t.finished(await t.run(await flow(), { input: { user_name: 'Ed' } }))).toMatchObject({ status: 'succeeded', output: { _applied: { created: 1, updated: 0, deleted: 0, failed: [] } } });
  });
});
