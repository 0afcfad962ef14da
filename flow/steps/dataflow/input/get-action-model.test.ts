import { expect, test } from 'vitest';
import type { Json } from '../../../json';
import { failureOf, itemsOf, world } from '../../testing';
import { getActionModel } from './get-action-model';

test('F32 missing fields are null, virtual ones are there, unknown ones are dropped with a warning', async () => {
  const at = world({ caller: { data: { user_name: 'Ana', draft: 'd', removed: 1 } } });
  const [item] = await itemsOf(getActionModel, {}, {}, at);
  expect(item).toMatchObject({ id: 0, name: null, data: { user_name: 'Ana', draft: 'd', state: null } });
  expect(item?.['data']).not.toHaveProperty('removed');
  expect(at.warnings).toEqual(['Dropped fields the component does not have: removed.']);
});

test('a saved entry keeps its id and system fields', async () => {
  const caller = { id: 12, name: 'Order 12', createdDate: '2026-01-01T00:00:00Z', creatorSubject: { id: 'usr_1', name: 'Ana' }, data: {} };
  expect((await itemsOf(getActionModel, {}, {}, world({ caller })))[0]).toMatchObject({ id: 12, name: 'Order 12', creatorSubject: { id: 'usr_1', name: 'Ana' } });
});

test('validation lists every bad field before anything runs', async () => {
  const at = world({ caller: { data: { state: 9, price: -1, paid: 'maybe' } } });
  const failure = await failureOf(itemsOf(getActionModel, { validateInput: true }, {}, at));
  expect(failure).toMatchObject({ code: 'VALIDATION_FAILED', path: 'user_name', details: [{ field: 'user_name' }, { field: 'state' }, { field: 'price' }, { field: 'paid' }] });
});

test('without a caller there is nothing to take', async () => {
  expect((await failureOf(itemsOf(getActionModel, {}))).code).toBe('NO_CALLER');
});

test.each<[Json, number]>([[7, 7], ['7', 7], [0, 0], [null, 0], [-1, 0], [1.5, 0], ['x', 0], [{ id: 7 }, 0]])('an id of %j is entry %s', async (id, expected) => {
  expect((await itemsOf(getActionModel, {}, {}, world({ caller: { id, data: { user_name: 'Ana' } } })))[0]?.['id']).toBe(expected);
});
