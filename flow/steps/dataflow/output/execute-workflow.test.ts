import { expect, test } from 'vitest';
import type { JsonObject } from '../../../json';
import type { ChildRun } from '../../capabilities';
import { failureOf, itemsOf, outcomeOf, world } from '../../testing';
import { executeWorkflow } from './execute-workflow';

const params = (more: JsonObject = {}): JsonObject => ({ component: 'cmp_1', workflow: 'flw_1', ...more });
const ended = (status: ChildRun['status'], state: string): ChildRun => ({ status, state, entryId: 5, output: null });

test('the whole item becomes an entry model of the component, unknown keys dropped', async () => {
  const at = world();
  expect(await itemsOf(executeWorkflow, params(), { source: [{ id: 0, data: { user_name: 'Ana', x: 1 } }] }, at)).toEqual([{ id: 0, data: { user_name: 'Ana', x: 1 }, _workflow: { instanceId: 'wfi_1', state: 'running', entryId: null } }]);
  expect(at.started[0]?.model).toEqual({ data: { user_name: 'Ana' }, name: null });
});

test.each([[7], ['7'], [{ id: 7, name: 'x' }]])('%j is the entry with that id', async (value) => {
  const at = world();
  await itemsOf(executeWorkflow, params({ entryField: 'e' }), { source: [{ e: value }] }, at);
  expect(at.started[0]?.model).toEqual({ entryId: 7 });
});

test('R96 an entry model names its entry and says what its fields are for this run', async () => {
  const at = world();
  await itemsOf(executeWorkflow, params({ entryField: 'e' }), { source: [{ e: { id: 7, data: { user_name: 'A' } } }] }, at);
  expect(at.started[0]?.model).toEqual({ entryId: 7, given: { id: 7, data: { user_name: 'A' } } });
});

test('F33 an empty field and text that is no id fail with their item, and with "continue" the others start', async () => {
  expect(await failureOf(itemsOf(executeWorkflow, params({ entryField: 'e' }), { source: [{ e: 1 }, { e: null }] }))).toMatchObject({ code: 'ENTRY_NOT_FOUND', itemIndex: 1 });
  expect(await failureOf(itemsOf(executeWorkflow, params({ entryField: 'e' }), { source: [{ e: 'abc' }] }))).toMatchObject({ code: 'TYPE_MISMATCH', itemIndex: 0 });
  const at = world({ onError: 'continue' });
  expect(await outcomeOf(executeWorkflow, params({ entryField: 'e' }), { source: [{ e: null }, { e: 2 }] }, at)).toMatchObject({ items: [{ $error: { code: 'ENTRY_NOT_FOUND' } }, { _workflow: { entryId: 2 } }] });
  expect(at.started).toHaveLength(1);
});

test('waiting for completion parks the step until the workflows end, and starts none twice', async () => {
  const at = world({ children: {} });
  const wait = () => outcomeOf(executeWorkflow, params({ waitComplete: true }), { source: [{ user_name: 'A' }, { user_name: 'B' }] }, at);
  expect(await wait()).toMatchObject({ kind: 'waiting', childRuns: ['run_1', 'run_2'] });
  at.use.childRun = async () => ended('succeeded', 'finished');
  expect(await wait()).toMatchObject({ items: [{ _workflow: { state: 'finished', entryId: 5 } }, { _workflow: { state: 'finished' } }] });
  expect(at.started).toHaveLength(2);
});

test('a workflow that asks a person is answered with its state, one that failed fails the step', async () => {
  const asked = world({ children: { run_1: ended('waiting', 'waiting') } });
  expect(await itemsOf(executeWorkflow, params({ waitComplete: true }), { source: [{ user_name: 'A' }] }, asked)).toMatchObject([{ _workflow: { state: 'waiting' } }]);
  const failed = world({ children: { run_1: ended('failed', 'failed') } });
  expect(await failureOf(itemsOf(executeWorkflow, params({ waitComplete: true }), { source: [{ user_name: 'A' }] }, failed))).toMatchObject({ code: 'WORKFLOW_FAILED', itemIndex: 0 });
});

test('F36 five hundred items start five hundred instances, in order', async () => {
  const at = world();
  await itemsOf(executeWorkflow, params({ entryField: 'e' }), { source: Array.from({ length: 500 }, (_, e) => ({ e: e + 1 })) }, at);
  expect(at.started.map((each) => ('entryId' in each.model ? each.model.entryId : 0))).toEqual(Array.from({ length: 500 }, (_, e) => e + 1));
});
