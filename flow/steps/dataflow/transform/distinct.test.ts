import { expect, test } from 'vitest';
import { itemsOf } from '../../testing';
import { distinct } from './distinct';

const kept = (keys: string[], ...source: { [key: string]: null | string | number | { id: number; name: string } }[]) => itemsOf(distinct, { keys }, { source });

test('F36 the first occurrence stays, in the order of the input', async () => {
  expect(await kept(['k'], { k: 2, v: 1 }, { k: 1, v: 2 }, { k: 2, v: 3 })).toEqual([{ k: 2, v: 1 }, { k: 1, v: 2 }]);
});

test('F35 1 and "1" differ, references count by id', async () => {
  expect(await kept(['k'], { k: 1 }, { k: '1' }, { k: 1 })).toHaveLength(2);
  expect(await kept(['k'], { k: { id: 1, name: 'a' } }, { k: { id: 1, name: 'b' } })).toEqual([{ k: { id: 1, name: 'a' } }]);
});

test('F32 null and missing are the same key', async () => {
  expect(await kept(['k'], { k: null }, {}, { v: 1 })).toEqual([{ k: null }]);
});

test('F35 without keys the whole item counts, one that looks like a reference too', async () => {
  expect(await kept([], { id: 1, name: 'a' }, { id: 1, name: 'b' }, { name: 'a', id: 1 })).toEqual([{ id: 1, name: 'a' }, { id: 1, name: 'b' }]);
  expect(await kept([], { a: 1 }, { a: 1, b: null })).toEqual([{ a: 1 }]);
});

test('F35 several keys do not run together', async () => {
  expect(await kept(['a', 'b'], { a: 'x","y', b: '' }, { a: 'x', b: '","y' })).toHaveLength(2);
});
