import { expect, test } from 'vitest';
import type { JsonObject } from '../../../json';
import { failureOf, modelOf } from '../../testing';
import { updateModelField } from './update-model-field';

const model = { id: 3, name: 'Three', data: { user_name: 'Ana', state: 0, note: null } };
const set = async (params: JsonObject) => (await modelOf(updateModelField, params, model)).model;

test('a field is set to a constant or to another field, and only that one', async () => {
  expect(await set({ modelField: 'state', value: 2 })).toEqual({ ...model, data: { ...model.data, state: 2 } });
  expect(await set({ modelField: 'data.note', sourceField: 'user_name' })).toMatchObject({ data: { note: 'Ana' } });
  expect(await set({ modelField: 'note', sourceField: 'name', value: 'ignored' })).toMatchObject({ data: { note: 'Three' } });
});

test('F32 a missing source and a null value clear', async () => {
  expect(await set({ modelField: 'state', sourceField: 'price' })).toMatchObject({ data: { state: null } });
  expect(await set({ modelField: 'state', value: null })).toMatchObject({ data: { state: null } });
});

test.each<[string, JsonObject, string]>([
  ['a type that does not fit', { modelField: 'state', value: 'abc' }, 'TYPE_MISMATCH'], ['a value outside of the choices', { modelField: 'state', value: 9 }, 'VALIDATION_FAILED'], ['a value out of range', { modelField: 'price', value: -1 }, 'VALIDATION_FAILED'],
  ['nothing for a required field', { modelField: 'user_name', value: null }, 'VALIDATION_FAILED'], ['empty text for a required field', { modelField: 'user_name', value: '' }, 'VALIDATION_FAILED'], ['a system field', { modelField: 'id', value: 1 }, 'FIELD_NOT_FOUND'], ['neither value nor source', { modelField: 'state' }, 'PARAM_REQUIRED'],
])('%s fails', async (_title, params, code) => {
  expect((await failureOf(set(params))).code).toBe(code);
});
