import { expect, test } from 'vitest';
import type { FlowDefinition, Step } from '#flow/flow';
import { initialRunState, pendingStep, type RunState, type StepState } from '#flow/run-state';
import { laneFates, passedSteps } from './lane-fate';

const step = (id: string): Step => ({ id, type: 'finish', name: id });
const lane = (id: string, of: string, value: string, ...steps: string[]) => ({ id, when: { step: of, case: value }, stages: [{ id: `s_${id}`, name: id, steps: steps.map(step) }] });
const definition: FlowDefinition = { schema: 1, kind: 'workflow', name: 'W', lanes: [
  { id: 'main', stages: [{ id: 's0', name: 'A', steps: [step('if'), step('switch')] }] },
  lane('no', 'if', 'alternative', 'n1'), lane('one', 'switch', '1', 'o1', 'inner'), lane('deep', 'inner', 'true', 'd1'), lane('two', 'switch', '2', 't1'), lane('lost', 'gone', '1', 'l1'),
] };
const chose = (steps: Record<string, StepState['next']>): RunState => ({ ...initialRunState, steps: Object.fromEntries(Object.entries(steps).map(([id, next]) => [id, { ...pendingStep, status: 'succeeded', next }])) });
const fates = (steps: Record<string, StepState['next']>) => Object.fromEntries(laneFates(definition, chose(steps)));

test('a branch is open until its condition has chosen, then taken or passed by, with what hangs on it', () => {
  expect(fates({})).toEqual({ no: 'open', one: 'open', deep: 'open', two: 'open', lost: 'open' });
  expect(fates({ if: { to: 'next' } })).toMatchObject({ no: 'passed', one: 'open' });
  const second = { if: { to: 'next' }, switch: { to: 'lane', case: '2' } } as const;
  expect(fates(second)).toMatchObject({ one: 'passed', deep: 'passed', two: 'taken' });
  expect([...passedSteps(definition, laneFates(definition, chose(second)))]).toEqual(['n1', 'o1', 'inner', 'd1']);
  expect(fates({ switch: { to: 'lane', case: '1' }, inner: { to: 'next' } })).toMatchObject({ one: 'taken', deep: 'passed', two: 'passed' });
  expect(laneFates(definition, null).size).toBe(0);
});
