import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../json';
import { failureOf, itemsOf, world } from '../../testing';
import { filterSource } from './filter-source';

const keeps = async (value: Json, operator: string, operand: Json, more: JsonObject = {}) =>
  (await itemsOf(filterSource, { srcField: 's', operator, filterValue: { const: operand }, ...more }, { source: [{ s: value }] })).length === 1;

test.each<[Json, string, Json, boolean]>([
  [5, 'greater', 3, true], [3, 'greater', 3, false], [3, 'greaterOrEqual', 3, true], [2, 'less', 3, true], [3, 'lessOrEqual', 3, true], ['10', 'greater', 9, true], [10, 'less', '9', false],
  [1, 'equal', '1', true], [1, 'equal', '01', false], [1, 'equal', '1.0', false], ['a', 'equal', 'A', false], [true, 'equal', true, true], [true, 'equal', 'true', false],
  [{ id: 7, name: 'x' }, 'equal', { id: 7, name: 'y' }, true], [{ id: 7, name: 'x' }, 'equal', 7, true], ['2026-01-01T00:00:00Z', 'equal', '2026-01-01T01:00:00+01:00', true],
  ['2026-02-01', 'greater', '2026-01-31', true], ['b', 'greater', 'a', true], ['Ähre', 'greater', 'Zoo', true],
  ['abc', 'contains', 'b', true], ['abc', 'startsWith', 'b', false], ['abc', 'startsWith', 'ab', true], [[1, 2], 'contains', 2, true], [[{ id: 1, name: 'a' }], 'contains', 1, true],
  [2, 'in', [1, 2], true], [3, 'in', [1, 2], false], [null, 'in', [1], false],
])('F35 %j %s %j is %s', async (value, operator, operand, expected) => {
  expect(await keeps(value, operator, operand)).toBe(expected);
});

test.each<[string, boolean]>([['equal', false], ['notEqual', true], ['greater', false], ['less', false], ['greaterOrEqual', false], ['lessOrEqual', false], ['contains', false], ['startsWith', false]])('F32 null %s a value is %s, missing too', async (operator, expected) => {
  expect(await keeps(null, operator, 'a')).toBe(expected);
  expect(await itemsOf(filterSource, { srcField: 's', operator, filterValue: { const: 'a' } }, { source: [{}] })).toHaveLength(expected ? 1 : 0);
});

test('F32 compareWithNull ignores the value', async () => {
  const source = [{ s: null }, {}, { s: 0 }, { s: '' }];
  expect(await itemsOf(filterSource, { srcField: 's', compareWithNull: true, filterValue: { const: 5 } }, { source })).toEqual([{ s: null }, {}]);
  expect(await itemsOf(filterSource, { srcField: 's', operator: 'notEqual', compareWithNull: true }, { source })).toEqual([{ s: 0 }, { s: '' }]);
});

test('the other side may be a field', async () => {
  expect(await itemsOf(filterSource, { srcField: 'a', operator: 'less', filterValue: { field: 'b.c' } }, { source: [{ a: 1, b: { c: 2 } }, { a: 3, b: { c: 2 } }] })).toEqual([{ a: 1, b: { c: 2 } }]);
});

test.each<[Json, string, Json]>([['a', 'greater', 1], [true, 'less', 1], [{ x: 1 }, 'greater', 1], [{ x: 1 }, 'contains', 'x']])('F33 %j %s %j mismatches, with the item named', async (value, operator, operand) => {
  expect(await failureOf(itemsOf(filterSource, { srcField: 's', operator, filterValue: { const: operand } }, { source: [{ s: null }, { s: value }] }))).toMatchObject({ code: 'TYPE_MISMATCH', itemIndex: 1 });
});

test('F35 text is ordered by code point, also beyond the first 65,536 characters', async () => {
  expect(await keeps('😀', 'greater', 'ＡＡ')).toBe(true);
  expect(await keeps('a😀', 'less', 'a😁')).toBe(true);
  expect(await keeps('a', 'less', 'ab')).toBe(true);
});

test('F35 a constant becomes a value of the field’s type; what the items hold does not', async () => {
  const kept = async (type: 'number' | 'date' | 'unknown', value: Json, operator: string, constant: Json) => (await itemsOf(filterSource, { srcField: 's', operator, filterValue: { const: constant } }, { source: [{ s: value }] },
    world({ schema: { cardinality: 'many', open: true, fields: { s: { type } } } }))).length === 1;
  expect([await kept('number', 3, 'equal', '03'), await kept('number', 3, 'in', ['3.0', 4]), await kept('number', 10, 'greater', ' 9 ')]).toEqual([true, true, true]);
  expect([await kept('unknown', 3, 'equal', '03'), await kept('number', '03', 'equal', 3)]).toEqual([false, false]);
  expect([await kept('date', '2026-01-31', 'equal', '2026-01-31T22:00:00Z'), await kept('unknown', '2026-01-31', 'equal', '2026-01-31T22:00:00Z')]).toEqual([true, false]);
});

test('F35 a reference whose entry is gone is still a reference', async () => {
  expect(await keeps({ id: 7, name: 'x', $missing: true }, 'equal', { id: 7, name: 'y' })).toBe(true);
});
