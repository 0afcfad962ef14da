import { Environment } from '@marcbachmann/cel-js';
import { failure, FailureError, type Failure } from './failure';
import { shapeOf } from './expression-shape';
import { isJsonObject, type Json } from './json';

/**
 * `expr` values are CEL over `item`, `items` and `context` (steps.md §1.8). Every number is a double: literals are
 * written as doubles before parsing and results come back as numbers. `matches` is refused: it backtracks for minutes.
 */
export type Expression = (scope: { item: Json; items: Json; context: Json }) => Json;

/** `loopedItems`: a loop over all items runs for every item, so it costs the square of their number. */
const limits = { length: 10_000, cached: 2_000, loopedItems: 3_000 };
const environment = new Environment({ unlistedVariablesAreDyn: true, homogeneousAggregateLiterals: false });
// Functions such as size() and int() give CEL integers (BigInt): mixed arithmetic becomes double.
const arithmetic: Record<string, (a: number, b: number) => number> = {
  '+': (a, b) => a + b, '-': (a, b) => a - b, '*': (a, b) => a * b, '/': (a, b) => a / b, '%': (a, b) => a % b,
};
for (const [sign, apply] of Object.entries(arithmetic)) {
  environment.registerOperator(`int ${sign} double`, (a: bigint, b: number) => apply(Number(a), b));
  environment.registerOperator(`double ${sign} int`, (a: number, b: bigint) => apply(a, Number(b)));
}
environment.registerOperator('double % double', (a: number, b: number) => a % b);
// Literals are doubles, so the text functions take positions as such; one beyond the text is its end.
const substring = (value: string, start: number | bigint, end: number | bigint = value.length) => value.substring(Number(start), Number(end));
for (const positions of ['double', 'double, double', 'double, int', 'int, double']) environment.registerFunction(`string.substring(${positions}): string`, substring);
environment.registerFunction('string.indexOf(string, double): int', (value: string, search: string, from: number) => BigInt(value.indexOf(search, from)));
environment.registerFunction('string.lastIndexOf(string, double): int', (value: string, search: string, from: number) => BigInt(value.lastIndexOf(search, from)));
environment.registerFunction('string.split(string, double): list<string>', (value: string, separator: string, limit: number) => value.split(separator, limit));
const compiled = new Map<string, Expression>();

export function compileExpression(text: string): { ok: true; run: Expression } | { ok: false; failure: Failure } {
  const known = compiled.get(text);
  if (known) return { ok: true, run: known };
  try {
    const run = build(text);
    if (compiled.size >= limits.cached) compiled.clear();
    compiled.set(text, run);
    return { ok: true, run };
  } catch (error) {
    return { ok: false, failure: error instanceof FailureError ? error.failure : invalid(text, error) };
  }
}

function build(text: string): Expression {
  if (text.length > limits.length) throw new FailureError(invalid(text.slice(0, 60), new Error(`longer than ${limits.length} characters`)));
  if (/\bmatches\s*\(/.test(withoutStrings(text))) throw new FailureError(invalid(text, new Error('"matches" is not offered; use contains, startsWith or endsWith')));
  const evaluate = environment.parse(withDoubles(text));
  const shape = shapeOf(evaluate.ast);
  if (!shape.ok) throw new FailureError(invalid(text, new Error(shape.reason)));
  const usesItems = /\bitems\b/.test(text);
  return (scope) => {
    if (shape.loopsOverItems && Array.isArray(scope.items) && scope.items.length > limits.loopedItems) throw new FailureError(tooMany(scope.items.length));
    try {
      const result: unknown = evaluate({ item: plain(scope.item), items: usesItems ? plainItems(scope.items) : [], context: plain(scope.context) });
      return toJson(result);
    } catch (error) {
      throw error instanceof FailureError ? error : new FailureError(atRunTime(text, error), { cause: error });
    }
  };
}

function withoutStrings(text: string): string {
  return text.replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '""');
}

/** `2` becomes `2.0` outside of strings, names and indexes, so that all arithmetic is on doubles. */
function withDoubles(text: string): string {
  return text.replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\[\s*\d+\s*\]|[A-Za-z_$][\w$]*|\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|0[xX][0-9a-fA-F]+|\d+[uU]?/g, (token) =>
    /^\d+$/.test(token) ? `${token}.0` : token);
}

const dangerous = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Objects become maps: no prototype chain to climb, and a missing field reads as null, as everywhere in a flow.
 * Fields are wrapped when they are read, so that a wide item costs what the expression touches.
 */
function plain(value: Json): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isJsonObject(value)) return value;
  const map = new Map<string, unknown>(Object.entries(value).filter(([key]) => !dangerous.has(key)));
  map.get = (key) => (Object.hasOwn(value, key) && !dangerous.has(key) ? plain(value[key] ?? null) : null);
  return map;
}

const wrapped = new WeakMap<object, unknown>();

/** All items are wrapped once for the step, not once for every item. */
function plainItems(items: Json): unknown {
  if (!Array.isArray(items)) return plain(items);
  const known = wrapped.get(items) ?? plain(items);
  wrapped.set(items, known);
  return known;
}

function toJson(value: unknown): Json {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return value;
    throw new FailureError(failure('TYPE_MISMATCH', { en: 'The expression gives a number that is not finite.', fr: 'L’expression donne un nombre qui n’est pas fini.' }));
  }
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(toJson);
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, each]) => [String(key), toJson(each)]));
  if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, toJson(each)]));
  throw new FailureError(failure('TYPE_MISMATCH', { en: 'The expression gives something that is not data.', fr: 'L’expression ne donne pas une donnée.' }));
}

function reason(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}

const invalid = (text: string, error: unknown) => failure('PARAM_INVALID', {
  en: `The expression "${text.slice(0, 60)}" cannot be read: ${reason(error)}.`, fr: `L’expression « ${text.slice(0, 60)} » est illisible : ${reason(error)}.`,
});
const tooMany = (count: number) => failure('LIMIT_EXCEEDED', {
  en: `An expression may go through "items" for at most ${limits.loopedItems} items; there are ${count}. Group or join in a step instead.`,
  fr: `Une expression peut parcourir « items » pour ${limits.loopedItems} éléments au plus ; il y en a ${count}. Groupez ou joignez dans une étape.`,
});
const atRunTime = (text: string, error: unknown) => failure('TYPE_MISMATCH', {
  en: `The expression "${text.slice(0, 60)}" fails on this item: ${reason(error)}.`, fr: `L’expression « ${text.slice(0, 60)} » échoue sur cet élément : ${reason(error)}.`,
});
