import { expect, test } from 'vitest';
import type { EntryModel } from '../../../component-model';
import { failureOf, modelOf, world } from '../../testing';
import { updateModel } from './update-model';

const entry: EntryModel = { id: 4, name: 'Four', createdDate: null, updateDate: '2026-01-01T00:00:00Z', creatorSubject: null, changeAuthor: null, data: { user_name: 'Ana', state: 0 } };

test('a model without id becomes an entry, and goes on as that entry', async () => {
  const at = world();
  const outcome = await modelOf(updateModel, {}, { id: 0, data: { user_name: 'Ana' } }, at);
  expect(outcome).toMatchObject({ model: { id: 1, data: { user_name: 'Ana' } }, next: { to: 'next' } });
  expect(outcome.loaded).toEqual(outcome.model);
});

test('only fields changed since loading are written, against the date they were loaded with', async () => {
  const at = world({ entries: [entry] });
  await modelOf(updateModel, {}, { ...entry, data: { user_name: 'Ana', state: 2 } }, at, { ...entry });
  expect(at.writes).toMatchObject([{ entryId: 4, data: { state: 2 }, loadedAt: '2026-01-01T00:00:00Z' }]);
});

test('nothing changed writes nothing', async () => {
  const at = world({ entries: [entry] });
  expect((await modelOf(updateModel, {}, { ...entry }, at)).next).toEqual({ to: 'next' });
  expect(at.writes).toEqual([]);
});

test('a required field without value, and an entry deleted meanwhile, fail', async () => {
  expect((await failureOf(modelOf(updateModel, {}, { id: 0, data: {} }))).code).toBe('VALIDATION_FAILED');
  expect((await failureOf(modelOf(updateModel, {}, { ...entry, data: { user_name: 'New' } }, world(), { ...entry }))).code).toBe('ENTRY_NOT_FOUND');
});

test('F37 running again makes no second entry', async () => {
  const at = world();
  await modelOf(updateModel, {}, { id: 0, data: { user_name: 'Ana' } }, at);
  await modelOf(updateModel, {}, { id: 0, data: { user_name: 'Ana' } }, at);
  expect(at.entries.size).toBe(1);
});
