import { toInstant } from './convert';
import { fail } from './failure';
import { isJsonObject, type Json } from './json';
import { isCanonicalNumber } from './numbers';
import type { Operator } from './value';

/** Equality and order across types (steps.md §1.4, §1.8). Null and missing are the same. */
export function equal(left: Json, right: Json): boolean {
  if (left === null || right === null) return left === right;
  if (typeof left === 'number' && typeof right === 'string') return isCanonicalNumber(right) && Number(right) === left;
  if (typeof left === 'string' && typeof right === 'number') return equal(right, left);
  if (typeof left === 'string' && typeof right === 'string') return left === right || sameInstant(left, right);
  if (isReference(left) || isReference(right)) return equalReferences(left, right);
  if (typeof left !== 'object' || typeof right !== 'object') return left === right;
  return structuralKey(left) === structuralKey(right);
}

function sameInstant(left: string, right: string): boolean {
  if (left.length < 10 || right.length < 10 || left[4] !== '-' || right[4] !== '-') return false;
  const instant = toInstant(left);
  return instant !== undefined && instant === toInstant(right);
}

export function isReference(value: Json): value is { [key: string]: Json } {
  return isJsonObject(value) && 'id' in value && Object.keys(value).every((key) => key === 'id' || key === 'name' || key === '$missing');
}

function equalReferences(left: Json, right: Json): boolean {
  const id = (value: Json) => (isJsonObject(value) ? (value['id'] ?? null) : value);
  return equal(id(left), id(right));
}

/** Negative, zero or positive; undefined when the two have no order. */
export function order(left: Json, right: Json): number | undefined {
  const numbers = [canonical(left), canonical(right)];
  if (numbers[0] !== undefined && numbers[1] !== undefined) return numbers[0] - numbers[1];
  if (typeof left === 'string' && typeof right === 'string') {
    const [a, b] = [toInstant(left), toInstant(right)];
    if (a !== undefined && b !== undefined) return a - b;
    return byCodePoint(left, right);
  }
  return undefined;
}

/** JavaScript compares UTF-16 units, in which characters beyond U+FFFF stand before some that come earlier. */
function byCodePoint(left: string, right: string): number {
  let at = 0;
  while (at < left.length && left.charCodeAt(at) === right.charCodeAt(at)) at++;
  if (at > 0 && /[\ud800-\udbff]/.test(left.charAt(at - 1))) at--;
  return (left.codePointAt(at) ?? -1) - (right.codePointAt(at) ?? -1);
}

function canonical(value: Json): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && isCanonicalNumber(value) ? Number(value) : undefined;
}

/** One comparison of a filter or condition. Raises TYPE_MISMATCH where the operator makes no sense of the values. */
export function compares(left: Json, operator: Operator, right: Json): boolean {
  switch (operator) {
    case 'equal':
      return equal(left, right);
    case 'notEqual':
      return !equal(left, right);
    case 'in':
      return Array.isArray(right) && right.some((each) => equal(left, each));
    case 'contains':
      return Array.isArray(left) ? left.some((each) => equal(each, right)) : textTest(left, right, operator, (a, b) => a.includes(b));
    case 'startsWith':
      return textTest(left, right, operator, (a, b) => a.startsWith(b));
    case 'greater':
    case 'less':
    case 'greaterOrEqual':
    case 'lessOrEqual':
      return ordered(left, operator, right);
  }
}

function ordered(left: Json, operator: 'greater' | 'less' | 'greaterOrEqual' | 'lessOrEqual', right: Json): boolean {
  if (left === null || right === null) return false;
  const sign = order(left, right);
  if (sign === undefined) mismatch(left, operator, right);
  if (operator === 'greater') return sign > 0;
  if (operator === 'less') return sign < 0;
  return operator === 'greaterOrEqual' ? sign >= 0 : sign <= 0;
}

function textTest(left: Json, right: Json, operator: Operator, test: (a: string, b: string) => boolean): boolean {
  if (left === null || right === null) return false;
  if (typeof left === 'object' || typeof right === 'object') mismatch(left, operator, right);
  return test(String(left), String(right));
}

function mismatch(left: Json, operator: Operator, right: Json): never {
  const show = (value: Json) => JSON.stringify(value).slice(0, 60);
  fail('TYPE_MISMATCH', {
    en: `${show(left)} and ${show(right)} cannot be compared with "${operator}". Convert one of them, or compare another field.`,
    fr: `${show(left)} et ${show(right)} ne se comparent pas avec « ${operator} ». Convertissez l’un d’eux, ou comparez un autre champ.`,
  });
}

/** Text that is equal exactly when two values are equal structurally, references by id; `1` and `"1"` differ. */
export function structuralKey(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(structuralKey).join(',')}]`;
  if (isReference(value)) return `#${structuralKey(value['id'] ?? null)}`;
  const fields = Object.keys(value).filter((key) => value[key] !== null && value[key] !== undefined).toSorted();
  return `{${fields.map((key) => `${JSON.stringify(key)}:${structuralKey(value[key] ?? null)}`).join(',')}}`;
}

/** Like `structuralKey` for a whole item, which is no reference even if it holds nothing but an id and a name. */
export function itemKey(item: { [key: string]: Json }): string {
  return Object.keys(item).filter((key) => item[key] !== null && item[key] !== undefined).toSorted().map((key) => `${JSON.stringify(key)}:${structuralKey(item[key] ?? null)}`).join(',');
}

/** Key of a join: a number and its canonical text meet; null never does. Undefined: not usable as a key. */
export function joinKey(value: Json): string | null | undefined {
  if (value === null) return null;
  if (isReference(value)) return joinKey(value['id'] ?? null);
  if (typeof value === 'object') return undefined;
  if (typeof value === 'number') return `n${value}`;
  if (typeof value === 'boolean') return `b${value}`;
  if (isCanonicalNumber(value)) return `n${Number(value)}`;
  const instant = value.length >= 10 && value[4] === '-' ? toInstant(value) : undefined;
  return instant === undefined ? `s${value}` : `d${instant}`;
}
