import { expect, test } from 'vitest';
import { failureOf, itemsOf } from '../../testing';
import { groupBy } from './group-by';

test('F36 groups stand in order of first occurrence, their items in order of the input', async () => {
  const groups = await itemsOf(groupBy, { keys: ['c'] }, { source: [{ c: 'B', v: 1 }, { c: 'A', v: 2 }, { c: 'B', v: 3 }] });
  expect(groups).toEqual([{ c: 'B', items: [{ c: 'B', v: 1 }, { c: 'B', v: 3 }] }, { c: 'A', items: [{ c: 'A', v: 2 }] }]);
});

test('F32 null and missing are one group of their own', async () => {
  expect(await itemsOf(groupBy, { keys: ['c'], itemsField: 'all' }, { source: [{ c: null }, {}, { c: '' }] })).toEqual([{ c: null, all: [{ c: null }, {}] }, { c: '', all: [{ c: '' }] }]);
});

test('F35 references group by id and show the first seen; 1 and "1" differ', async () => {
  const groups = await itemsOf(groupBy, { keys: ['r'] }, { source: [{ r: { id: 1, name: 'old' } }, { r: { id: 1, name: 'new' } }, { r: 1 }, { r: '1' }] });
  expect(groups.map((each) => each['r'])).toEqual([{ id: 1, name: 'old' }, 1, '1']);
});

test('a key keeps its last name, and its whole path when two clash', async () => {
  const source = [{ a: { id: 1 }, b: { id: 2, c: 3 } }];
  expect(Object.keys((await itemsOf(groupBy, { keys: ['a.id', 'b.id', 'b.c'] }, { source }))[0] ?? {})).toEqual(['a_id', 'b_id', 'c', 'items']);
});

test.each([[{ x: 1 }], [[1]]])('F33 %j is no key', async (key) => {
  expect(await failureOf(itemsOf(groupBy, { keys: ['k'] }, { source: [{ k: 1 }, { k: key }] }))).toMatchObject({ code: 'TYPE_MISMATCH', itemIndex: 1, path: 'k' });
});
