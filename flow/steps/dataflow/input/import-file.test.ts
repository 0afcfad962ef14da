import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../json';
import type { Table } from '../../capabilities';
import { failureOf, itemsOf, outcomeOf, world } from '../../testing';
import { importFile } from './import-file';

const cells = (header: string[], ...rows: Json[][]): Table => ({ kind: 'cells', header, rows: rows.map((each, at) => ({ line: at + 2, cells: each })), duplicateHeaders: [] });
const file = cells(['code', 'qty'], ['A', '2'], ['B', '']);
const row = (target: string, value: JsonObject) => ({ target, value });
const params = (fieldsMapping: JsonObject[], more: JsonObject = {}): JsonObject => ({ fileField: 'file', fieldsMapping, ...more });
const imported = (table: Table, fieldsMapping: JsonObject[], more: JsonObject = {}, at = world({ tables: { f1: table } })) => itemsOf(importFile, params(fieldsMapping, more), { source: [{ file: { id: 'f1' } }] }, at);

test('columns by header, letter and number; an empty cell is null; $row counts data rows', async () => {
  expect(await imported(file, [row('code', { column: 'code' }), row('qty@integer', { column: 'B' }), row('again', { column: 1 })])).toEqual([{ code: 'A', qty: 2, again: 'A', $row: 1 }, { code: 'B', qty: null, again: 'B', $row: 2 }]);
  expect(await imported(file, [row('qty@integer', { field: 'qty' })])).toMatchObject([{ qty: 2 }, { qty: null }]);
});

test('a header that looks like a letter or number is a header first', async () => {
  expect(await imported(cells(['B', '1'], ['x', 'y']), [row('b', { column: 'B' }), row('n', { column: '1' })])).toMatchObject([{ b: 'x', n: 'y' }]);
});

test.each(['nope', 'ID', 'ZZ', '9', ''])('F33 a file without column %j fails', async (column) => {
  expect((await failureOf(imported(file, [row('a', column === '' ? { column: 7 } : { column })]))).code).toBe('FIELD_MISSING');
});

test('without a header letters and numbers count, and short rows have nulls', async () => {
  expect(await imported(cells([], ['a', 'b'], ['c']), [row('x', { column: 'B' })], { hasHeader: false })).toEqual([{ x: 'b', $row: 1 }, { x: null, $row: 2 }]);
});

test('F7 an empty file gives nothing', async () => {
  expect(await imported(cells([]), [row('x', { column: 'code' })])).toEqual([]);
});

test('F33 a wrong value is named by row, line and column, or its row is skipped', async () => {
  const bad = cells(['n'], ['1'], ['x'], ['3']);
  expect(await failureOf(imported(bad, [row('n@number', { column: 'n' })]))).toMatchObject({ code: 'TYPE_MISMATCH', itemIndex: 0, details: { row: 2, line: 3, column: 'n' } });
  const at = world({ tables: { f1: bad } });
  expect(await imported(bad, [row('n@number', { column: 'n' })], { onRowError: 'skip' }, at)).toEqual([{ n: 1, $row: 1 }, { n: 3, $row: 3 }]);
  expect(at.warnings).toHaveLength(1);
});

test('json elements are read by path, plain ones under "value"', async () => {
  const table: Table = { kind: 'elements', elements: [{ a: { b: 1 } }, {}] };
  expect(await imported(table, [row('b', { field: 'a.b' })], { fileType: 'json' })).toEqual([{ b: 1, $row: 1 }, { b: null, $row: 2 }]);
  expect(await imported({ kind: 'elements', elements: [5] }, [row('v', { field: 'value' })], { fileType: 'json' })).toMatchObject([{ v: 5 }]);
});

test('headers that stand twice are warned of', async () => {
  const at = world({ tables: { f1: { kind: 'cells', header: ['a', 'a'], rows: [{ line: 2, cells: ['1', '2'] }], duplicateHeaders: ['a'] } } });
  expect(await imported(file, [row('a', { column: 'a' })], {}, at)).toMatchObject([{ a: '1' }]);
  expect(at.warnings[0]).toContain('a');
});

test('F33 a file that is missing fails its item, and with "continue" the others go on', async () => {
  const source = [{ file: 'gone' }, { file: 'f1' }, { file: null }];
  expect(await failureOf(itemsOf(importFile, params([]), { source }))).toMatchObject({ code: 'FILE_NOT_FOUND', itemIndex: 0 });
  const outcome = await outcomeOf(importFile, params([row('code', { column: 'code' })]), { source }, world({ onError: 'continue', tables: { f1: file } }));
  expect(outcome).toMatchObject({ many: true, items: [{ $error: { code: 'FILE_NOT_FOUND' } }, { code: 'A' }, { code: 'B' }, { $error: { code: 'FILE_NOT_FOUND' } }] });
});

test('F33 without a header a column that no row has is absent', async () => {
  expect(await failureOf(imported(cells([], ['a', 'b'], ['c']), [row('x', { column: 'C' })], { hasHeader: false }))).toMatchObject({ code: 'FIELD_MISSING', path: 'C' });
});
