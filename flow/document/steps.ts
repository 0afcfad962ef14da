import * as Y from 'yjs';
import { canonicalStep, sourcePorts } from '../canonical';
import { definitionLimits, stepKey, type SourcePort, type Step } from '../flow';
import { newId } from '../id';
import type { JsonObject } from '../json';
import { cleanName } from '../normalize';
import { stepType } from '../steps/index';
import { edit, ensure, entryOf, isDeleted, kindOf, placeOf, put, root, textFrom } from './entries';
import { writeParam } from './params';
import { placeAll } from './places';
import { putRetry } from './retry';

export type StepPlace = { stageId: string; index: number };
export type NewStep = StepPlace & { type: string; name: string; params?: JsonObject; sources?: { [port in SourcePort]?: string } };

/** Adds a step; a name that is taken gets a number behind it. Returns the step's id. */
export function addStep(doc: Y.Doc, { stageId, index, type, name, params, sources }: NewStep, origin: unknown): string {
  const [id] = insertSteps(doc, [{ id: '', type, name, ...(params ? { params } : {}), ...(sources ? { sources } : {}) }], { stageId, index }, origin);
  return id ?? '';
}

/** Inserts copies of steps under new ids; sources among them follow, others stay as they are. */
export function insertSteps(doc: Y.Doc, steps: readonly Step[], { stageId, index }: StepPlace, origin: unknown): string[] {
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

export function writeStep(doc: Y.Doc, step: Step, at: [string, string]): void {
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

/** Marks as deleted: what others edit meanwhile survives, and an undo brings it back. */
export function removeSteps(doc: Y.Doc, ids: readonly string[], userId: string, origin: unknown): void {
  doc.transact(() => {
    for (const id of ids) {
      const entry = entryOf(doc, 'steps', id);
      if (entry) put(entry, 'del', userId);
    }
  }, origin);
}
