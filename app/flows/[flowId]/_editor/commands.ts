import type * as Y from 'yjs';
import {
  addLanes, addNote, addStage, addStep, copyFragment, duplicateSteps, moveNote, moveStage, moveSteps, noteText, pasteFragment, removeLane, removeNote, removeStage, removeSteps, renameFlow, renameStage, renameStep, replaceDefinition,
  resizeNote, setDisabled, setFlowSettings, setOnError, setParam, setRetry, setSource, setStepNote, setStepTimeout, type RetryChange,
} from '#flow/document';
import { stepKey, stepsOf, type FlowDefinition, type FlowSettings, type SourcePort } from '#flow/flow';
import { parseFragment } from './fragment';
import type { Json, JsonObject } from '#flow/json';
import { stepType } from '#flow/steps/index';
import type { Locale, Text } from '#flow/text';
import type { Place } from '../../../_canvas/place';
import type { Point } from '../../../_canvas/path-shape';

/** Everything a person can do to the flow. Each is one transaction of the document under this editor's origin. */
export type Commands = ReturnType<typeof createCommands>;

type Now = { doc: Y.Doc | null; definition: FlowDefinition; selection: readonly string[]; undo: Y.UndoManager | null };
type Case = { case: string; label: Text };
type Deps = {
  /** The branches a condition step has with these parameters. */
  casesOf: (typeId: string, params: JsonObject) => Case[];
  now: () => Now; origin: unknown; userId: string; locale: Locale; stageName: (number: number) => string;
};

export function createCommands({ casesOf, now, origin, userId, locale, stageName }: Deps) {
  /** Runs an edit as an undo step of its own; without a document (offline at first load, or read-only) nothing happens. */
  const edit = <T>(work: (doc: Y.Doc) => T): T | null => {
    const { doc, undo } = now();
    if (!doc) return null;
    undo?.stopCapturing();
    const result = work(doc);
    undo?.stopCapturing();
    return result;
  };
  /** Typing: successive edits merge into one undo step. */
  const type = (work: (doc: Y.Doc) => void): void => {
    const { doc } = now();
    if (doc) work(doc);
  };

  const addType = (typeId: string, place?: Place): string | null => {
    const { definition, selection } = now();
    const at = place ?? placeBelow(definition, selection);
    const found = stepType(stepKey(definition.kind, typeId));
    if (!found) return null;
    return edit((doc) => {
      const stageId = at?.stageId ?? addStage(doc, { laneId: definition.lanes[0]?.id ?? 'main', index: 0, name: stageName(1) }, origin);
      const sources = found.kind === 'dataflow' ? sourcesFor(found.sources, definition, at, selection) : undefined;
      // A condition step and its branches are one edit: nobody ever sees the one without the others, and undo takes both.
      return doc.transact(() => {
        const stepId = addStep(doc, { stageId, index: at?.index ?? 0, type: typeId, name: freeName(found.title[locale], definition), ...(sources ? { sources } : {}) }, origin);
        addBranches(doc, stepId, casesOf(typeId, {}));
        return stepId;
      }, origin);
    });
  };

  const addBranches = (doc: Y.Doc, stepId: string, cases: readonly Case[]) => {
    if (cases.length > 0) addLanes(doc, stepId, cases.map((each) => ({ case: each.case, name: each.label[locale] })), origin);
  };

  return {
    addType,
    /** The branches a condition step has none for yet. */
    addBranches: (stepId: string) => {
      const step = stepsOf(now().definition).find((each) => each.id === stepId);
      if (step) edit((doc) => addBranches(doc, stepId, casesOf(step.type, step.params ?? {})));
    },
    removeLane: (laneId: string) => edit((doc) => removeLane(doc, laneId, userId, origin)),
    addStage: (index?: number): string | null => {
      const { definition } = now();
      const lane = definition.lanes[0];
      const count = lane?.stages.length ?? 0;
      return edit((doc) => addStage(doc, { laneId: lane?.id ?? 'main', index: index ?? count, name: stageName(count + 1) }, origin));
    },
    renameStage: (stageId: string, name: string) => edit((doc) => renameStage(doc, stageId, name, origin)),
    moveStage: (stageId: string, index: number) => edit((doc) => moveStage(doc, stageId, index, origin)),
    removeStage: (stageId: string) => edit((doc) => removeStage(doc, stageId, userId, origin)),
    moveSteps: (ids: string[], place: Place) => {
      if (!isWhereItWas(now().definition, ids, place)) edit((doc) => moveSteps(doc, ids, place, origin));
    },
    connect: (from: string, to: string, port: SourcePort) => edit((doc) => setSource(doc, to, port, from, origin)),
    setSource: (stepId: string, port: SourcePort, source: string | null) => edit((doc) => setSource(doc, stepId, port, source, origin)),
    renameStep: (stepId: string, name: string) => type((doc) => renameStep(doc, stepId, name, origin)),
    setParam: (stepId: string, key: string, value: Json | undefined) => type((doc) => doc.transact(() => {
      setParam(doc, stepId, key, value, origin);
      const { definition } = now();
      const step = definition.kind === 'workflow' ? stepsOf(definition).find((each) => each.id === stepId) : undefined;
      if (step) addBranches(doc, stepId, casesOf(step.type, { ...step.params, [key]: value ?? null }));
    }, origin)),
    setDisabled: (ids: readonly string[], disabled: boolean) => edit((doc) => doc.transact(() => { for (const id of ids) setDisabled(doc, id, disabled, origin); }, origin)),
    setNote: (stepId: string, note: string) => type((doc) => setStepNote(doc, stepId, note, origin)),
    setRetry: (stepId: string, change: RetryChange) => edit((doc) => setRetry(doc, stepId, change, origin)),
    setTimeout: (stepId: string, timeoutMs: number | null) => edit((doc) => setStepTimeout(doc, stepId, timeoutMs, origin)),
    setOnError: (stepId: string, onError: 'stop' | 'continue') => edit((doc) => setOnError(doc, stepId, onError, origin)),
    remove: (ids: readonly string[]) => edit((doc) => removeSteps(doc, [...ids], userId, origin)),
    duplicate: (ids: readonly string[]): string[] => edit((doc) => duplicateSteps(doc, [...ids], origin)) ?? [],
    copy: (ids: readonly string[]): string => JSON.stringify({ millrace: copyFragment(now().definition, [...ids]) }),
    paste: (text: string): string[] | null => {
      const fragment = parseFragment(text);
      const { definition, selection } = now();
      const place = placeBelow(definition, selection);
      return fragment && place ? edit((doc) => pasteFragment(doc, fragment, place, origin)) : null;
    },
    addNote: (at: Point) => edit((doc) => addNote(doc, { pos: [Math.round(at.x), Math.round(at.y)] }, origin)),
    moveNote: (noteId: string, at: Point) => edit((doc) => moveNote(doc, noteId, [Math.round(at.x), Math.round(at.y)], origin)),
    resizeNote: (noteId: string, size: { width: number; height: number }) => edit((doc) => resizeNote(doc, noteId, [Math.round(size.width), Math.round(size.height)], origin)),
    writeNote: (noteId: string, text: string) => type((doc) => { const body = noteText(doc, noteId); if (body) replaceText(body, text, origin); }),
    removeNote: (noteId: string) => edit((doc) => removeNote(doc, noteId, userId, origin)),
    renameFlow: (name: string) => type((doc) => renameFlow(doc, name, origin)),
    setSettings: (settings: FlowSettings) => edit((doc) => setFlowSettings(doc, { settings }, origin)),
    /** Writes what differs, as one edit of this person: undo brings everything back. */
    replace: (definition: FlowDefinition) => edit((doc) => replaceDefinition(doc, definition, origin)),
    undo: () => now().undo?.undo(),
    redo: () => now().undo?.redo(),
  };
}

/** Writes only what differs between two texts, so that another person's words elsewhere in them stay. */
export function replaceText(body: Y.Text, text: string, origin: unknown): void {
  const old = body.toString();
  let start = 0;
  while (start < old.length && start < text.length && old[start] === text[start]) start++;
  let end = 0;
  while (end < old.length - start && end < text.length - start && old[old.length - 1 - end] === text[text.length - 1 - end]) end++;
  body.doc?.transact(() => {
    if (old.length - end > start) body.delete(start, old.length - end - start);
    if (text.length - end > start) body.insert(start, text.slice(start, text.length - end));
  }, origin);
}

/** Below the last selected step, else at the end of the last stage. */
export function placeBelow(definition: FlowDefinition, selection: readonly string[]): Place | null {
  for (const lane of definition.lanes) {
    for (const stage of lane.stages) {
      const index = stage.steps.findLastIndex((step) => selection.includes(step.id));
      if (index >= 0) return { stageId: stage.id, index: index + 1 };
    }
  }
  const last = definition.lanes[0]?.stages.at(-1);
  return last ? { stageId: last.id, index: last.steps.length } : null;
}

/** A new step reads the step selected, if that comes earlier, else the one before it by position; a join the two before. */
function sourcesFor(rule: 'none' | 'one' | 'optional' | 'two', definition: FlowDefinition, at: Place | null, selection: readonly string[]): { [port in SourcePort]?: string } | undefined {
  if (rule === 'none' || !at) return undefined;
  const earlier = earlierSteps(definition, at);
  const picked = selection.length === 1 ? earlier.find((id) => id === selection[0]) : undefined;
  const last = picked ?? earlier.at(-1);
  if (last === undefined) return undefined;
  if (rule !== 'two') return { source: last };
  const other = earlier.filter((id) => id !== last).at(-1);
  return other === undefined ? { left: last } : { left: other, right: last };
}

export function earlierSteps(definition: FlowDefinition, at: Place): string[] {
  const ids: string[] = [];
  for (const stage of definition.lanes.flatMap((lane) => lane.stages)) {
    if (stage.id === at.stageId) return [...ids, ...stage.steps.slice(0, at.index).map((step) => step.id)];
    ids.push(...stage.steps.map((step) => step.id));
  }
  return ids;
}

export function freeName(title: string, definition: FlowDefinition): string {
  const taken = new Set(stepsOf(definition).map((step) => step.name));
  let name = title;
  for (let number = 2; taken.has(name); number++) name = `${title} ${number}`;
  return name;
}

function isWhereItWas(definition: FlowDefinition, ids: readonly string[], place: Place): boolean {
  const stage = definition.lanes.flatMap((lane) => lane.stages).find((each) => each.id === place.stageId);
  if (!stage) return false;
  const moved = ids.map((id) => stage.steps.find((step) => step.id === id));
  const rest = stage.steps.filter((step) => !ids.includes(step.id));
  const after = [...rest.slice(0, place.index), ...moved, ...rest.slice(place.index)];
  return after.length === stage.steps.length && after.every((step, i) => step?.id === stage.steps[i]?.id);
}
