import { expect, test } from 'vitest';
import { replacePath } from './replace-path';
import type { Json } from './json';

const instead = { was: 'total_rain', use: 'rain_total' };
const rows = (value: Json) => [{ target: 'a', value: { const: 1 } }, { target: 'b', value }];

test.each<[string, Record<string, Json>, string, { key: string; value: Json }]>([
  ['a path', { srcField: 'total_rain', operator: 'less' }, 'srcField', { key: 'srcField', value: 'rain_total' }],
  ['a value', { filterValue: { field: 'total_rain' } }, 'filterValue', { key: 'filterValue', value: { field: 'rain_total' } }],
  ['a row of a mapping', { fieldsMapping: rows({ field: 'total_rain' }) }, 'fieldsMapping[1].value', { key: 'fieldsMapping', value: rows({ field: 'rain_total' }) }],
  ['one of several paths', { keys: ['month', 'total_rain'] }, 'keys[1]', { key: 'keys', value: ['month', 'rain_total'] }],
  ['a side of a join', { fieldsMapping: rows({ field: 'left.total_rain' }) }, 'fieldsMapping[1].value', { key: 'fieldsMapping', value: rows({ field: 'left.rain_total' }) }],
])('F60 %s is put right and nothing beside it', (_what, params, place, wanted) => {
  const before = structuredClone(params);
  expect(replacePath(params, place, instead)).toEqual(wanted);
  expect(params).toEqual(before);
});

test.each<[string, Record<string, Json>, string]>([
  ['somebody chose another', { srcField: 'warmest' }, 'srcField'],
  ['the row is gone', { fieldsMapping: [] }, 'fieldsMapping[1].value'],
  ['it is a constant by now', { filterValue: { const: 'total_rain' } }, 'filterValue'],
  ['the parameter is gone', {}, 'srcField'],
  ['the place is none', { srcField: 'total_rain' }, '[0]'],
  ['the place is a key of every object', { srcField: 'total_rain' }, '__proto__.x'],
])('F60 when %s, nothing is replaced', (_what, params, place) => {
  expect(replacePath(params, place, instead)).toBeNull();
});
