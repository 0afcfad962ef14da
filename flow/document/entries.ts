import * as Y from 'yjs';
import { sameJson } from '../canonical-params';
import { flowKind, type FlowKind } from '../flow';
import type { Json, JsonObject } from '../json';
import { textEdit } from '../text-diff';

export const documentSchema = 1;
export const documentRoots = ['meta', 'lanes', 'stages', 'steps', 'notes'] as const;
type Root = (typeof documentRoots)[number];
/** Those whose values are maps of their own. */
export type Collection = Exclude<Root, 'meta'>;

/** What a client may write: keys of each root's maps, and those of `meta` that only the server sets. */
export const documentKeys: Record<Root, RegExp> = {
  meta: /^(schema|epoch|kind|name|restrictAccess|s:(generateApi|elevatedRights|description|timeoutMs|concurrency))$/,
  lanes: /^(step|case|at|del)$/,
  stages: /^(name|at|del)$/,
  steps: /^(type|name|at|disabled|note|onError|retry|retry:(attempts|backoff|backoffMs|maxBackoffMs|jitter|on)|timeoutMs|del|in:(source|left|right)|[pt]:[A-Za-z][A-Za-z0-9]{0,63}|r:[A-Za-z][A-Za-z0-9]{0,63}:[A-Za-z0-9_-]{1,64})$/,
  notes: /^(at|pos|size|colour|body|del)$/,
};
export const serverKeys = ['schema', 'epoch', 'kind'] as const;

export type Entry = Y.Map<unknown>;
export const root = (doc: Y.Doc, name: Collection): Y.Map<unknown> => doc.getMap(name);
export const meta = (doc: Y.Doc): Entry => doc.getMap('meta');

export function entryOf(doc: Y.Doc, name: Collection, id: string): Entry | null {
  const entry = root(doc, name).get(id);
  return entry instanceof Y.Map ? entry : null;
}

export function ensure(doc: Y.Doc, name: Collection, id: string): Entry {
  const known = entryOf(doc, name, id);
  if (known) return known;
  const made = new Y.Map<unknown>();
  root(doc, name).set(id, made);
  return made;
}

/** Sets or deletes a key, only when that changes something. */
export function put(entry: Entry, key: string, value: Json | undefined): void {
  const stored = entry.has(key) ? jsonFrom(entry.get(key)) : undefined;
  if (value === undefined) {
    if (entry.has(key)) entry.delete(key);
  } else if (stored === undefined || !sameJson(stored, value)) entry.set(key, value);
}

export function edit(doc: Y.Doc, name: Collection, id: string, origin: unknown, change: (entry: Entry) => void): void {
  const entry = entryOf(doc, name, id);
  if (entry) doc.transact(() => change(entry), origin);
}

export function isLive(doc: Y.Doc, stepId: string): boolean {
  const entry = entryOf(doc, 'steps', stepId);
  return entry !== null && !isDeleted(entry);
}

export const textFrom = (value: unknown): string => (typeof value === 'string' ? value.replaceAll('\u0000', '') : '');
export const plainText = (value: Y.Text): string => value.toJSON().replaceAll('\u0000', '');
export const isDeleted = (entry: Entry): boolean => {
  const by = entry.get('del');
  return by !== undefined && by !== null && by !== false;
};

export function kindOf(doc: Y.Doc): FlowKind {
  const kind = flowKind.safeParse(meta(doc).get('kind'));
  return kind.success ? kind.data : 'dataflow';
}

export function placeOf(entry: Entry): [string, string] {
  const at = entry.get('at');
  return Array.isArray(at) ? [textFrom(at[0]), textFrom(at[1])] : ['', ''];
}

export function pairOf(value: unknown): [number, number] | undefined {
  const [x, y]: unknown[] = Array.isArray(value) ? value : [];
  return typeof x === 'number' && typeof y === 'number' && Number.isFinite(x) && Number.isFinite(y) ? [x, y] : undefined;
}

/** A copy as JSON: Yjs can also hold bytes, big integers and undefined, which no definition has. */
export function jsonFrom(value: unknown, depth = 0): Json | undefined {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string') return textFrom(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'object' || depth > 40 || value instanceof Uint8Array || value instanceof Y.AbstractType) return undefined;
  if (Array.isArray(value)) return value.map((each) => jsonFrom(each, depth + 1) ?? null);
  const copy: JsonObject = {};
  for (const [key, each] of Object.entries(value)) {
    const made = key === '__proto__' ? undefined : jsonFrom(each, depth + 1);
    if (made !== undefined) copy[key] = made;
  }
  return copy;
}

export function sharedText(entry: Entry, key: string): Y.Text {
  const known = entry.get(key);
  if (known instanceof Y.Text) return known;
  const made = new Y.Text();
  entry.set(key, made);
  return made;
}

export function replaceText(text: Y.Text, wanted: string): void {
  const edit = textEdit(text.toJSON(), wanted);
  if (!edit) return;
  if (edit.remove > 0) text.delete(edit.at, edit.remove);
  if (edit.insert !== '') text.insert(edit.at, edit.insert);
}
