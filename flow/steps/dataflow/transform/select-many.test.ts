import { expect, test } from 'vitest';
import { failureOf, itemsOf } from '../../testing';
import { selectMany } from './select-many';

test('the parent stays under $parent, without the array, also inside an object', async () => {
  expect(await itemsOf(selectMany, { modelPath: 'd.rows' }, { source: [{ id: 1, d: { x: 2, rows: [{ a: 1 }, 5] } }] })).toEqual([{ a: 1, $parent: { id: 1, d: { x: 2 } } }, { value: 5, $parent: { id: 1, d: { x: 2 } } }]);
});

test('applied twice it gives $parent.$parent', async () => {
  const once = await itemsOf(selectMany, { modelPath: 'rows' }, { source: [{ id: 1, rows: [{ b: 2, cells: [{ c: 3 }] }] }] });
  expect(await itemsOf(selectMany, { modelPath: 'cells' }, { source: once })).toEqual([{ c: 3, $parent: { b: 2, $parent: { id: 1 } } }]);
});

test('a large array shares its parent instead of copying it', async () => {
  const items = await itemsOf(selectMany, { modelPath: 'rows' }, { source: [{ id: 1, rows: [1, 2, 3] }] });
  expect(items[0]?.['$parent']).toBe(items[2]?.['$parent']);
});

test('F32 F33 null gives nothing, what is no array fails with its item', async () => {
  expect(await itemsOf(selectMany, { modelPath: 'rows' }, { source: [{ rows: null }, {}] })).toEqual([]);
  expect(await failureOf(itemsOf(selectMany, { modelPath: 'rows' }, { source: [{ rows: [] }, { rows: 'x' }] }))).toMatchObject({ code: 'NOT_AN_ARRAY', itemIndex: 1 });
});

test('the array is left out of its parent wherever it lies', async () => {
  expect(await itemsOf(selectMany, { modelPath: 'lists[1].rows' }, { source: [{ lists: [{ rows: [1] }, { rows: [2], x: 1 }] }] })).toEqual([{ value: 2, $parent: { lists: [{ rows: [1] }, { x: 1 }] } }]);
});
