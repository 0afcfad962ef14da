import { expect, test } from 'vitest';
import type { Json } from '../../../json';
import { failureOf, itemsOf, outcomeOf, world } from '../../testing';
import { extractCollection } from './extract-collection';

const extract = (...rows: Json[]) => itemsOf(extractCollection, { modelPath: 'd.rows' }, { source: rows.map((each) => ({ d: { rows: each } })) });

test('F36 elements follow one another in the order of parents and arrays', async () => {
  expect(await extract([{ a: 1 }, { a: 2 }], [{ a: 3 }])).toEqual([{ a: 1 }, { a: 2 }, { a: 3 }]);
});

test('F32 null, a missing field and an empty array give nothing, null elements are skipped', async () => {
  expect(await extract(null, [], [null, { a: 1 }])).toEqual([{ a: 1 }]);
  expect(await itemsOf(extractCollection, { modelPath: 'rows' }, { source: [{}] })).toEqual([]);
});

test('plain elements and arrays become {"value": …}, one level only', async () => {
  expect(await extract([5, 'a', true, [1, [2]]])).toEqual([{ value: 5 }, { value: 'a' }, { value: true }, { value: [1, [2]] }]);
});

test('F33 what is no array is named by item and path; with "continue" the item goes on', async () => {
  expect(await failureOf(extract([], { a: 1 }))).toMatchObject({ code: 'NOT_AN_ARRAY', itemIndex: 1, path: 'd.rows' });
  const at = world({ onError: 'continue' });
  const outcome = await outcomeOf(extractCollection, { modelPath: 'r' }, { source: [{ r: 5 }, { r: [{ a: 1 }] }] }, at);
  expect(outcome).toMatchObject({ many: true, items: [{ r: 5, $error: { code: 'NOT_AN_ARRAY' } }, { a: 1 }] });
  expect(at.warnings).toHaveLength(1);
});
