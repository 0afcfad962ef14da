import { describe, expect, test } from 'vitest';
import { problemsOf } from './check';
import type { FlowDefinition, Lane, Step } from './flow';
import { sampleComponent } from './steps/testing';

const step = (id: string, type: string, params: Step['params'] = {}): Step => ({ id, type, name: id, params });
const lane = (id: string, of: string, wanted: string, steps: Step[]): Lane => ({ id, when: { step: of, case: wanted }, stages: [{ id: `stg_${id}`, name: id, steps }] });
const when = (id: string) => step(id, 'if-condition', { conditionField: 'price', operator: 'less', value: 100 });
const by = (id: string, field = 'paid') => step(id, 'switch-case', { switchField: field });

function problems(steps: Step[], lanes: Lane[]): string[] {
  const definition: FlowDefinition = { schema: 1, kind: 'workflow', name: 'Flow', lanes: [{ id: 'main', stages: [{ id: 'stg', name: 'Stage', steps }] }, ...lanes] };
  return problemsOf(definition, { index: { components: [sampleComponent], flows: [] }, componentId: sampleComponent.id }).map((each) => `${each.code} ${each.stepId ?? ''}${each.level === 'warning' ? ' warning' : ''}`);
}

describe('F43 branches', () => {
  test('an alternative ends with finish or reset on every path', () => {
    expect(problems([when('if')], [lane('l', 'if', 'alternative', [step('end', 'finish')])])).toEqual([]);
    expect(problems([when('if')], [lane('l', 'if', 'alternative', [step('back', 'reset-to-draft')])])).toEqual([]);
    expect(problems([when('if')], [lane('l', 'if', 'alternative', [])])).toEqual(['ALTERNATIVE_WITHOUT_FINISH if']);
    expect(problems([when('if')], [])).toEqual(['ALTERNATIVE_WITHOUT_FINISH if']);
    expect(problems([when('if')], [lane('l', 'if', 'alternative', [{ ...step('end', 'finish'), disabled: true }])])).toEqual(['ALTERNATIVE_WITHOUT_FINISH if']);
  });

  test('a switch inside an alternative ends it when each of its branches does', () => {
    const alternative = lane('l', 'if', 'alternative', [by('sw')]);
    const yes = lane('y', 'sw', 'true', [step('e1', 'finish')]);
    const no = lane('n', 'sw', 'false', [step('e2', 'reset-to-draft')]);
    expect(problems([when('if')], [alternative, yes, no, lane('d', 'sw', 'default', [step('e3', 'finish')])])).toEqual([]);
    expect(problems([when('if')], [alternative, yes, no, lane('d', 'sw', 'default', [])])).toEqual(['ALTERNATIVE_WITHOUT_FINISH if']);
  });

  test('what stands behind a switch, a finish or a reset is never reached', () => {
    expect(problems([by('sw'), step('late', 'update-model')], [])).toEqual(['UNREACHABLE_STEP late warning']);
    expect(problems([by('sw')], [lane('y', 'sw', 'true', [step('end', 'finish'), step('late', 'update-model')])])).toEqual(['UNREACHABLE_STEP late warning']);
  });

  test('a branch whose value is gone from the field is told of, and is no error', () => {
    expect(problems([by('sw', 'state')], [lane('a', 'sw', '1', []), lane('b', 'sw', '7', [])])).toEqual(['UNREACHABLE_STEP sw warning']);
  });

  test('a field that can choose nothing is TYPE_MISMATCH', () => {
    expect(problems([by('sw', 'note')], [])).toContain('TYPE_MISMATCH sw');
  });

  test('a field changed before a branch that stores it is no unused output', () => {
    expect(problems([step('set', 'update-model-field', { modelField: 'state', value: 1 }), by('sw')], [lane('y', 'sw', 'true', [step('save', 'update-model')])])).toEqual([]);
  });
});
