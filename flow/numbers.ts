import { Decimal } from 'decimal.js';
import type { Json } from './json';

/** Numbers of steps.md §1.8: decimal arithmetic, 15 significant digits. */
const Fifteen = Decimal.clone({ precision: 30 });
const numericText = /^\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*$/;

/** The number a value stands for: a number, or numeric text; undefined otherwise. */
export function toNumber(value: Json): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || !numericText.test(value)) return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** Text that is exactly how a number is written: "1", not "01" nor "1.0". */
export function isCanonicalNumber(text: string): boolean {
  return numericText.test(text) && String(Number(text)) === text;
}

export type Arithmetic = '+' | '-' | '*' | '/';

/** Null where the result is beyond a double. Division by zero is the caller's to refuse. */
export function calculate(left: number, op: Arithmetic, right: number): number | null {
  if (op !== '/' && Number.isSafeInteger(left) && Number.isSafeInteger(right)) {
    const exact = op === '+' ? left + right : op === '-' ? left - right : left * right;
    if (Number.isSafeInteger(exact)) return exact === 0 ? 0 : exact;
  }
  const a = new Fifteen(left);
  const result = op === '+' ? a.plus(right) : op === '-' ? a.minus(right) : op === '*' ? a.times(right) : a.div(right);
  return finite(result);
}

/** Exact while every partial sum is a safe integer, decimal from there on. */
export function sum(values: readonly number[]): number | null {
  let whole = 0;
  for (const value of values) {
    whole += value;
    if (!Number.isSafeInteger(value) || !Number.isSafeInteger(whole)) return decimalSum(values);
  }
  return whole;
}

/** Values of few decimals are summed as scaled integers: the same result, many times faster. */
function decimalSum(values: readonly number[]): number | null {
  const scale = 10_000;
  let scaled = 0;
  for (const value of values) {
    const part = Math.round(value * scale);
    if (part / scale !== value || !Number.isSafeInteger(scaled + part)) return slowSum(values);
    scaled += part;
  }
  return finite(new Fifteen(scaled).div(scale));
}

function slowSum(values: readonly number[]): number | null {
  let total = new Fifteen(0);
  for (const value of values) total = total.plus(value);
  return finite(total);
}

export function average(values: readonly number[]): number | null {
  const total = sum(values);
  return total === null || values.length === 0 ? null : finite(new Fifteen(total).div(values.length));
}

function finite(result: Decimal): number | null {
  const number = result.toSignificantDigits(15).toNumber();
  return Number.isFinite(number) && Math.abs(number) <= 1e308 ? number + 0 : null; // never -0
}
