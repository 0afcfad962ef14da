import * as Y from 'yjs';
import { canonicalDefinition, canonicalSettings, canonicalStep, sourcePorts } from './canonical';
import { canonicalParams, isDefaultParam, isListParam, isTextParam, sameJson } from './canonical-params';
import { definitionLimits, flowConcurrency, flowKind, flowTimeoutMs, stepKey, stepsOf, type FlowDefinition, type FlowKind, type FlowSettings, type Note, type SourcePort, type Stage, type Step } from './flow';
import { id as idSchema, newId } from './id';
import type { Json, JsonObject } from './json';
import { matchLists, unmoved } from './list-diff';
import { cleanName, normalize, type DocumentState, type LaneState, type NoteState, type StageState, type StepState } from './normalize';
import { compareOrder, firstOrders, ordersAt } from './order-key';
import { retryDefaults, retryKeys, retryPolicy, stepTimeoutMs, type RetryPolicy } from './retry-policy';
import type { ParamMeta } from './steps/field';
import { stepType } from './steps/index';
import { textEdit } from './text-diff';

/**
 * The shared document of a flow: the only file that knows what is inside. Maps by random id with flat keys, so that
 * two people who edit two things never collide; everything nested is made in the transaction of its step.
 *
 *   meta    schema, epoch, kind (the server's) · name, restrictAccess, s:<setting>
 *   lanes   step, case, at: order
 *   stages  name, at: [laneId, order], del: userId
 *   steps   type, name, at: [stageId, order], in:<port>, p:<param>, t:<param>: Y.Text, r:<param>:<row>: [order, row],
 *           disabled, note, onError, retry:<key>, timeoutMs, del: userId (`retry` as one value is how older documents have it)
 *   notes   at: order, pos, size, colour, body: Y.Text, del: userId
 */
export const documentSchema = 1;
export const documentRoots = ['meta', 'lanes', 'stages', 'steps', 'notes'] as const;
type Root = (typeof documentRoots)[number];

/** What a client may write: keys of each root's maps, and those of `meta` that only the server sets. */
export const documentKeys: Record<Root, RegExp> = {
  meta: /^(schema|epoch|kind|name|restrictAccess|s:(generateApi|elevatedRights|description|timeoutMs|concurrency))$/,
  lanes: /^(step|case|at|del)$/,
  stages: /^(name|at|del)$/,
  steps: /^(type|name|at|disabled|note|onError|retry|retry:(attempts|backoff|backoffMs|maxBackoffMs|jitter|on)|timeoutMs|del|in:(source|left|right)|[pt]:[A-Za-z][A-Za-z0-9]{0,63}|r:[A-Za-z][A-Za-z0-9]{0,63}:[A-Za-z0-9_-]{1,64})$/,
  notes: /^(at|pos|size|colour|body|del)$/,
};
export const serverKeys = ['schema', 'epoch', 'kind'] as const;

type Entry = Y.Map<unknown>;
const root = (doc: Y.Doc, name: Exclude<Root, 'meta'>): Y.Map<unknown> => doc.getMap(name);
const meta = (doc: Y.Doc): Entry => doc.getMap('meta');

function entryOf(doc: Y.Doc, name: Exclude<Root, 'meta'>, id: string): Entry | null {
  const entry = root(doc, name).get(id);
  return entry instanceof Y.Map ? entry : null;
}

// ——— reading

/** False for a fresh Y.Doc whose flow has not arrived yet. */
export function isLoaded(doc: Y.Doc): boolean {
  return meta(doc).size > 0;
}

/** Changes when the document is replaced as a whole: copies of another epoch do not merge with it. '' while nothing is here. */
export function epochOf(doc: Y.Doc): string {
  return textFrom(meta(doc).get('epoch'));
}

export function definitionOf(doc: Y.Doc): FlowDefinition {
  return normalize(readState(doc));
}

export function readState(doc: Y.Doc): DocumentState {
  return {
    ...readMeta(doc),
    lanes: readAll(doc, 'lanes', readLane), stages: readAll(doc, 'stages', readStage), steps: readAll(doc, 'steps', readStep), notes: readAll(doc, 'notes', readNote),
  };
}

export type MetaState = Pick<DocumentState, 'kind' | 'name' | 'restrictAccess' | 'settings'>;

export function readMeta(doc: Y.Doc): MetaState {
  const entry = meta(doc);
  const restrictAccess = entry.get('restrictAccess');
  return {
    kind: kindOf(doc), name: cleanName(textFrom(entry.get('name')), 'Flow'), restrictAccess: typeof restrictAccess === 'boolean' ? restrictAccess : undefined,
    settings: canonicalSettings({
      generateApi: entry.get('s:generateApi') === true, elevatedRights: entry.get('s:elevatedRights') === true, description: textFrom(entry.get('s:description')).slice(0, 2_000),
      timeoutMs: flowTimeoutMs.safeParse(entry.get('s:timeoutMs')).data, concurrency: flowConcurrency.safeParse(entry.get('s:concurrency')).data,
    }),
  };
}

function readAll<T>(doc: Y.Doc, name: Exclude<Root, 'meta'>, read: (doc: Y.Doc, id: string) => T | null): T[] {
  const found: T[] = [];
  for (const id of root(doc, name).keys()) {
    const state = read(doc, id);
    if (state !== null) found.push(state);
  }
  return found;
}

/** An entry whose id a definition may have. */
function readable(doc: Y.Doc, name: Exclude<Root, 'meta'>, id: string): Entry | null {
  return isId(id) ? entryOf(doc, name, id) : null;
}

const isId = (value: unknown): value is string => idSchema.safeParse(value).success;

export function readLane(doc: Y.Doc, id: string): LaneState | null {
  const entry = readable(doc, 'lanes', id);
  if (!entry) return null;
  const [step, branch] = [textFrom(entry.get('step')), textFrom(entry.get('case'))];
  return { id, order: textFrom(entry.get('at')), deleted: isDeleted(entry), when: id === 'main' || step === '' ? null : { step, case: branch } };
}

export function readStage(doc: Y.Doc, id: string): StageState | null {
  const entry = readable(doc, 'stages', id);
  if (!entry) return null;
  const [laneId, order] = placeOf(entry);
  return { id, laneId, order, deleted: isDeleted(entry), name: cleanName(textFrom(entry.get('name')), 'Stage') };
}

export function readNote(doc: Y.Doc, id: string): NoteState | null {
  const entry = readable(doc, 'notes', id);
  if (!entry) return null;
  const [size, colour] = [pairOf(entry.get('size')), textFrom(entry.get('colour')).slice(0, 20)];
  const body = entry.get('body');
  const note: Note = {
    id, pos: pairOf(entry.get('pos')) ?? [0, 0], text: (body instanceof Y.Text ? plainText(body) : '').slice(0, definitionLimits.noteLength),
    ...(size ? { size } : {}), ...(colour ? { colour } : {}),
  };
  return { id, order: textFrom(entry.get('at')), deleted: isDeleted(entry), note };
}

export function readStep(doc: Y.Doc, id: string): StepState | null {
  const entry = readable(doc, 'steps', id);
  if (!entry) return null;
  const kind = kindOf(doc);
  const type = textFrom(entry.get('type'));
  const [stageId, order] = placeOf(entry);
  const known = stepType(stepKey(kind, type));
  const retry = readRetry(entry);
  const sources = Object.fromEntries(sourcePorts.map((port) => [port, entry.get(`in:${port}`)]).filter(([, source]) => isId(source)));
  const step = canonicalStep({
    id, type: isId(type) ? type : 'unknown', name: cleanName(textFrom(entry.get('name')), known?.title.en ?? type), sources, params: readParams(entry, known?.params),
    disabled: entry.get('disabled') === true, note: textFrom(entry.get('note')).slice(0, definitionLimits.noteLength),
    ...(kind === 'dataflow' && entry.get('onError') === 'continue' ? { onError: 'continue' as const } : {}), ...(retry ? { retry } : {}), ...(entry.has('timeoutMs') ? { timeoutMs: stepTimeoutMs.safeParse(entry.get('timeoutMs')).data } : {}),
  }, kind);
  return { id, stageId, order, deleted: isDeleted(entry), step };
}

/** Key by key, so that two people may set two of them; a value that does not fit counts as absent. */
function readRetry(entry: Entry): RetryPolicy | undefined {
  const set = retryKeys.filter((key) => entry.has(`retry:${key}`));
  if (set.length === 0 && !entry.has('retry')) return undefined; // nearly every step, and reading a flow is hot
  const whole = retryPolicy.safeParse(entry.get('retry')).data;
  const own = Object.fromEntries(set.flatMap((key): [string, unknown][] => {
    const value = retryPolicy.shape[key].safeParse(entry.get(`retry:${key}`)).data;
    return value === undefined ? [] : [[key, value]];
  }));
  return whole === undefined && Object.keys(own).length === 0 ? undefined : retryPolicy.parse({ attempts: retryDefaults.attempts, ...whole, ...own });
}

function readParams(entry: Entry, metas: Record<string, ParamMeta> | undefined): JsonObject {
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

const textFrom = (value: unknown): string => (typeof value === 'string' ? value.replaceAll('\u0000', '') : '');
const plainText = (value: Y.Text): string => value.toJSON().replaceAll('\u0000', '');
const isDeleted = (entry: Entry): boolean => {
  const by = entry.get('del');
  return by !== undefined && by !== null && by !== false;
};

function kindOf(doc: Y.Doc): FlowKind {
  const kind = flowKind.safeParse(meta(doc).get('kind'));
  return kind.success ? kind.data : 'dataflow';
}

function placeOf(entry: Entry): [string, string] {
  const at = entry.get('at');
  return Array.isArray(at) ? [textFrom(at[0]), textFrom(at[1])] : ['', ''];
}

function pairOf(value: unknown): [number, number] | undefined {
  const [x, y]: unknown[] = Array.isArray(value) ? value : [];
  return typeof x === 'number' && typeof y === 'number' && Number.isFinite(x) && Number.isFinite(y) ? [x, y] : undefined;
}

/** A copy as JSON: Yjs can also hold bytes, big integers and undefined, which no definition has. */
function jsonFrom(value: unknown, depth = 0): Json | undefined {
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

// ——— making

export function createDocument(definition: FlowDefinition): Y.Doc {
  const doc = new Y.Doc();
  doc.transact(() => {
    meta(doc).set('schema', documentSchema);
    meta(doc).set('epoch', newId('epoch'));
    meta(doc).set('kind', definition.kind);
    fill(doc, canonicalDefinition(definition), 'create');
  });
  return doc;
}

/** Makes the document say what the definition says, touching only what differs; ids are kept. */
export function replaceDefinition(doc: Y.Doc, definition: FlowDefinition, origin: unknown): void {
  doc.transact(() => fill(doc, canonicalDefinition(definition), 'replace'), origin);
}

function fill(doc: Y.Doc, definition: FlowDefinition, deletedBy: string): void {
  put(meta(doc), 'name', definition.name);
  put(meta(doc), 'restrictAccess', definition.restrictAccess);
  putSettings(doc, definition.settings ?? {});
  const stages = definition.lanes.flatMap((lane) => lane.stages.map((stage) => ({ lane, stage })));
  const laneOrders = settled(doc, 'lanes', definition.lanes.map((each) => each.id), '');
  for (const lane of definition.lanes) {
    const entry = ensure(doc, 'lanes', lane.id);
    put(entry, 'at', laneOrders.get(lane.id));
    put(entry, 'step', lane.when?.step);
    put(entry, 'case', lane.when?.case);
    put(entry, 'del', undefined);
    const orders = settled(doc, 'stages', lane.stages.map((each) => each.id), lane.id);
    for (const stage of lane.stages) {
      const made = ensure(doc, 'stages', stage.id);
      put(made, 'name', stage.name);
      put(made, 'at', [lane.id, orders.get(stage.id) ?? '']);
      put(made, 'del', undefined);
    }
  }
  for (const { stage } of stages) {
    const orders = settled(doc, 'steps', stage.steps.map((each) => each.id), stage.id);
    for (const step of stage.steps) writeStep(doc, step, [stage.id, orders.get(step.id) ?? '']);
  }
  const noteOrders = settled(doc, 'notes', (definition.notes ?? []).map((each) => each.id), '');
  for (const note of definition.notes ?? []) writeNote(doc, note, noteOrders.get(note.id) ?? '');
  drop(doc, 'lanes', new Set(definition.lanes.map((each) => each.id)), deletedBy);
  drop(doc, 'stages', new Set(stages.map((each) => each.stage.id)), deletedBy);
  drop(doc, 'steps', new Set(stepsOf(definition).map((each) => each.id)), deletedBy);
  drop(doc, 'notes', new Set((definition.notes ?? []).map((each) => each.id)), deletedBy);
}

function drop(doc: Y.Doc, name: Exclude<Root, 'meta'>, kept: ReadonlySet<string>, deletedBy: string): void {
  for (const [id, entry] of root(doc, name)) if (entry instanceof Y.Map && !kept.has(id) && !isDeleted(entry)) entry.set('del', deletedBy);
}

/** The orders the ids have, when they already stand in this order at this place; new ones otherwise. */
function settled(doc: Y.Doc, name: Exclude<Root, 'meta'>, ids: readonly string[], home: string): Map<string, string> {
  const orders: string[] = [];
  for (const id of ids) {
    const entry = entryOf(doc, name, id);
    const [place, order] = !entry ? ['', ''] : name === 'lanes' || name === 'notes' ? ['', textFrom(entry.get('at'))] : placeOf(entry);
    if (order === '' || place !== home || (orders.at(-1) ?? '') >= order) return new Map(firstOrders(ids.length).map((made, at) => [ids[at] ?? '', made]));
    orders.push(order);
  }
  return new Map(orders.map((order, at) => [ids[at] ?? '', order]));
}

function ensure(doc: Y.Doc, name: Exclude<Root, 'meta'>, id: string): Entry {
  const known = entryOf(doc, name, id);
  if (known) return known;
  const made = new Y.Map<unknown>();
  root(doc, name).set(id, made);
  return made;
}

/** Sets or deletes a key, only when that changes something. */
function put(entry: Entry, key: string, value: Json | undefined): void {
  const stored = entry.has(key) ? jsonFrom(entry.get(key)) : undefined;
  if (value === undefined) {
    if (entry.has(key)) entry.delete(key);
  } else if (stored === undefined || !sameJson(stored, value)) entry.set(key, value);
}

function writeStep(doc: Y.Doc, step: Step, at: [string, string]): void {
  const entry = ensure(doc, 'steps', step.id);
  const metas = stepType(stepKey(kindOf(doc), step.type))?.params;
  if (entry.get('type') !== step.type) {
    for (const key of entry.keys()) if (/^[ptr]:/.test(key)) entry.delete(key);
    entry.set('type', step.type);
  }
  put(entry, 'name', step.name);
  put(entry, 'at', at);
  for (const port of sourcePorts) put(entry, `in:${port}`, step.sources?.[port]);
  put(entry, 'disabled', step.disabled ? true : undefined);
  put(entry, 'note', step.note || undefined);
  put(entry, 'onError', step.onError === 'continue' ? 'continue' : undefined);
  putRetry(entry, step.retry);
  put(entry, 'timeoutMs', step.timeoutMs);
  put(entry, 'del', undefined);
  const params = step.params ?? {};
  const stored = [...entry.keys()].filter((key) => /^[ptr]:/.test(key)).map((key) => key.slice(2).split(':')[0] ?? '');
  for (const key of new Set([...Object.keys(metas ?? {}), ...Object.keys(params), ...stored])) writeParam(entry, key, metas?.[key], params[key]);
}

function putRetry(entry: Entry, policy: RetryPolicy | undefined): void {
  put(entry, 'retry', undefined);
  for (const key of retryKeys) put(entry, `retry:${key}`, policy?.[key]);
}

function writeParam(entry: Entry, key: string, meaning: ParamMeta | undefined, value: Json | undefined): void {
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

function sharedText(entry: Entry, key: string): Y.Text {
  const known = entry.get(key);
  if (known instanceof Y.Text) return known;
  const made = new Y.Text();
  entry.set(key, made);
  return made;
}

function replaceText(text: Y.Text, wanted: string): void {
  const edit = textEdit(text.toJSON(), wanted);
  if (!edit) return;
  if (edit.remove > 0) text.delete(edit.at, edit.remove);
  if (edit.insert !== '') text.insert(edit.at, edit.insert);
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

function writeNote(doc: Y.Doc, note: Note, order: string): void {
  const entry = ensure(doc, 'notes', note.id);
  put(entry, 'at', order);
  put(entry, 'pos', note.pos);
  put(entry, 'size', note.size);
  put(entry, 'colour', note.colour);
  put(entry, 'del', undefined);
  replaceText(sharedText(entry, 'body'), note.text);
}

// ——— flow

export function renameFlow(doc: Y.Doc, name: string, origin: unknown): void {
  doc.transact(() => put(meta(doc), 'name', cleanName(name, readMeta(doc).name)), origin);
}

export type SettingsPatch = { restrictAccess?: boolean | undefined; settings?: FlowSettings | undefined };

/** Settings that are named change, the others stay. */
export function setFlowSettings(doc: Y.Doc, patch: SettingsPatch, origin: unknown): void {
  doc.transact(() => {
    if (patch.restrictAccess !== undefined) put(meta(doc), 'restrictAccess', patch.restrictAccess);
    if (patch.settings) putSettings(doc, { ...readMeta(doc).settings, ...patch.settings });
  }, origin);
}

function putSettings(doc: Y.Doc, { generateApi, elevatedRights, description, timeoutMs, concurrency }: FlowSettings): void {
  put(meta(doc), 's:generateApi', generateApi ? true : undefined);
  put(meta(doc), 's:elevatedRights', elevatedRights ? true : undefined);
  put(meta(doc), 's:description', description || undefined);
  put(meta(doc), 's:timeoutMs', timeoutMs);
  put(meta(doc), 's:concurrency', concurrency);
}

// ——— stages

export function addStage(doc: Y.Doc, where: { laneId?: string; index: number; name: string }, origin: unknown): string {
  const id = newId('stg');
  const laneId = where.laneId ?? 'main';
  doc.transact(() => {
    placeAll(doc, 'stages', laneId, where.index, [id]);
    put(ensure(doc, 'stages', id), 'name', cleanName(where.name, 'Stage'));
  }, origin);
  return id;
}

export function renameStage(doc: Y.Doc, stageId: string, name: string, origin: unknown): void {
  edit(doc, 'stages', stageId, origin, (entry) => put(entry, 'name', cleanName(name, 'Stage')));
}

/** `index` counts the lane's other stages. */
export function moveStage(doc: Y.Doc, stageId: string, index: number, origin: unknown): void {
  edit(doc, 'stages', stageId, origin, (entry) => placeAll(doc, 'stages', placeOf(entry)[0] || 'main', index, [stageId]));
}

/** Its steps go with it, and come back with it. */
export function removeStage(doc: Y.Doc, stageId: string, userId: string, origin: unknown): void {
  edit(doc, 'stages', stageId, origin, (entry) => put(entry, 'del', userId));
}

function edit(doc: Y.Doc, name: Exclude<Root, 'meta'>, id: string, origin: unknown, change: (entry: Entry) => void): void {
  const entry = entryOf(doc, name, id);
  if (entry) doc.transact(() => change(entry), origin);
}

/** Puts entries into a place's list at an index; others are touched only when no room is left between them. */
function placeAll(doc: Y.Doc, name: 'stages' | 'steps', home: string, index: number, ids: readonly string[]): void {
  const moving = new Set(ids);
  const siblings: { id: string; order: string }[] = [];
  for (const [id, entry] of root(doc, name)) {
    if (!(entry instanceof Y.Map) || moving.has(id) || isDeleted(entry)) continue;
    const [place, order] = placeOf(entry);
    if (place === home) siblings.push({ id, order });
  }
  for (const [id, order] of ordersAt(siblings.toSorted(compareOrder), index, ids)) put(ensure(doc, name, id), 'at', [home, order]);
}

// ——— lanes

/** A branch with its one stage for each case that has none. Ids follow from step and case, so two people who add the same branch add one. */
export function addLanes(doc: Y.Doc, stepId: string, cases: readonly { case: string; name: string }[], origin: unknown): void {
  doc.transact(() => {
    const own = readAll(doc, 'lanes', readLane).filter((lane) => !lane.deleted && lane.when?.step === stepId);
    const missing = cases.filter((each) => !own.some((lane) => lane.when?.case === each.case));
    const others = readAll(doc, 'lanes', readLane).filter((lane) => lane.id !== 'main' && !lane.deleted).toSorted(compareOrder);
    const ids = missing.map((each) => `lane_${branchKey(stepId, each.case)}`);
    const orders = ordersAt(others, others.length, ids);
    missing.forEach((each, at) => {
      const id = ids[at] ?? '';
      const lane = ensure(doc, 'lanes', id);
      put(lane, 'at', orders.get(id));
      put(lane, 'step', stepId);
      put(lane, 'case', each.case);
      put(lane, 'del', undefined);
      const stageId = `stg_${branchKey(stepId, each.case)}`;
      const stage = ensure(doc, 'stages', stageId);
      put(stage, 'name', cleanName(each.name, 'Stage'));
      put(stage, 'at', [id, firstOrders(1)[0] ?? '']);
      put(stage, 'del', undefined);
    });
  }, origin);
}

/** 52 bits of FNV-1a twice over, in letters an id may have. */
function branchKey(stepId: string, branch: string): string {
  let [a, b] = [0x811c9dc5, 0x1000193];
  for (const letter of `${stepId} ${branch}`) {
    const point = letter.codePointAt(0) ?? 0;
    a = Math.imul(a ^ point, 0x01000193) >>> 0;
    b = Math.imul(b ^ point, 0x85ebca6b) >>> 0;
  }
  return `${a.toString(36)}${b.toString(36)}`;
}

/** A branch whose value is gone; its steps go with it, and come back with it. */
export function removeLane(doc: Y.Doc, laneId: string, userId: string, origin: unknown): void {
  if (laneId !== 'main') edit(doc, 'lanes', laneId, origin, (entry) => put(entry, 'del', userId));
}

// ——— steps

export type StepPlace = { stageId: string; index: number };
export type NewStep = StepPlace & { type: string; name: string; params?: JsonObject; sources?: { [port in SourcePort]?: string } };

/** Adds a step; a name that is taken gets a number behind it. Returns the step's id. */
export function addStep(doc: Y.Doc, { stageId, index, type, name, params, sources }: NewStep, origin: unknown): string {
  const [id] = insertSteps(doc, [{ id: '', type, name, ...(params ? { params } : {}), ...(sources ? { sources } : {}) }], { stageId, index }, origin);
  return id ?? '';
}

/** Inserts copies of steps under new ids; sources among them follow, others stay as they are. */
function insertSteps(doc: Y.Doc, steps: readonly Step[], { stageId, index }: StepPlace, origin: unknown): string[] {
  const ids = steps.map(() => newId('stp'));
  const renamed = new Map(steps.map((step, at) => [step.id, ids[at] ?? '']));
  doc.transact(() => {
    const names = takenNames(doc);
    placeAll(doc, 'steps', stageId, index, ids);
    steps.forEach((step, at) => {
      const id = ids[at] ?? '';
      const name = freeName(cleanName(step.name, step.type), names);
      const sources = Object.fromEntries(Object.entries(step.sources ?? {}).map(([port, source]) => [port, source === undefined ? undefined : (renamed.get(source) ?? source)]));
      const [home, order] = placeOf(ensure(doc, 'steps', id));
      writeStep(doc, { ...canonicalStep(step, kindOf(doc)), id, name, sources }, [home, order]);
    });
  }, origin);
  return ids;
}

function takenNames(doc: Y.Doc): Set<string> {
  const names = new Set<string>();
  for (const [, entry] of root(doc, 'steps')) if (entry instanceof Y.Map && !isDeleted(entry)) names.add(textFrom(entry.get('name')));
  return names;
}

/** "Distinct", then "Distinct 2", "Distinct 3", …; the name is taken from then on. */
function freeName(wanted: string, taken: Set<string>): string {
  const stem = wanted.replace(/ \d{1,6}$/, '');
  let name = wanted;
  for (let number = 2; taken.has(name); number++) name = `${stem.slice(0, definitionLimits.nameLength - 8)} ${number}`;
  taken.add(name);
  return name;
}

/** `index` counts the stage's steps that are not being moved; the moved ones stand there in the order given. */
export function moveSteps(doc: Y.Doc, ids: readonly string[], { stageId, index }: StepPlace, origin: unknown): void {
  const known = [...new Set(ids)].filter((id) => entryOf(doc, 'steps', id) !== null);
  if (known.length > 0) doc.transact(() => placeAll(doc, 'steps', stageId, index, known), origin);
}

export function renameStep(doc: Y.Doc, stepId: string, name: string, origin: unknown): void {
  edit(doc, 'steps', stepId, origin, (entry) => put(entry, 'name', cleanName(name, textFrom(entry.get('name')))));
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

export function setSource(doc: Y.Doc, stepId: string, port: SourcePort, sourceId: string | null, origin: unknown): void {
  edit(doc, 'steps', stepId, origin, (entry) => put(entry, `in:${port}`, sourceId ?? undefined));
}

export function setDisabled(doc: Y.Doc, stepId: string, disabled: boolean, origin: unknown): void {
  edit(doc, 'steps', stepId, origin, (entry) => put(entry, 'disabled', disabled ? true : undefined));
}

export function setStepNote(doc: Y.Doc, stepId: string, note: string, origin: unknown): void {
  edit(doc, 'steps', stepId, origin, (entry) => put(entry, 'note', note.slice(0, definitionLimits.noteLength) || undefined));
}

export function setOnError(doc: Y.Doc, stepId: string, onError: 'stop' | 'continue', origin: unknown): void {
  edit(doc, 'steps', stepId, origin, (entry) => put(entry, 'onError', onError === 'continue' ? 'continue' : undefined));
}

export type RetryChange = { [K in keyof RetryPolicy]?: RetryPolicy[K] | undefined } | null;

/** Changes the keys that are named (undefined: back to the default); null takes the policy away. */
export function setRetry(doc: Y.Doc, stepId: string, change: RetryChange, origin: unknown): void {
  edit(doc, 'steps', stepId, origin, (entry) => {
    if (change === null) return putRetry(entry, undefined);
    // A key taken away must not show the older whole value again; a key that is set stands above it.
    if (entry.has('retry') && Object.values(change).includes(undefined)) putRetry(entry, readRetry(entry));
    for (const key of retryKeys) if (key in change) put(entry, `retry:${key}`, change[key]);
  });
}

export function setStepTimeout(doc: Y.Doc, stepId: string, timeoutMs: number | null, origin: unknown): void {
  edit(doc, 'steps', stepId, origin, (entry) => put(entry, 'timeoutMs', timeoutMs ?? undefined));
}

/** Marks as deleted: what others edit meanwhile survives, and an undo brings it back. */
export function removeSteps(doc: Y.Doc, ids: readonly string[], userId: string, origin: unknown): void {
  doc.transact(() => {
    for (const id of ids) {
      const entry = entryOf(doc, 'steps', id);
      if (entry) put(entry, 'del', userId);
    }
  }, origin);
}

/**
 * Makes one step what it was in `before`: its values, sources and settings, and its place where that differs. A step
 * that did not exist then is marked as deleted. What stands around it stays as it is now.
 */
export function restoreStep(doc: Y.Doc, before: FlowDefinition, stepId: string, userId: string, origin: unknown): void {
  const was = placeIn(before, stepId);
  if (!was) return removeSteps(doc, [stepId], userId, origin);
  doc.transact(() => {
    const now = definitionOf(doc);
    const home = stageToReturnTo(doc, now, was.stage, origin);
    const is = placeIn(now, stepId);
    const others = home.steps.map((each) => each.id).filter((id) => id !== stepId);
    const elders = new Set(was.stage.steps.slice(0, was.index).map((each) => each.id));
    const juniors = new Set(was.stage.steps.slice(was.index + 1).map((each) => each.id));
    const index = others.findLastIndex((id) => elders.has(id)) + 1;
    const standsRight = is?.stage.id === home.id && !others.slice(0, is.index).some((id) => juniors.has(id)) && !others.slice(is.index).some((id) => elders.has(id));
    if (!standsRight) placeAll(doc, 'steps', home.id, index, [stepId]);
    const [stageId, order] = placeOf(ensure(doc, 'steps', stepId));
    writeStep(doc, was.step, [stageId, order]);
  }, origin);
}

function placeIn(definition: FlowDefinition, stepId: string): { stage: Stage; step: Step; index: number } | null {
  for (const stage of definition.lanes.flatMap((lane) => lane.stages)) {
    const index = stage.steps.findIndex((each) => each.id === stepId);
    const step = stage.steps[index];
    if (step) return { stage, step, index };
  }
  return null;
}

/** The step's stage of then, or the last one when that is gone, or a new one when there is none. */
function stageToReturnTo(doc: Y.Doc, now: FlowDefinition, then: Stage, origin: unknown): Stage {
  const same = now.lanes.flatMap((lane) => lane.stages).find((stage) => stage.id === then.id);
  const known = same ?? now.lanes[0]?.stages.at(-1);
  return known ?? { id: addStage(doc, { index: 0, name: then.name }, origin), name: then.name, steps: [] };
}

/** Copies stand behind the last of their stage's originals. */
export function duplicateSteps(doc: Y.Doc, ids: readonly string[], origin: unknown): string[] {
  const definition = definitionOf(doc);
  const wanted = new Set(ids);
  const originals: Step[] = [];
  const copies: string[] = [];
  doc.transact(() => {
    for (const stage of definition.lanes.flatMap((lane) => lane.stages)) {
      const picked = stage.steps.filter((step) => wanted.has(step.id));
      const last = picked.at(-1);
      if (!last) continue;
      originals.push(...picked);
      copies.push(...insertSteps(doc, picked, { stageId: stage.id, index: stage.steps.indexOf(last) + 1 }, origin));
    }
    rewire(doc, originals, copies);
  }, origin);
  return copies;
}

/** Sources among copies made stage by stage. */
function rewire(doc: Y.Doc, originals: readonly Step[], copies: readonly string[]): void {
  const copyOf = new Map(originals.map((step, at) => [step.id, copies[at] ?? '']));
  originals.forEach((step, at) => {
    const entry = entryOf(doc, 'steps', copies[at] ?? '');
    for (const port of sourcePorts) {
      const copy = copyOf.get(step.sources?.[port] ?? '');
      if (entry && copy) put(entry, `in:${port}`, copy);
    }
  });
}

/** Steps cut out of a flow, in position order; what the clipboard holds. */
export type FlowFragment = { kind: FlowKind; steps: Step[] };

export function copyFragment(definition: FlowDefinition, ids: readonly string[]): FlowFragment {
  const wanted = new Set(ids);
  return { kind: definition.kind, steps: stepsOf(definition).filter((step) => wanted.has(step.id)) };
}

/** Pastes under new ids. Sources outside of the fragment stay where the flow has them, and go where it does not. */
export function pasteFragment(doc: Y.Doc, fragment: FlowFragment, place: StepPlace, origin: unknown): string[] {
  const inside = new Set(fragment.steps.map((step) => step.id));
  const kind = kindOf(doc);
  const steps = fragment.steps.filter((step) => stepType(stepKey(kind, step.type)) !== undefined).map((step): Step => {
    const kept = Object.entries(step.sources ?? {}).filter(([, source]) => source !== undefined && (inside.has(source) || isLive(doc, source)));
    return { ...step, sources: Object.fromEntries(kept) };
  });
  return insertSteps(doc, steps, place, origin);
}

function isLive(doc: Y.Doc, stepId: string): boolean {
  const entry = entryOf(doc, 'steps', stepId);
  return entry !== null && !isDeleted(entry);
}

// ——— notes

export type NewNote = { pos: [number, number]; text?: string; size?: [number, number]; colour?: string };

export function addNote(doc: Y.Doc, { pos, text, size, colour }: NewNote, origin: unknown): string {
  const id = newId('nte');
  doc.transact(() => {
    const others = readAll(doc, 'notes', readNote).toSorted(compareOrder);
    const order = ordersAt(others, others.length, [id]).get(id) ?? '';
    writeNote(doc, { id, pos, text: text ?? '', ...(size ? { size } : {}), ...(colour ? { colour } : {}) }, order);
  }, origin);
  return id;
}

export function moveNote(doc: Y.Doc, noteId: string, pos: [number, number], origin: unknown): void {
  edit(doc, 'notes', noteId, origin, (entry) => put(entry, 'pos', pos));
}

export function resizeNote(doc: Y.Doc, noteId: string, size: [number, number], origin: unknown): void {
  edit(doc, 'notes', noteId, origin, (entry) => put(entry, 'size', size));
}

export function colourNote(doc: Y.Doc, noteId: string, colour: string | null, origin: unknown): void {
  edit(doc, 'notes', noteId, origin, (entry) => put(entry, 'colour', colour ?? undefined));
}

export function removeNote(doc: Y.Doc, noteId: string, userId: string, origin: unknown): void {
  edit(doc, 'notes', noteId, origin, (entry) => put(entry, 'del', userId));
}

export function noteText(doc: Y.Doc, noteId: string): Y.Text | null {
  const body = entryOf(doc, 'notes', noteId)?.get('body');
  return body instanceof Y.Text ? body : null;
}

// ——— undo

/** One per client, over everything, for edits with this origin only. Call `stopCapturing()` at drop, blur and paste. */
export function createUndo(doc: Y.Doc, origin: unknown): Y.UndoManager {
  return new Y.UndoManager(documentRoots.map((name) => doc.getMap(name)), { trackedOrigins: new Set([origin]), captureTimeout: 400 });
}
