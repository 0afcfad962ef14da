import { expect, test } from 'vitest';
import { FailureError } from '#flow/failure';
import { parseJson } from './_json-body';

const parse = (text: string) => parseJson(new TextEncoder().encode(text));

test('JSON passes as it is', () => {
  expect(parse('{"a":[1,"é\\ud83d\\ude00",null,{"constructor":1}]}')).toEqual({ a: [1, 'é😀', null, { constructor: 1 }] });
});

test.each([
  ['text that is not JSON', '{"a":'], ['nothing but a word', 'hello'], ['NUL in a value', '{"a":"x\\u0000"}'], ['NUL in a key', '{"\\u0000":1}'],
  ['half a surrogate pair', '["\\ud800"]'], ['a number out of range', '[1e999]'], ['nesting of 101 levels', `${'['.repeat(101)}${']'.repeat(101)}`],
  ['nesting of a million levels', `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`], ['the key __proto__', '{"a":{"__proto__":{"admin":true}}}'],
])('%s is refused as INVALID_JSON', (_what, text) => {
  expect(() => parse(text)).toThrowError(expect.objectContaining({ failure: expect.objectContaining({ code: 'INVALID_JSON' }) }));
});

test('bytes that are not UTF-8 are refused', () => {
  expect(() => parseJson(new Uint8Array([0x22, 0xff, 0x22]))).toThrowError(FailureError);
});
