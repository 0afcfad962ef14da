import { expect, test } from 'vitest';
import type { FlowDefinition, Step } from '#flow/flow';
import type { RunEvent } from '#flow/run-event';
import { foldEvents, initialRunState } from '#flow/run-state';
import { createRunBoard } from './run-board';

const [given, once, large]: [Step, Step, Step] = [{ id: 'a', type: 'get-raw-model', name: 'Given' }, { id: 'b', type: 'distinct', name: 'Once', sources: { source: 'a' } }, { id: 'c', type: 'distinct', name: 'Large', sources: { source: 'b' } }];
const definition: FlowDefinition = { schema: 1, kind: 'dataflow', name: 'F', lanes: [{ id: 'main', stages: [{ id: 's', name: 'S', steps: [given, once, large] }] }] };
const at = '2026-01-01T00:00:00.000Z';
const events: RunEvent[] = [
  { seq: 1, type: 'run.started', at, data: { worker: 'w' } },
  { seq: 2, type: 'step.started', stepId: 'a', at, data: { itemsIn: 0 } },
  { seq: 3, type: 'step.succeeded', stepId: 'a', at, data: { itemsIn: 0, itemsOut: 1, durationMs: 1, warnings: 0 } },
];
const after = (count: number) => foldEvents(initialRunState, events.slice(0, count));

test('F71 an event changes what the cards it touches read, and nobody else’s', () => {
  const board = createRunBoard();
  expect(board.ofStep(given), 'no run').toBeNull();
  board.show(definition, after(1));
  const before = [given, once, large].map((step) => board.ofStep(step));
  board.show(definition, after(2));
  expect([given, once, large].map((step, place) => board.ofStep(step) === before[place])).toEqual([false, true, true]);
  board.show(definition, after(3));
  expect([given, once, large].map((step, place) => board.ofStep(step) === before[place]), 'the next one no longer waits for it').toEqual([false, false, true]);
  expect(before.map((each) => each?.waitsFor)).toEqual([null, 'Given', 'Once']);
  expect([board.ofStep(once)?.waitsFor, board.ofStep(large)?.waitsFor]).toEqual([null, 'Once']);
  board.show(definition, null);
  expect(board.ofStep(given), 'the run was let go').toBeNull();
});

test('F71 readers are told once for each new state and not for the same one', () => {
  const board = createRunBoard();
  let told = 0;
  const stop = board.subscribe(() => told++);
  const state = after(2);
  board.show(definition, state);
  board.show(definition, state);
  expect([told, board.get().run]).toEqual([1, state]);
  stop();
  board.show(definition, after(3));
  expect(told).toBe(1);
});

test('F71 a branch is passed by for its steps and its lane as soon as the condition has chosen', () => {
  const inBranch: Step = { id: 'n', type: 'finish', name: 'No' };
  const branched: FlowDefinition = { schema: 1, kind: 'workflow', name: 'W', lanes: [
    { id: 'main', stages: [{ id: 's', name: 'S', steps: [{ id: 'if', type: 'if', name: 'If' }] }] },
    { id: 'no', when: { step: 'if', case: 'alternative' }, stages: [{ id: 't', name: 'T', steps: [inBranch] }] },
  ] };
  const board = createRunBoard();
  board.show(branched, after(1));
  expect([board.get().fates.get('no'), board.ofStep(inBranch)?.passed]).toEqual(['open', false]);
  board.show(branched, foldEvents(initialRunState, [{ seq: 1, type: 'step.started', stepId: 'if', at, data: { itemsIn: 1 } }, { seq: 2, type: 'step.succeeded', stepId: 'if', at, data: { itemsIn: 1, itemsOut: 1, durationMs: 1, warnings: 0, next: { to: 'next' } } }]));
  expect([board.get().fates.get('no'), board.ofStep(inBranch)?.passed]).toEqual(['passed', true]);
});
