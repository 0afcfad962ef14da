import { expect, test } from 'vitest';
import type { Json } from '../../../json';
import { failureOf, itemsOf } from '../../testing';
import { calculateArray } from './calculate-array';

const ops = ['sum', 'average', 'min', 'max'];
const operations = (valueField?: string) => ops.map((op) => ({ op, arrayField: 'list', ...(valueField ? { valueField } : {}), resultField: op }));
const calculate = async (list: Json, valueField?: string) => {
  const [item] = await itemsOf(calculateArray, { operations: operations(valueField) }, { source: [{ list }] });
  return ops.map((op) => item?.[op]);
};

test('F34 arithmetic is decimal, and numeric text counts', async () => {
  expect(await calculate([0.1, 0.2])).toEqual([0.3, 0.15, 0.1, 0.2]);
  expect(await calculate(['2', 10, ' 3 '])).toEqual([15, 5, 2, 10]);
  expect((await calculate([1, 1, 2]))[1]).toBe(1.33333333333333);
});

test('F32 null elements are left out; an empty, a null and a missing array give 0 and nulls', async () => {
  expect(await calculate([null, 4, null])).toEqual([4, 4, 4, 4]);
  for (const empty of [[], null, [null]]) expect(await calculate(empty)).toEqual([0, null, null, null]);
  expect(await itemsOf(calculateArray, { operations: [{ op: 'sum', arrayField: 'list', resultField: 's' }] }, { source: [{}] })).toEqual([{ s: 0 }]);
});

test('values are taken from inside the elements', async () => {
  expect(await calculate([{ o: { v: 1 } }, { o: {} }, { o: { v: 3 } }], 'o.v')).toEqual([4, 2, 1, 3]);
});

test('min and max take dates and text', async () => {
  const extremes = async (list: Json[]) => (await itemsOf(calculateArray, { operations: operations().slice(2) }, { source: [{ list }] }))[0];
  expect(await extremes(['2026-02-01', '2026-01-31', '2025-12-31'])).toMatchObject({ min: '2025-12-31', max: '2026-02-01' });
  expect(await extremes(['b', 'a'])).toMatchObject({ min: 'a', max: 'b' });
});

test('later operations see earlier results, and the source item stays as it was', async () => {
  const source = [{ list: [1, 2] }];
  expect(await itemsOf(calculateArray, { operations: [{ op: 'sum', arrayField: 'list', resultField: 'list2' }, { op: 'max', arrayField: 'list', resultField: 'list2' }] }, { source })).toEqual([{ list: [1, 2], list2: 2 }]);
  expect(source).toEqual([{ list: [1, 2] }]);
});

test('F33 what is no array, and the element that is no number, are named', async () => {
  expect(await failureOf(calculate(5))).toMatchObject({ code: 'NOT_AN_ARRAY', itemIndex: 0, path: 'list' });
  expect(await failureOf(calculate([1, null, 'x']))).toMatchObject({ code: 'TYPE_MISMATCH', path: 'list[2]' });
  expect(await failureOf(calculate([1, true]))).toMatchObject({ code: 'TYPE_MISMATCH' });
  expect(await failureOf(calculate([1e308, 1e308]))).toMatchObject({ code: 'TYPE_MISMATCH' });
});
