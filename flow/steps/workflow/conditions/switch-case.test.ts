import { expect, test } from 'vitest';
import type { Json } from '../../../json';
import { failureOf, modelOf, sampleComponent, workflow } from '../../testing';
import { switchCase } from './switch-case';

const caseOf = async (switchField: string, value: Json) => {
  const { next } = await modelOf(switchCase, { switchField }, { id: 1, data: { [switchField]: value } });
  return next.to === 'lane' ? next.case : next.to;
};

test('a value of the field chooses its branch, by the number and not the label', async () => {
  expect(await caseOf('state', 1)).toBe('1');
  expect(await caseOf('state', 'Won')).toBe('default');
  expect(await caseOf('paid', true)).toBe('true');
  expect(await caseOf('paid', false)).toBe('false');
});

test('nothing and the unknown go to "Otherwise"', async () => {
  expect(await caseOf('state', null)).toBe('default');
  expect(await caseOf('state', 9)).toBe('default');
  expect(await caseOf('paid', null)).toBe('default');
});

test('a field without choices is TYPE_MISMATCH, at save and at run time', async () => {
  expect((await failureOf(caseOf('note', 'x'))).code).toBe('TYPE_MISMATCH');
  const prepared = workflow(switchCase).prepare({ switchField: 'price' });
  const context = { index: { components: [sampleComponent], flows: [] }, component: sampleComponent };
  expect(prepared.ok && prepared.plan.problems({}, context).map((each) => each.code)).toEqual(['TYPE_MISMATCH']);
});
