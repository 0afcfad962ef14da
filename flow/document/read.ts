import * as Y from 'yjs';
import { canonicalStep, sourcePorts } from '../canonical';
import { definitionLimits, stepKey, type FlowDefinition, type Note } from '../flow';
import { isId } from '../id';
import { cleanName, normalize, type DocumentState, type LaneState, type NoteState, type StageState, type StepState } from '../normalize';
import { stepTimeoutMs } from '../retry-policy';
import { stepType } from '../steps/index';
import { entryOf, isDeleted, kindOf, meta, pairOf, placeOf, plainText, root, textFrom, type Collection, type Entry } from './entries';
import { readParams } from './params';
import { readRetry } from './retry';
import { readMeta } from './settings';

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

export function readAll<T>(doc: Y.Doc, name: Collection, read: (doc: Y.Doc, id: string) => T | null): T[] {
  const found: T[] = [];
  for (const id of root(doc, name).keys()) {
    const state = read(doc, id);
    if (state !== null) found.push(state);
  }
  return found;
}

/** An entry whose id a definition may have. */
function readable(doc: Y.Doc, name: Collection, id: string): Entry | null {
  return isId(id) ? entryOf(doc, name, id) : null;
}

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
