import { expect, test } from 'vitest';
import type { JsonObject } from '../../../json';
import { failureOf, itemsOf, outcomeOf, world } from '../../testing';
import { exportToFile } from './export-to-file';

const source: JsonObject[] = [{ a: 1, o: { x: 1 }, b: null }, { c: 'z', a: 2 }];
const params = (more: JsonObject = {}): JsonObject => ({ fileName: { const: 'report' }, ...more });

test('without a mapping every plain field is a column, in order of appearance', async () => {
  const at = world();
  expect(await itemsOf(exportToFile, params(), { source }, at)).toMatchObject([{ fileId: 'file_1', fileName: 'report', rows: 2 }]);
  expect(at.files[0]).toMatchObject({ fileType: 'xlsx', worksheetName: 'Sheet1', columns: ['a', 'b', 'c'], rows: [[1, null, null], [2, null, 'z']] });
});

test('F36 a mapping gives its columns in its order', async () => {
  const at = world();
  await itemsOf(exportToFile, params({ fileType: 'csv', columnSeparator: ',', resultField: 'file', fieldsMapping: [{ target: 'Letter', value: { field: 'c' } }, { target: 'Twice', value: { expr: 'item.a * 2' } }] }), { source }, at);
  expect(at.files[0]).toMatchObject({ fileType: 'csv', columnSeparator: ',', columns: ['Letter', 'Twice'], rows: [[null, 2], ['z', 4]] });
});

test('F7 without items the file has its header only, and there is still one output item', async () => {
  const at = world();
  expect(await itemsOf(exportToFile, params({ fieldsMapping: [{ target: 'a', value: { field: 'a' } }] }), { source: [] }, at)).toMatchObject([{ rows: 0 }]);
  expect(at.files[0]).toMatchObject({ columns: ['a'], rows: [] });
});

test('the name may come from the first item, and must be one', async () => {
  const at = world();
  await itemsOf(exportToFile, params({ fileName: { field: 'c' } }), { source: [{ c: 'mine' }, { c: 'other' }] }, at);
  expect(at.files[0]?.fileName).toBe('mine');
  expect((await failureOf(itemsOf(exportToFile, params({ fileName: { field: 'gone' } }), { source }))).code).toBe('PARAM_REQUIRED');
  for (const name of ['../x', 'a/b', 'a\\b', 'a:b', 'a\nb', 'n'.repeat(300)]) expect((await failureOf(itemsOf(exportToFile, params({ fileName: { const: name } }), { source }))).code).toBe('PARAM_INVALID');
});

test('F37 running again makes no second file', async () => {
  const at = world();
  expect(await itemsOf(exportToFile, params(), { source }, at)).toEqual(await itemsOf(exportToFile, params(), { source }, at));
  expect(at.files).toHaveLength(1);
});

test('without items the columns are those the model declares', async () => {
  const at = world({ schema: { cardinality: 'many', open: false, fields: { a: { type: 'string' }, list: { type: 'array' }, n: { type: 'number' } } } });
  await outcomeOf(exportToFile, { fileType: 'csv', fileName: { const: 'x' } }, { source: [] }, at);
  expect(at.files[0]).toMatchObject({ columns: ['a', 'n'], rows: [] });
});
