import { expect, test } from 'vitest';
import type { JsonObject } from '../../../json';
import { failureOf, itemsOf, outcomeOf, world } from '../../testing';
import { joinModels } from './join-models';

const params: JsonObject = { leftKey: 'k', rightKey: 'key', map: [{ target: 'city', value: { field: 'right.city' } }] };
const join = (left: JsonObject[], right: JsonObject[], more: JsonObject = {}) => itemsOf(joinModels, { ...params, ...more }, { left, right });

test('F36 several matches give an item each, in left then right order', async () => {
  expect(await join([{ k: 2 }, { k: 1 }], [{ key: 1, city: 'a' }, { key: 2, city: 'b' }, { key: 1, city: 'c' }])).toEqual([{ k: 2, city: 'b' }, { k: 1, city: 'a' }, { k: 1, city: 'c' }]);
});

test('F35 a number meets its canonical text, and references meet by id', async () => {
  expect(await join([{ k: '1' }, { k: '01' }, { k: '1.0' }], [{ key: 1, city: 'a' }])).toEqual([{ k: '1', city: 'a' }, { k: '01', city: null }, { k: '1.0', city: null }]);
  expect(await join([{ k: { id: 7, name: 'x' } }], [{ key: 7, city: 'a' }])).toMatchObject([{ city: 'a' }]);
});

test('F32 null keys never meet', async () => {
  expect(await join([{ k: null }, {}], [{ key: null, city: 'a' }, { city: 'b' }])).toEqual([{ k: null, city: null }, { city: null }]);
});

test('F7 an empty right side leaves the left with nulls, an empty left side gives nothing', async () => {
  expect(await join([{ k: 1 }], [])).toEqual([{ k: 1, city: null }]);
  expect(await join([], [{ key: 1 }])).toEqual([]);
});

test('an inner join drops what has no match', async () => {
  expect(await join([{ k: 1 }, { k: 2 }], [{ key: 2, city: 'a' }], { joinType: 'inner' })).toEqual([{ k: 2, city: 'a' }]);
});

test('a field of the left is overwritten on a match and kept without one', async () => {
  expect(await join([{ k: 1, city: 'old' }, { k: 2, city: 'old' }], [{ key: 1, city: 'new' }])).toEqual([{ k: 1, city: 'new' }, { k: 2, city: 'old' }]);
});

test('an empty map changes nothing, and a declared type converts', async () => {
  expect(await join([{ k: 1 }], [{ key: 1 }], { map: [] })).toEqual([{ k: 1 }]);
  expect(await join([{ k: 1 }], [{ key: 1, n: '5' }], { map: [{ target: 'n@integer', value: { field: 'n' } }, { target: 'from', value: { field: 'left.k' } }] })).toEqual([{ k: 1, n: 5, from: 1 }]);
});

test('F33 an object is no key; with "continue" the left item goes on with $error', async () => {
  expect(await failureOf(join([{ k: 1 }, { k: { a: 1 } }], []))).toMatchObject({ code: 'TYPE_MISMATCH', itemIndex: 1 });
  const outcome = await outcomeOf(joinModels, params, { left: [{ k: [] }, { k: 2 }], right: [] }, world({ onError: 'continue' }));
  expect(outcome).toMatchObject({ items: [{ $error: { code: 'TYPE_MISMATCH', step: 'stp_1' } }, { k: 2, city: null }] });
});

test('F33 more than 100,000 items are refused before they are made', async () => {
  const many = Array.from({ length: 400 }, () => ({ k: 1, key: 1 }));
  expect((await failureOf(join(many, many))).code).toBe('LIMIT_EXCEEDED');
  expect((await failureOf(outcomeOf(joinModels, params, { left: many, right: many }, world({ onError: 'continue' })))).code).toBe('LIMIT_EXCEEDED');
});

test('R55 the limit is the workspace’s, and an inner join counts what it gives', async () => {
  const at = (mostItems: number) => { const one = world(); return { ...one, use: { ...one.use, mostItems } }; };
  const pairs = Array.from({ length: 20 }, () => ({ k: 1, key: 1 }));
  expect(await failureOf(outcomeOf(joinModels, params, { left: pairs, right: pairs }, at(399)))).toMatchObject({ code: 'LIMIT_EXCEEDED' });
  expect(await outcomeOf(joinModels, params, { left: pairs, right: pairs }, at(400))).toMatchObject({ kind: 'items' });
  expect(await outcomeOf(joinModels, { ...params, joinType: 'inner' }, { left: pairs, right: [] }, at(10))).toMatchObject({ items: [] });
});
