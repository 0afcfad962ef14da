import { isJsonObject, type Json } from './json';
import type { Text } from './text';
import { text } from './text';

/**
 * How an answer looks, as a small JSON Schema: declared by people, or learnt from what came. Only what people write by
 * hand is judged (type, required, properties, items, enum, nullable); the rest says nothing.
 */
const deepest = 8;
const widest = 200;

/** The first place where the value is not as declared, or null. */
export function shapeMismatch(schema: Json, value: Json, at = '', depth = 0): { path: string; text: Text } | null {
  if (!isJsonObject(schema) || depth > 64) return null;
  if (value === null && (schema['nullable'] === true || schema['type'] === 'null')) return null;
  const types = wanted(schema['type'] ?? null);
  const path = at === '' ? '$' : at;
  if (types.length > 0 && !types.some((type) => isOf(value, type))) return { path, text: text(`${path} is ${kindOf(value).en}, not ${types.join(' or ')}`, `${path} est ${kindOf(value).fr}, pas ${types.join(' ou ')}`) };
  const choices = schema['enum'];
  if (Array.isArray(choices) && typeof value !== 'object' && !choices.includes(value)) return { path, text: text(`${path} is none of the declared values`, `${path} n’est aucune des valeurs déclarées`) };
  if (Array.isArray(value)) {
    for (const [index, each] of value.slice(0, 1_000).entries()) {
      const found = shapeMismatch(schema['items'] ?? null, each, `${at}[${index}]`, depth + 1);
      if (found) return found;
    }
    return null;
  }
  if (!isJsonObject(value)) return null;
  for (const name of Array.isArray(schema['required']) ? schema['required'] : []) {
    if (typeof name === 'string' && !Object.hasOwn(value, name)) return { path: join(at, name), text: text(`${join(at, name)} is missing`, `${join(at, name)} manque`) };
  }
  const properties = schema['properties'] ?? null;
  for (const [name, each] of isJsonObject(properties) ? Object.entries(properties) : []) {
    const found = Object.hasOwn(value, name) ? shapeMismatch(each, value[name] ?? null, join(at, name), depth + 1) : null;
    if (found) return found;
  }
  return null;
}

const join = (at: string, name: string) => (at === '' ? name : `${at}.${name}`);
const wanted = (type: Json): string[] => (Array.isArray(type) ? type : [type]).filter((each) => typeof each === 'string');

function isOf(value: Json, type: string): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isJsonObject(value);
  if (type === 'integer') return typeof value === 'number' && Number.isInteger(value);
  return ['string', 'number', 'boolean'].includes(type) ? typeof value === type : true;
}

function kindOf(value: Json): Text {
  if (value === null) return text('null', 'null');
  if (Array.isArray(value)) return text('a list', 'une liste');
  return typeof value === 'object' ? text('an object', 'un objet') : text(`a ${typeof value}`, `de type ${typeof value}`);
}

/** The shape of a value that came, so that pickers can complete it next time. */
export function shapeOf(value: Json, depth = 0): Json {
  if (value === null) return {};
  if (Array.isArray(value)) return depth >= deepest ? { type: 'array' } : { type: 'array', items: merged(value.slice(0, 50).map((each) => shapeOf(each, depth + 1))) };
  if (!isJsonObject(value)) return { type: typeof value === 'number' ? (Number.isInteger(value) ? 'integer' : 'number') : typeof value };
  if (depth >= deepest) return { type: 'object' };
  return { type: 'object', properties: Object.fromEntries(Object.entries(value).slice(0, widest).map(([name, each]) => [name, shapeOf(each, depth + 1)])) };
}

/** One shape for all elements of a list: the union of their properties; whole and broken numbers are numbers. */
function merged(shapes: readonly Json[]): Json {
  const [first, ...rest] = shapes.filter((each) => isJsonObject(each) && each['type'] !== undefined);
  return rest.reduce<Json>(both, first ?? {});
}

function both(a: Json, b: Json): Json {
  if (!isJsonObject(a) || !isJsonObject(b)) return {};
  if (a['type'] !== b['type']) {
    const numbers = [a['type'], b['type']].every((each) => each === 'integer' || each === 'number');
    return numbers ? { type: 'number' } : {};
  }
  const [left, right] = [a['properties'] ?? null, b['properties'] ?? null];
  if (isJsonObject(left) && isJsonObject(right)) {
    const names = [...new Set([...Object.keys(left), ...Object.keys(right)])].slice(0, widest);
    return { type: 'object', properties: Object.fromEntries(names.map((name) => [name, merged([left[name] ?? {}, right[name] ?? {}])])) };
  }
  return a['type'] === 'array' ? { type: 'array', items: both(a['items'] ?? {}, b['items'] ?? {}) } : a;
}
