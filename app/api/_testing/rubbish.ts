/** Kinds of rubbish that a value of a request may be replaced by. */
const rubbish: unknown[] = [
  null, true, 0, -1, 1.5, 1e300, 2_147_483_648, '', ' ', 'x'.repeat(10_001), 'é\u202e😀', "'; drop table runs; --", '%', '\\', '2026-02-30', '2026-01-01T25:00:00Z', '00000000-0000-0000-0000-000000000000',
  [], {}, [[[]]], { $ne: null }, { id: { id: 1 } }, ['a', 1, null], { 'a.b[0]': 1, '': 2, constructor: 3 },
];
export const queryRubbish = ['', ' ', '-1', '1e99', 'NaN', 'x'.repeat(10_001), '%', '\\', "'", '[]', '{}', '{"all":[{"field":"nothing","operator":"equal","value":{"const":1}}]}', '{"all":[{"field":"id","operator":"in","value":{"const":"x"}}]}',
  '{"any":[{"field":"data.title","operator":"greater","value":{"const":{}}}]}', '{"all":[{"field":"createdDate","operator":"less","value":{"const":"2026-02-30"}}]}', '-,,+', 'data.title,-id', '2026-02-30', '0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z', 'W10', 'bnVsbA'];

/** Copies of `value` with one place each replaced, or one key added. */
export function* mutants(value: unknown): Generator<unknown> {
  yield* rubbish;
  if (Array.isArray(value)) {
    for (const [index, each] of value.entries()) for (const other of mutants(each)) yield value.with(index, other);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, each] of Object.entries(value)) for (const other of mutants(each)) yield { ...value, [key]: other };
  }
}
