import type { Item } from './steps/capabilities';
import { isJsonObject, type Json } from './json';
import type { ModelField, ModelSchema } from './model-schema';

/**
 * Field paths (steps.md §1.8): segments separated by dots, `[n]` for an index, `["a.b"]` for a name that holds dots,
 * brackets or quotes. `name@type` is accepted as an alias of `name`.
 */
export type Segment = string | number;
export type ParsedPath = { ok: true; segments: Segment[] } | { ok: false; reason: string };

const dangerous = new Set(['__proto__', 'constructor', 'prototype']);
const cache = new Map<string, ParsedPath>();
const cacheLimit = 5_000;

export function parsePath(text: string): ParsedPath {
  const known = cache.get(text);
  if (known) return known;
  const parsed = parse(text);
  if (cache.size >= cacheLimit) cache.clear();
  cache.set(text, parsed);
  return parsed;
}

function parse(text: string): ParsedPath {
  const segments: Segment[] = [];
  let rest = text;
  while (rest.length > 0) {
    const token = nextToken(rest, segments.length === 0);
    if (token === null) return { ok: false, reason: `"${text}" is not a field path near "${rest.slice(0, 20)}"` };
    const segment = typeof token.segment === 'string' ? token.segment.replace(/@[a-z-]+$/, '') : token.segment;
    if (typeof segment === 'string' && dangerous.has(segment)) return { ok: false, reason: `"${segment}" may not be used in a path` };
    segments.push(segment);
    rest = rest.slice(token.length);
  }
  return segments.length > 0 ? { ok: true, segments } : { ok: false, reason: 'the path is empty' };
}

function nextToken(rest: string, first: boolean): { segment: Segment; length: number } | null {
  const quoted = /^\["((?:[^"\\]|\\.)*)"\]/.exec(rest);
  if (quoted) return { segment: (quoted[1] ?? '').replaceAll(/\\(.)/g, '$1'), length: quoted[0].length };
  const index = /^\[(\d{1,9})\]/.exec(rest);
  if (index) return { segment: Number(index[1]), length: index[0].length };
  const plain = (first ? /^([^.[\]"]+)/ : /^\.([^.[\]"]+)/).exec(rest);
  return plain ? { segment: plain[1] ?? '', length: plain[0].length } : null;
}

/** A path written back from its segments. */
export function formatPath(segments: readonly Segment[]): string {
  return segments.map((segment, place) => {
    if (typeof segment === 'number') return `[${segment}]`;
    if (/[.[\]"]/.test(segment)) return `["${segment.replaceAll(/(["\\])/g, '\\$1')}"]`;
    return place === 0 ? segment : `.${segment}`;
  }).join('');
}

/** The value at a path; missing is null, as everywhere (steps.md §1.5). */
export function readPath(item: Item, path: string): Json {
  return readExact(item, path) ?? null;
}

/** Like `readPath`, but tells missing (undefined) from null. */
export function readExact(item: Item, path: string): Json | undefined {
  const parsed = parsePath(path);
  if (!parsed.ok) return undefined;
  let current: Json | undefined = item;
  for (const segment of parsed.segments) {
    if (current === null || current === undefined) return undefined;
    current = child(current, segment);
  }
  return current;
}

function child(value: Json, segment: Segment): Json | undefined {
  if (Array.isArray(value)) return typeof segment === 'number' ? value[segment] : undefined;
  return isJsonObject(value) && Object.hasOwn(value, segment) ? value[segment] : undefined;
}

/** A reader compiled once per run for a path used on every item. */
export function reader(path: string): (item: Item) => Json {
  const parsed = parsePath(path);
  const only = parsed.ok && parsed.segments.length === 1 ? parsed.segments[0] : undefined;
  if (typeof only === 'string') return (item) => (Object.hasOwn(item, only) ? (item[only] ?? null) : null);
  return (item) => readPath(item, path);
}

/** A copy of the item with the value at the path, objects made on the way. */
export function writePath(item: Item, path: string, value: Json): Item {
  const parsed = parsePath(path);
  if (!parsed.ok) return item;
  const written = write(item, parsed.segments, value);
  return isJsonObject(written) ? written : item;
}

function write(target: Json | undefined, segments: readonly Segment[], value: Json): Json {
  const [segment, ...rest] = segments;
  if (segment === undefined) return value;
  if (typeof segment === 'number') {
    const list = Array.isArray(target) ? [...target] : [];
    list[segment] = write(list[segment], rest, value);
    return Array.from(list, (each) => each ?? null);
  }
  const object = isJsonObject(target) ? target : {};
  return { ...object, [segment]: write(object[segment], rest, value) };
}

/** What a schema says of a path. `certain` false: part of the model is unknown, so the path may exist. */
export type Resolved = { found: true; field: ModelField } | { found: false; certain: boolean };

export function resolvePath(schema: ModelSchema, path: string): Resolved {
  const parsed = parsePath(path);
  if (!parsed.ok) return { found: false, certain: true };
  let current: ModelField = { type: 'object', fields: schema.fields, open: schema.open };
  for (const segment of parsed.segments) {
    const next = childField(current, segment);
    if (next === undefined) return { found: false, certain: !(current.open ?? false) && current.type !== 'unknown' };
    current = next;
  }
  return { found: true, field: current };
}

function childField(field: ModelField, segment: Segment): ModelField | undefined {
  if (typeof segment === 'number') return field.type === 'array' ? (field.items ?? { type: 'unknown' }) : undefined;
  const own = field.fields && Object.hasOwn(field.fields, segment) ? field.fields[segment] : undefined;
  if (own) return own;
  if (field.type === 'catalog') return segment === 'id' ? { type: 'integer' } : segment === 'name' ? { type: 'string' } : undefined;
  if (field.type === 'file') return fileFields[segment];
  return undefined;
}

const fileFields: Record<string, ModelField> = { id: { type: 'string' }, name: { type: 'string' }, size: { type: 'integer' }, mimeType: { type: 'string' } };
