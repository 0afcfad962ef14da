import { expect, it } from 'vitest';
import { diffDefinitions } from '#flow/diff';
import type { FlowDefinition, Note } from '#flow/flow';
import { withRemoved } from './with-removed';

const flow = (stages: readonly (readonly [string, ...string[]])[], notes: readonly string[] = []): FlowDefinition => ({
  schema: 1, kind: 'dataflow', name: 'Flow',
  lanes: [{ id: 'main', stages: stages.map(([id, ...steps]) => ({ id, name: id, steps: steps.map((step) => ({ id: step, type: 'distinct', name: step })) })) }],
  notes: notes.map((id): Note => ({ id, pos: [0, 0], text: id })),
});
const shown = (after: FlowDefinition, before: FlowDefinition) => {
  const both = withRemoved(after, before, diffDefinitions(before, after));
  return [both.lanes[0]?.stages.map((stage) => [stage.id, ...stage.steps.map((step) => step.id)].join(' ')), (both.notes ?? []).map((note) => note.id)];
};

it('F30 what was removed stands where it stood: steps and stages behind the one they followed, empty ones and the first too', () => {
  const before = flow([['a', 'a1'], ['b', 'b1', 'b2'], ['c'], ['d', 'd1']], ['n', 'm']);
  expect(shown(flow([['b', 'b2'], ['d', 'd1'], ['e']], ['m']), before)).toEqual([['a a1', 'b b1 b2', 'c', 'd d1', 'e'], ['m', 'n']]);
});

it('F30 a removed step stands behind the nearest before it that is still there, several in their order', () => {
  expect(shown(flow([['a', 'a5', 'a1', 'new']]), flow([['a', 'a1', 'a2', 'a3', 'a4', 'a5', 'a6']]))).toEqual([['a a5 a6 a1 a2 a3 a4 new'], []]);
});

it('F30 a step that moved out of a removed stage is not shown twice', () => {
  expect(shown(flow([['a', 'a1', 'b1']]), flow([['a', 'a1'], ['b', 'b1']]))).toEqual([['a a1 b1', 'b'], []]);
});

it('F30 nothing removed, nothing made anew', () => {
  const after = flow([['a', 'a1']]);
  const before = flow([['a']]);
  expect(withRemoved(after, before, diffDefinitions(before, after))).toBe(after);
});
