import { expect, test } from 'vitest';
import type { EntryModel } from '../../../component-model';
import type { JsonObject } from '../../../json';
import { failureOf, itemsOf, outcomeOf, world } from '../../testing';
import { updateEntry } from './update-entry';

const entry = (id: number): EntryModel => ({ id, name: null, createdDate: null, updateDate: null, creatorSubject: null, changeAuthor: null, data: { user_name: 'Ana', price: 1 } });
const stored = () => world({ entries: [entry(1), entry(2)] });
const params = (more: JsonObject = {}): JsonObject => ({ component: 'cmp_1', ...more });
const price = { fieldsMapping: [{ target: 'price', value: { field: 'p' } }] };
const write = (item: JsonObject, more: JsonObject, at = stored()) => itemsOf(updateEntry, params(more), { source: [item] }, at);

test('without a key it creates, with the fields of the same name', async () => {
  const at = stored();
  expect(await write({ user_name: 'Bo', unknown: 1 }, {}, at)).toEqual([{ user_name: 'Bo', unknown: 1, _entry: 3 }]);
  expect(at.writes[0]).toMatchObject({ entryId: null, data: { user_name: 'Bo' } });
  expect(await write({ data: { user_name: 'Cy' } }, {})).toMatchObject([{ _entry: 3 }]);
});

test.each([null, 0, undefined])('a key of %s creates', async (key) => {
  const at = stored();
  await write({ ...(key === undefined ? {} : { k: key }), user_name: 'Bo' }, { keyField: 'k' }, at);
  expect(at.writes[0]?.entryId).toBeNull();
});

test.each([[2], ['2'], [{ id: 2, name: 'x' }]])('a key of %j updates the mapped fields', async (key) => {
  const at = stored();
  expect(await write({ k: key, p: 9 }, { keyField: 'k', resultField: 'done', ...price }, at)).toMatchObject([{ done: 2 }]);
  expect(at.entries.get(2)?.data).toEqual({ user_name: 'Ana', price: 9 });
});

test('F33 an unknown key and one that is no id fail', async () => {
  expect(await failureOf(write({ k: 99, p: 1 }, { keyField: 'k', ...price }))).toMatchObject({ code: 'ENTRY_NOT_FOUND', itemIndex: 0 });
  expect(await failureOf(write({ k: 'abc' }, { keyField: 'k', ...price }))).toMatchObject({ code: 'TYPE_MISMATCH', path: 'k' });
});

test('on update null clears and a missing field stays, with a warning; on create both are null', async () => {
  const at = stored();
  await write({ k: 1, p: null }, { keyField: 'k', ...price }, at);
  await write({ k: 2 }, { keyField: 'k', ...price }, stored());
  expect(at.entries.get(1)?.data['price']).toBeNull();
  const missing = stored();
  await write({ k: 2 }, { keyField: 'k', ...price }, missing);
  expect([missing.entries.get(2)?.data['price'], missing.warnings.length, missing.writes[0]?.data]).toEqual([1, 1, {}]);
  const created = stored();
  await write({ n: 'Bo' }, { fieldsMapping: [{ target: 'data.user_name', value: { field: 'n' } }, { target: 'price', value: { field: 'p' } }] }, created);
  expect(created.writes[0]?.data).toEqual({ user_name: 'Bo', price: null });
});

test('marking for deletion needs a key: without one nothing happens, with a warning', async () => {
  const at = stored();
  expect(await write({ k: null }, { keyField: 'k', markForDeletion: true }, at)).toEqual([{ k: null, _entry: null }]);
  expect(await write({ k: 2 }, { keyField: 'k', markForDeletion: true }, stored())).toEqual([{ k: 2, _entry: 2 }]);
  expect([at.writes.length, at.warnings.length]).toEqual([0, 1]);
});

test('the name follows its field only when that field is written', async () => {
  const at = stored();
  await write({ k: 1, p: 7 }, { keyField: 'k', nameField: 'price', ...price }, at);
  expect(at.writes[0]?.name).toBe('7');
  const other = stored();
  await write({ k: 1, p: 7 }, { keyField: 'k', nameField: 'user_name', ...price }, other);
  expect(other.writes[0]).not.toHaveProperty('name');
});

test('an item that carries its updateDate is written against it', async () => {
  const at = stored();
  await write({ k: 1, p: 7, updateDate: '2026-01-01T00:00:00Z' }, { keyField: 'k', noTracking: true, ...price }, at);
  expect(at.writes[0]).toMatchObject({ loadedAt: '2026-01-01T00:00:00Z', noTracking: true });
});

test('F33 when item k fails, those before it stay written; with "continue" those behind it are too', async () => {
  const source = [{ user_name: 'A' }, { user_name: '' }, { user_name: 'C' }];
  const at = world();
  expect(await failureOf(itemsOf(updateEntry, params(), { source }, at))).toMatchObject({ code: 'VALIDATION_FAILED', itemIndex: 1 });
  expect(at.entries.size).toBe(1);
  const on = world({ onError: 'continue' });
  expect(await outcomeOf(updateEntry, params(), { source }, on)).toMatchObject({ items: [{ _entry: 1 }, { $error: { code: 'VALIDATION_FAILED' } }, { _entry: 2 }] });
});

test('F37 running again writes nothing again', async () => {
  const at = world();
  const source = [{ user_name: 'A' }, { user_name: 'B' }];
  expect(await itemsOf(updateEntry, params(), { source }, at)).toEqual(await itemsOf(updateEntry, params(), { source }, at));
  expect(at.writes).toHaveLength(2);
});

test('a component that is gone is an error', async () => {
  expect((await failureOf(itemsOf(updateEntry, { component: 'cmp_9' }, { source: [{}] }))).code).toBe('COMPONENT_NOT_FOUND');
});

test('whether to delete may be told by each item', async () => {
  const at = stored();
  const source = [{ k: 1, gone: true, user_name: 'x' }, { k: 2, gone: 'false', user_name: 'Bo' }];
  expect(await itemsOf(updateEntry, params({ keyField: 'k', markForDeletion: { field: 'gone' } }), { source }, at)).toMatchObject([{ _entry: 1 }, { _entry: 2 }]);
  expect([...at.entries.values()]).toMatchObject([{ id: 2, data: { user_name: 'Bo' } }]);
  expect(await failureOf(write({ k: 1, gone: 'perhaps' }, { keyField: 'k', markForDeletion: { field: 'gone' } }))).toMatchObject({ code: 'TYPE_MISMATCH', path: 'markForDeletion' });
  expect(await failureOf(write({ user_name: 'x' }, { markForDeletion: { expr: 'true' } }))).toMatchObject({ code: 'PARAM_REQUIRED' });
  expect((await write({ k: 1, user_name: 'x' }, { keyField: 'k', markForDeletion: { const: false } }))[0]).toMatchObject({ _entry: 1 });
});

test('the time an item was loaded says nothing of another entry', async () => {
  const at = stored();
  const source = [{ id: 9, k: { id: 1, name: 'A' }, p: 7, updateDate: '2026-01-01T00:00:00Z' }, { id: 1, k: 1, p: 8, updateDate: '2026-01-01T00:00:00Z' }];
  await itemsOf(updateEntry, params({ keyField: 'k', ...price }), { source }, at);
  expect(at.writes.map((each) => each.loadedAt)).toEqual([undefined, '2026-01-01T00:00:00Z']);
});

test('virtual fields are a form’s and are never written', async () => {
  const [same, mapped] = [stored(), stored()];
  await write({ data: { user_name: 'Bo', draft: 'x' } }, {}, same);
  await write({ k: 1, d: 'x', p: 2 }, { keyField: 'k', fieldsMapping: [{ target: 'draft', value: { field: 'd' } }, ...price.fieldsMapping] }, mapped);
  expect([same.writes[0]?.data, mapped.writes[0]?.data]).toEqual([{ user_name: 'Bo' }, { price: 2 }]);
});
