import { expect, test } from 'vitest';
import type { Json } from '../../../json';
import { failureOf, itemsOf } from '../../testing';
import { transformModel } from './transform-model';

const transformed = async (item: { [key: string]: Json }, ...rows: [string, { [key: string]: Json }][]) => (await itemsOf(transformModel, { fieldsMapping: rows.map(([target, value]) => ({ target, value })) }, { source: [item] }))[0];

test('only what is mapped stays; dots make objects; references and arrays are copied whole', async () => {
  const item = { id: 7, car: { id: 1, name: 'x' }, list: [1, { a: 2 }], tmp: 1 };
  expect(await transformed(item, ['out.car', { field: 'car' }], ['out.list', { field: 'list' }], ['first', { field: 'list[1].a' }])).toEqual({ out: { car: { id: 1, name: 'x' }, list: [1, { a: 2 }] }, first: 2 });
});

test('F32 a missing source gives null', async () => {
  expect(await transformed({}, ['a', { field: 'b.c[3].d' }], ['n@number', { field: 'x' }])).toEqual({ a: null, n: null });
});

test('names with dots, blanks and dollars are read', async () => {
  expect(await transformed({ 'a.b': 1, 'IMDB Rating': 8, $parent: { id: 3 } }, ['x', { field: '["a.b"]' }], ['y', { field: 'IMDB Rating' }], ['z', { field: '$parent.id' }])).toEqual({ x: 1, y: 8, z: 3 });
});

test.each<[string, Json, Json]>([
  ['number', '1.50', 1.5], ['number', ' 2 ', 2], ['integer', '3.0', 3], ['integer', 4, 4], ['string', 5, '5'], ['string', true, 'true'], ['boolean', 'true', true], ['date', '2026-02-28', '2026-02-28'], ['date', '2026-02-28T10:00:00Z', '2026-02-28'], ['catalog', 7, { id: 7, name: null }], ['array', [1], [1]],
])('F34 @%s makes %j into %j', async (type, given, expected) => {
  expect(await transformed({ v: given }, [`v@${type}`, { field: 'v' }])).toEqual({ v: expected });
});

test.each<[string, Json]>([['number', 'abc'], ['number', ''], ['integer', 1.5], ['boolean', 1], ['date', '2026-02-30'], ['string', { a: 1 }], ['string', [1]], ['array', 'a'], ['uri', 'no address'], ['uuid', 'x']])('F33 @%s refuses %j', async (type, given) => {
  expect(await failureOf(transformed({ v: given }, [`v@${type}`, { field: 'v' }]))).toMatchObject({ code: 'TYPE_MISMATCH', itemIndex: 0, path: 'v' });
});

test('expressions see the item and all items, numbers are numbers', async () => {
  expect(await transformed({ a: 2, s: 'x' }, ['b', { expr: 'item.a * 2.5 + 1' }], ['n', { expr: 'size(items)' }], ['t', { expr: 'item.s + "y"' }], ['m', { expr: 'item.gone == null' }])).toEqual({ b: 6, n: 1, t: 'xy', m: true });
});
