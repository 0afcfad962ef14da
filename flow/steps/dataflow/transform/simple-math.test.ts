import { expect, test } from 'vitest';
import type { Json } from '../../../json';
import { failureOf, itemsOf, outcomeOf, world } from '../../testing';
import { simpleMath } from './simple-math';

const result = async (left: Json, op: string, right: Json) => (await itemsOf(simpleMath, { operations: [{ left: { field: 'a' }, op, right: { field: 'b' }, resultField: 'c' }] }, { source: [{ a: left, b: right }] }))[0]?.['c'];

test.each<[Json, string, Json, Json]>([
  [0.1, '+', 0.2, 0.3], ['2', '*', 3, 6], [1, '-', '1.5', -0.5], [1, '/', 3, 0.333333333333333], [0, '*', -5, 0], ['1e3', '+', ' 1 ', 1001], [9007199254740991, '+', 1, 9.00719925474099e15],
])('F34 %j %s %j is %j', async (left, op, right, expected) => {
  expect(await result(left, op, right)).toBe(expected);
});

test.each<[Json, string, Json, boolean]>([[true, 'AND', 1, true], ['true', 'AND', 'false', false], [null, 'OR', true, true], [null, 'AND', true, false], [0, 'OR', '0', false], [true, 'XOR', true, false], [null, 'XOR', 1, true]])('F32 %j %s %j is %s', async (left, op, right, expected) => {
  expect(await result(left, op, right)).toBe(expected);
});

test.each(['+', '-', '*', '/'])('F34 a null operand gives null for %s, even before a division by zero', async (op) => {
  expect(await result(null, op, 0)).toBeNull();
  expect(await result(1, op, null)).toBeNull();
});

test('later operations see earlier results; constants and expressions are operands too', async () => {
  const operations = [{ left: { field: 'a' }, op: '+', right: { const: 1 }, resultField: 'b' }, { left: { field: 'b' }, op: '*', right: { expr: 'item.b + 0.5' }, resultField: 'c' }];
  expect(await itemsOf(simpleMath, { operations }, { source: [{ a: 1 }] })).toEqual([{ a: 1, b: 2, c: 5 }]);
});

test.each<[Json, string, Json, string]>([[1, '/', 0, 'DIVISION_BY_ZERO'], ['x', '+', 1, 'TYPE_MISMATCH'], [true, '+', 1, 'TYPE_MISMATCH'], [[1], '+', 1, 'TYPE_MISMATCH'], [2, 'AND', true, 'TYPE_MISMATCH'], [1e308, '*', 10, 'TYPE_MISMATCH']])('F33 %j %s %j fails with %s', async (left, op, right, _code) => {
  expect(await failureOf(result(left, op, right))).toMatchObject({ code: _code, itemIndex: 0 });
});

test('F33 with "continue" the failing item goes on with $error, the others with their result', async () => {
  const at = world({ onError: 'continue' });
  const outcome = await outcomeOf(simpleMath, { operations: [{ left: { const: 6 }, op: '/', right: { field: 'b' }, resultField: 'c' }] }, { source: [{ b: 0 }, { b: 2 }] }, at);
  expect(outcome).toMatchObject({ items: [{ b: 0, $error: { code: 'DIVISION_BY_ZERO', step: 'stp_1' } }, { b: 2, c: 3 }] });
});

test('F34 zero has no sign', async () => {
  expect(Object.is(await result(0, '*', -1.5), 0)).toBe(true);
});
