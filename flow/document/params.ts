import * as Y from 'yjs';
import { canonicalParams, isDefaultParam, isListParam, isTextParam } from '../canonical-params';
import { stepKey } from '../flow';
import { newId } from '../id';
import type { Json, JsonObject } from '../json';
import { matchLists, unmoved } from '../list-diff';
import { compareOrder, ordersAt } from '../order-key';
import type { ParamMeta } from '../steps/field';
import { stepType } from '../steps/index';
import { edit, entryOf, jsonFrom, kindOf, plainText, put, replaceText, sharedText, textFrom, type Entry } from './entries';

export function readParams(entry: Entry, metas: Record<string, ParamMeta> | undefined): JsonObject {
  const params: JsonObject = {};
  const rows = new Map<string, Row[]>();
  for (const [key, stored] of entry) {
    const name = key.slice(2).split(':')[0] ?? '';
    if (metas && !Object.hasOwn(metas, name)) continue;
    if (key.startsWith('t:') && stored instanceof Y.Text && !entry.has(`p:${name}`)) params[name] = plainText(stored);
    if (key.startsWith('p:')) {
      const value = jsonFrom(stored);
      if (value !== undefined) params[name] = value;
    }
    const row = key.startsWith('r:') ? rowFrom(key, stored) : null;
    if (!row) continue;
    const list = rows.get(name);
    if (list) list.push(row);
    else rows.set(name, [row]);
  }
  for (const [name, list] of rows) if (!entry.has(`p:${name}`)) params[name] = list.toSorted(compareOrder).map((row) => row.value);
  return params;
}

type Row = { key: string; id: string; order: string; value: Json };

function rowFrom(key: string, stored: unknown): Row | null {
  const value = Array.isArray(stored) ? jsonFrom(stored[1]) : undefined;
  return Array.isArray(stored) && value !== undefined ? { key, id: key, order: textFrom(stored[0]), value } : null;
}

function rowsOf(entry: Entry, param: string): Row[] {
  const rows: Row[] = [];
  for (const [key, stored] of entry) {
    const row = key.startsWith(`r:${param}:`) ? rowFrom(key, stored) : null;
    if (row) rows.push(row);
  }
  return rows.toSorted(compareOrder);
}

export function writeParam(entry: Entry, key: string, meaning: ParamMeta | undefined, value: Json | undefined): void {
  if (meaning && isTextParam(meaning)) {
    const text = sharedText(entry, `t:${key}`);
    const fallback = typeof meaning.default === 'string' ? meaning.default : '';
    put(entry, `p:${key}`, typeof value === 'string' || value === null ? undefined : value);
    return replaceText(text, typeof value === 'string' ? value : fallback);
  }
  const isList = meaning !== undefined && isListParam(meaning);
  if (isList || meaning === undefined) writeRows(entry, key, isList && Array.isArray(value) ? value : []);
  const isDefault = value === undefined || (isList && Array.isArray(value)) || (meaning !== undefined && isDefaultParam(meaning, value));
  put(entry, `p:${key}`, isDefault ? undefined : value);
}

/** Rows that stay keep their key and order, so that an edit of one row is one key and two edits of two rows both win. */
function writeRows(entry: Entry, param: string, wanted: readonly Json[]): void {
  const stored = rowsOf(entry, param);
  const matches = matchLists(stored.map((row) => row.value), wanted);
  const ids = matches.map((place) => (place === null ? `r:${param}:${newId('row')}` : (stored[place]?.key ?? '')));
  const known = matches.filter((each) => each !== null);
  const inOrder = unmoved(known);
  const stays = new Set(known.filter((_place, at) => inOrder.has(at)));
  const isPlaced = matches.map((place) => place !== null && stays.has(place));
  const placed = stored.filter((_row, place) => stays.has(place)).map(({ id, order }) => ({ id, order }));
  for (let at = 0; at < wanted.length; at++) {
    if (isPlaced[at]) continue;
    const next = isPlaced.indexOf(true, at);
    const run = ids.slice(at, next < 0 ? wanted.length : next);
    const orders = ordersAt(placed, at, run);
    for (const each of placed) each.order = orders.get(each.id) ?? each.order;
    placed.splice(at, 0, ...run.map((id) => ({ id, order: orders.get(id) ?? '' })));
    at += run.length - 1;
  }
  for (const row of stored) if (!ids.includes(row.key)) entry.delete(row.key);
  placed.forEach(({ id, order }, at) => put(entry, id, [order, wanted[at] ?? null]));
}

/** `undefined` and the default both leave the parameter out. */
export function setParam(doc: Y.Doc, stepId: string, key: string, value: Json | undefined, origin: unknown): void {
  edit(doc, 'steps', stepId, origin, (entry) => {
    const metas = stepType(stepKey(kindOf(doc), textFrom(entry.get('type'))))?.params;
    const meaning = metas && Object.hasOwn(metas, key) ? metas[key] : undefined;
    if (!meaning) return;
    const clean = value === undefined ? undefined : canonicalParams({ [key]: value }, { [key]: meaning })[key];
    writeParam(entry, key, meaning, clean);
    // What was chosen there belongs to what was chosen here before: it goes in the same edit.
    for (const other of meaning.clears ?? []) if (metas?.[other]) writeParam(entry, other, metas[other], undefined);
  });
}

/** The shared text of a code or long text parameter, to bind an editor to. */
export function textOf(doc: Y.Doc, stepId: string, key: string): Y.Text | null {
  const text = entryOf(doc, 'steps', stepId)?.get(`t:${key}`);
  return text instanceof Y.Text ? text : null;
}
