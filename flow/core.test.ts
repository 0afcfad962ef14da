import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compares, structuralKey } from './compare';
import { convert, splitTarget, toInstant } from './convert';
import { validateEntry, validateField } from './entry-validation';
import { compileExpression } from './expression';
import { FailureError } from './failure';
import type { Json, JsonObject } from './json';
import { calculate, isCanonicalNumber, sum, toNumber } from './numbers';
import { formatPath, parsePath, readPath, resolvePath, writePath } from './path';
import { fieldsOfSample } from './schema-of';
import { sampleComponent } from './steps/testing';

describe('paths', () => {
  test.each<[string, Json]>([['a', 1], ['o.b', 2], ['list[1].c', 3], ['["x.y"]', 4], ['o["q\\"r"]', 5], ['IMDB Rating', 6], ['$p.$p.id', 7], ['missing.deep[2]', null], ['list[9]', null], ['a.b', null], ['toString', null]])('F32 %s reads %j', (path, expected) => {
    const item: JsonObject = { a: 1, o: { b: 2, 'q"r': 5 }, list: [0, { c: 3 }], 'x.y': 4, 'IMDB Rating': 6, $p: { $p: { id: 7 } } };
    expect(readPath(item, path)).toBe(expected);
  });

  test.each(['', '.', 'a.', '.a', 'a..b', 'a[', 'a[x]', 'a[-1]', '__proto__', 'a.constructor', 'a["prototype"]', '[1', 'a]b'])('F12 %j is no path', (path) => {
    expect(parsePath(path).ok).toBe(false);
  });

  test('any names written as a path are read back, and what is written there is found', () => {
    const segment = fc.oneof(fc.string({ minLength: 1, maxLength: 8 }).filter((each) => !/^(__proto__|constructor|prototype)$|@[a-z-]+$/.test(each)), fc.nat(20));
    fc.assert(fc.property(fc.array(segment, { minLength: 1, maxLength: 4 }), fc.integer(), (rest, value) => {
      const segments = ['root', ...rest];
      const path = formatPath(segments);
      const parsed = parsePath(path);
      expect(parsed.ok && parsed.segments).toEqual(segments);
      expect(readPath(writePath({}, path, value), path)).toBe(value);
    }), { numRuns: 500, seed: 7 });
  });

  test('F15 a path is certain to fail only where the model says all it has', () => {
    const schema = { cardinality: 'one' as const, open: false, fields: { ...fieldsOfSample({ a: 1, o: {}, list: [{ b: 1 }] }), car: { type: 'catalog' as const }, any: { type: 'unknown' as const } } };
    const seen = (path: string) => {
      const resolved = resolvePath(schema, path);
      return resolved.found ? resolved.field.type : resolved.certain;
    };
    expect(['a', 'list[3].b', 'car.id', 'nope', 'a.b', 'list.b', 'o.any', 'any.x', 'car.title'].map(seen)).toEqual(['integer', 'integer', 'integer', true, true, true, false, false, true]);
  });
});

describe('values', () => {
  test('F34 text is numeric exactly as the rule says', () => {
    expect(['1', ' +1.5e3 ', '.5', '5.', '-0', '1e400', '', ' ', '1,5', '0x10', 'NaN', 'Infinity', '1 2'].map((each) => toNumber(each) ?? null)).toEqual([1, 1500, 0.5, 5, -0, null, null, null, null, null, null, null, null]);
    expect(['1', '01', '1.0', '-1', '1e3', '0.1', '.1'].map(isCanonicalNumber)).toEqual([true, false, false, true, false, true, false]);
  });

  test('F34 sums are decimal however they are computed', () => {
    expect(sum([0.1, 0.2, 0.3])).toBe(0.6);
    expect(sum(Array.from({ length: 1_000 }, () => 0.1))).toBe(100);
    expect(sum([1e15, 0.00001, -1e15])).toBe(0.00001);
    expect([calculate(0.1, '*', 3), calculate(1, '/', 3), calculate(1e308, '*', 10)]).toEqual([0.3, 0.333333333333333, null]);
  });

  test.each(['2026-02-28', '2026-02-28T10:00:00Z', '2026-02-28 10:00:00+02:00'])('%s is a moment', (each) => expect(toInstant(each)).toBeTypeOf('number'));
  test.each(['2026-02-30', '2026-13-01', '28.02.2026', '2026-02-28T25:00', '2026', ''])('%j is none', (each) => expect(toInstant(each)).toBeUndefined());

  test('a target declares a type after its last @', () => {
    expect(['a', 'a@number', 'a@b@date', 'a@money', '@number'].map(splitTarget)).toEqual([{ name: 'a' }, { name: 'a', type: 'number' }, { name: 'a@b', type: 'date' }, { name: 'a', type: null }, { name: '@number' }]);
    expect(convert(null, 'integer')).toEqual({ ok: true, value: null });
  });

  test('F35 keys of equal values are equal, of different ones different', () => {
    const values: Json[] = [1, '1', true, 'true', null, [], {}, [1], ['1'], { a: 1 }, { a: '1' }, { a: [1, null] }, '[1]', { id: 1, x: 1 }];
    const keys = values.map(structuralKey);
    expect(new Set(keys).size).toBe(values.length);
    expect(structuralKey({ b: 2, a: 1, c: null })).toBe(structuralKey({ a: 1, b: 2 }));
    expect(structuralKey({ id: 1, name: 'a' })).toBe(structuralKey({ id: 1, name: 'b' }));
    expect(compares({ id: 1, name: 'a' }, 'equal', '1')).toBe(true);
  });
});

describe('expressions', () => {
  const run = (text: string, item: Json = { a: 2, s: 'x', list: [{ v: 1, tags: ['t'] }, { v: 3, tags: [] }] }, items: Json = [{ a: 1 }, { a: 2 }]): Json => {
    const compiled = compileExpression(text);
    if (!compiled.ok) throw new FailureError(compiled.failure);
    return compiled.run({ item, items, context: { now: '2026-01-31T08:30:00Z', user: null } });
  };
  const codeOf = (text: string, item?: Json, items?: Json): string => {
    try {
      run(text, item, items);
      return 'ok';
    } catch (error) {
      return error instanceof FailureError ? error.failure.code : String(error);
    }
  };

  test.each<[string, Json]>([
    ['item.a * 2.5', 5], ['2.5 * 2', 5], ['7 / 2', 3.5], ['7 % 4', 3], ['size(item.list) + 0.5', 2.5], ['item.list[1].v', 3], ['item.gone == null', true], ['has(item.gone)', true], ['item.a in [1, 2]', true], ['-item.a', -2],
    ['item.s == "x" ? "yes" : "no"', 'yes'], ['items.map(i, i.a)', [1, 2]], ['items.filter(i, i.a > 1).size()', 1], ['item.list.filter(l, l.tags.exists(t, t == "t")).map(l, l.v)', [1]], ['timestamp(context.now).getFullYear()', 2026],
    ['[1, 2.5, "x"]', [1, 2.5, 'x']], ['{"a": 1, "b": "x"}', { a: 1, b: 'x' }], ['item', { a: 2, s: 'x', list: [{ v: 1, tags: ['t'] }, { v: 3, tags: [] }] }], ['item.constructor', null], ['item["__proto__"]', null], ['"2" + "items"', '2items'],
  ])('%s gives %j', (text, expected) => {
    expect(run(text)).toEqual(expected);
  });

  test.each([['itm.a', 'a name there is not'], ['item.', 'half an expression'], ['item.s.matches("x")', 'a slow function'], [`${'('.repeat(3_000)}1${')'.repeat(3_000)}`, 'depth'], ['1'.repeat(20_000), 'length'], ['item.a = 1', 'an assignment'], ['items.map(i, items.map(j, 1))', 'a loop that costs the square'], ['item.list.map(i, [1, 2].map(j, 1))', 'the same over a literal']])('F12 %.40s is refused for %s', (text) => {
    expect(codeOf(text)).toBe('PARAM_INVALID');
  });

  test.each([['item.s + 1'], ['item.a / 0'], ['item.list[7]'], ['item.gone.deeper'], ['duration("3s")'], ['b"abc"'], ['type(1)']])('F33 %s fails as a mismatch', (text) => {
    expect(codeOf(text)).toBe('TYPE_MISMATCH');
  });

  test('F13 a loop over all items is for few, and their wrapping is done once', () => {
    const items = Array.from({ length: 50_000 }, (_, a) => ({ a }));
    expect(codeOf('items.exists(i, i.a == item.a)', { a: 1 }, items)).toBe('LIMIT_EXCEEDED');
    const { user: before } = process.cpuUsage();
    for (let at = 0; at < 2_000; at++) run('size(items) + item.a', { a: at }, items);
    expect(process.cpuUsage().user - before).toBeLessThan(2_000_000);
  });
});

describe('entries', () => {
  const fields = sampleComponent.fields;
  const badOf = (data: JsonObject, mode: 'create' | 'update') => {
    const checked = validateEntry(fields, data, mode);
    return checked.ok ? [] : checked.bad.map((each) => each.field);
  };

  test('creating judges every field, updating only those given', () => {
    expect(badOf({ state: 9 }, 'create')).toEqual(['user_name', 'state']);
    expect(badOf({ state: 1 }, 'update')).toEqual([]);
    expect(badOf({ user_name: null, price: -1, paid: 'maybe', car: { id: 'a b' } }, 'update')).toEqual(['user_name', 'price', 'paid', 'car']);
  });

  test('values become what they are stored as, virtual fields are not, unknown ones are named', () => {
    expect(validateEntry(fields, { user_name: 'Ana', price: '5', paid: 'true', car: { id: 7, name: 'x' }, draft: 'd', other: 1 }, 'create')).toEqual({ ok: true, unknown: ['other'], data: { user_name: 'Ana', state: null, price: 5, paid: true, note: null, car: { id: 7 } } });
  });

  test.each<[string, Json, boolean]>([['datetime', '2026-01-31T08:30:00+01:00', true], ['datetime', '2026-01-31T08:30:00', false], ['date', '2026-02-30', false], ['time', '08:30', true], ['time', '24:00', false], ['uri', 'https://x.org', true], ['uri', '/x', false], ['integer', 1.5, false], ['integer', '2', true], ['boolean', 0, false]])('%s takes %j: %s', (type, given, ok) => {
    const field = { name: 'f', title: 'F', type };
    // The table above names types as text.
    expect(validateField(field as Parameters<typeof validateField>[0], given).ok).toBe(ok);
  });
});
