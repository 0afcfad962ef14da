import { expect, test } from 'vitest';
import { problemsOf } from '../check';
import type { ErrorCode } from '../error-code';
import type { JsonObject } from '../json';
import { sampleContext, shortFlow, type ShortStep } from '../testing-flow';
import { stepTypes } from './index';
import type { StepType } from './define-step';

/** The codes every step can raise (steps.md §1.7), where it has what they are about. */
function raised(type: StepType, params: JsonObject, sources?: 'none'): ErrorCode[] {
  const given: ShortStep[] = type.kind === 'dataflow' && type.sources !== 'none' && sources !== 'none' ? ['given', 'also'].map((id) => ({ id, type: 'get-raw-model', params: { model: '{"a":1}' } })) : [];
  const ports = type.kind === 'dataflow' && type.sources === 'two' && given.length > 0 ? { sources: { left: 'given', right: 'also' } } : sources === 'none' ? { sources: null } : given.length > 0 ? { sources: { source: 'given' } } : {};
  const flow = shortFlow([...given, { id: 'tested', type: type.id, params, ...ports }], type.kind);
  return problemsOf(flow, sampleContext).filter((each) => each.stepId === 'tested').map((each) => each.code);
}

test.each(stepTypes.filter((each) => each.kind === 'dataflow' && (each.sources === 'one' || each.sources === 'two')))('F42 $key without a source: SOURCE_MISSING', (type) => {
  expect(raised(type, {}, 'none')).toContain('SOURCE_MISSING');
});

test.each(stepTypes.filter((each) => Object.values(each.params).some((meta) => meta.required && meta.default === undefined && !meta.showWhen)))('F42 $key with a needed parameter empty: PARAM_REQUIRED', (type) => {
  expect(raised(type, {})).toContain('PARAM_REQUIRED');
});

test.each(stepTypes)('F42 $key with a parameter nobody knows: PARAM_INVALID', (type) => {
  const flow = shortFlow([{ id: 'tested', type: type.id, sources: null }], type.kind);
  const lanes = flow.lanes.map((lane) => ({ ...lane, stages: lane.stages.map((stage) => ({ ...stage, steps: stage.steps.map((step) => ({ ...step, params: { nobodyKnows: 1 } })) })) }));
  expect(problemsOf({ ...flow, lanes }, sampleContext).map((each) => each.code)).toContain('PARAM_INVALID');
});

const withPath = stepTypes.flatMap((type) => Object.entries(type.params).flatMap(([key, meta]) => (meta.widget === 'path' && !meta.showWhen ? [{ name: `${type.key} ${key}`, type, key }] : [])));
test.each(withPath)('F42 $name with a path that leads nowhere: FIELD_NOT_FOUND', ({ type, key }) => {
  expect(raised(type, { [key]: 'nowhere' })).toContain('FIELD_NOT_FOUND');
  expect(withPath.length).toBeGreaterThan(8);
});
