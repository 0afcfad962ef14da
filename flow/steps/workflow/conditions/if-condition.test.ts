import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../json';
import { failureOf, modelOf, sampleComponent, workflow } from '../../testing';
import { ifCondition } from './if-condition';

const next = async (params: JsonObject, data: JsonObject) => (await modelOf(ifCondition, params, { id: 1, data })).next;
const goesOn = { to: 'next' };
const leaves = { to: 'lane', case: 'alternative' };

test.each<[string, JsonObject, JsonObject, object]>([
  ['less', { conditionField: 'price', operator: 'less', value: 100 }, { price: 50 }, goesOn], ['not less', { conditionField: 'data.price', operator: 'less', value: 100 }, { price: 100 }, leaves],
  ['equal by default', { conditionField: 'state', value: 2 }, { state: 2 }, goesOn], ['a missing field is null: order is false', { conditionField: 'price', operator: 'greater', value: 0 }, {}, leaves],
  ['null is not equal to a value', { conditionField: 'state', operator: 'notEqual', value: 1 }, { state: null }, goesOn], ['compared with null', { conditionField: 'note', compareWithNull: true }, { note: null }, goesOn],
  ['not null', { conditionField: 'note', operator: 'notEqual', compareWithNull: true }, { note: 'x' }, goesOn], ['a list of values', { conditionField: 'state', operator: 'in', value: [0, 1] }, { state: 2 }, leaves],
  ['a system field', { conditionField: 'id', operator: 'greater', value: 0 }, {}, goesOn],
])('%s', async (_title, params, data, expected) => {
  expect(await next(params, data)).toEqual(expected);
});

test('an order that makes no sense at run time is TYPE_MISMATCH', async () => {
  expect((await failureOf(next({ conditionField: 'paid', operator: 'greater', value: 1 }, { paid: true }))).code).toBe('TYPE_MISMATCH');
});

test('problems: the type of the value, and order operators with null', () => {
  const context = { index: { components: [sampleComponent], flows: [] }, component: sampleComponent };
  const codes = (params: JsonObject) => {
    const prepared = workflow(ifCondition).prepare(params);
    if (!prepared.ok) throw new Error('not prepared');
    const source = { cardinality: 'one' as const, open: false, fields: { data: { type: 'object' as const, fields: { price: { type: 'number' as const } } } } };
    return prepared.plan.problems({ source }, context).map((each) => each.code);
  };
  expect(codes({ conditionField: 'price', operator: 'less', value: 'abc' })).toEqual(['TYPE_MISMATCH']);
  expect(codes({ conditionField: 'price', operator: 'less', value: 5 })).toEqual([]);
  expect(codes({ conditionField: 'price', operator: 'less', compareWithNull: true })).toEqual(['PARAM_INVALID']);
});

test('the constant becomes a value of the field’s type', async () => {
  const chosen = async (value: Json) => (await modelOf(ifCondition, { conditionField: 'price', operator: 'equal', value }, { id: 1, data: { price: 3 } })).next;
  expect([await chosen('03'), await chosen(' 3.0 '), await chosen('4')]).toEqual([goesOn, goesOn, leaves]);
});
