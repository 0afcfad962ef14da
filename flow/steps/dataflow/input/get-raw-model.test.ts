import { expect, test } from 'vitest';
import type { Json } from '../../../json';
import { failureOf, outcomeOf, world } from '../../testing';
import { getRawModel } from './get-raw-model';

const taken = (model: string, caller?: Json, validateInput = false) => outcomeOf(getRawModel, { model, validateInput }, {}, world(caller === undefined ? {} : { caller }));

test('F32 declared keys that are missing become null, inside objects that are present too; extra keys stay', async () => {
  expect(await taken('{"a":1,"o":{"p":1,"q":1},"n":{"x":1}}', { o: { p: 2 }, extra: true })).toMatchObject({ items: [{ a: null, o: { p: 2, q: null }, n: null, extra: true }], many: false });
});

test('{} declares nothing', async () => {
  expect(await taken('{}', { any: [1] })).toMatchObject({ items: [{ any: [1] }] });
});

test('an array gives an item per element, and is many even when it holds one', async () => {
  expect(await taken('{"a":1}', [{ a: 2 }])).toEqual({ kind: 'items', items: [{ a: 2 }], many: true });
  expect(await taken('{}', [])).toEqual({ kind: 'items', items: [], many: true });
  expect(await taken('{}', [1, 'x'])).toMatchObject({ items: [{ value: 1 }, { value: 'x' }] });
});

test('F32 null and nothing are an empty object', async () => {
  expect(await taken('{"a":1}', null)).toMatchObject({ items: [{ a: null }] });
  expect(await taken('{"a":1}')).toMatchObject({ items: [{ a: null }] });
});

test('a JSON Schema declares as well', async () => {
  expect(await taken('{"type":"object","properties":{"a":{"type":"string"},"list":{"type":"array","items":{"type":"integer"}}}}', { a: 'x' })).toMatchObject({ items: [{ a: 'x', list: null }] });
});

test('validation names the fields whose type is wrong', async () => {
  expect(await failureOf(taken('{"n":1,"t":""}', { n: 'abc', t: { a: 1 } }, true))).toMatchObject({ code: 'VALIDATION_FAILED', details: [{ field: 'n' }, { field: 't' }] });
  expect(await taken('{"n":1}', { n: '5' }, true)).toMatchObject({ items: [{ n: '5' }] });
});

test('validation keeps the rules of a JSON Schema', async () => {
  const schema = '{"type":"object","required":["a","s"],"properties":{"a":{"type":"integer","minimum":1,"maximum":5},"s":{"type":"string","minLength":2,"maxLength":3},"e":{"type":"string","enum":["x","y"]}}}';
  expect(await failureOf(taken(schema, { a: 9, e: 'z' }, true))).toMatchObject({ details: [{ field: 'a' }, { field: 's' }, { field: 'e' }] });
  expect(await failureOf(taken(schema, { a: 0, s: 'toolong' }, true))).toMatchObject({ details: [{ field: 'a' }, { field: 's' }] });
  expect(await taken(schema, { a: 5, s: 'ok', e: 'y' }, true)).toMatchObject({ items: [{ a: 5 }] });
});

test('validation asks for lists and objects too, and looks inside them', async () => {
  const schema = '{"type":"object","required":["rows","o","x"],"properties":{"rows":{"type":"array","items":{"type":"object","required":["n"],"properties":{"n":{"type":"integer"}}}},"o":{"type":"object","properties":{"p":{"type":"string"}}}}}';
  expect(await failureOf(taken(schema, {}, true))).toMatchObject({ code: 'VALIDATION_FAILED', details: [{ field: 'rows' }, { field: 'o' }, { field: 'x' }] });
  expect(await failureOf(taken(schema, { rows: [{ n: 1 }, { n: 'a' }], o: { p: 5 }, x: 1 }, true))).toMatchObject({ details: [{ field: 'rows[1].n' }, { field: 'o.p' }] });
  expect(await failureOf(taken(schema, { rows: [{ n: null }], o: {}, x: 1 }, true))).toMatchObject({ details: [{ field: 'rows[0].n' }] });
  expect(await taken(schema, { rows: [{ n: 1 }], o: { p: null }, x: 1 }, true)).toMatchObject({ many: false });
});

test('a JSON Schema of a list declares its elements', async () => {
  const schema = '{"type":"array","items":{"type":"object","required":["a"],"properties":{"a":{"type":"integer"},"b":{"type":"string"}}}}';
  expect(await taken(schema, [{ a: 1 }])).toMatchObject({ items: [{ a: 1, b: null }], many: true });
  expect(await failureOf(taken(schema, [{ a: 1 }, {}], true))).toMatchObject({ details: [{ field: 'a' }] });
});
