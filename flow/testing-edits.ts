import type * as Y from 'yjs';
import * as edits from './document';
import { readingOf, type FlowReading } from './document-reading';
import { stepsOf, type FlowDefinition, type Step } from './flow';
import type { Json } from './json';
import type { Random } from './testing-random';

/** Who edits in a fuzz test: `origin` marks their transactions and is what their undo manager tracks. */
export type Editor = { doc: Y.Doc; undo: Y.UndoManager; origin: unknown };

const paramsToTry: Record<string, () => [string, Json][]> = {
  'get-raw-model': () => [['model', '{"x":1}'], ['model', '{"x":1,"rows":[]}'], ['validateInput', true], ['validateInput', false]],
  'filter-source': () => [['srcField', 'x'], ['operator', 'less'], ['operator', 'equal'], ['filterValue', { const: 3 }], ['compareWithNull', true]],
  distinct: () => [['keys', ['x']], ['keys', ['x', 'y']], ['keys', []]],
};
const typesToAdd = [...Object.keys(paramsToTry), 'transform-model', 'calculate-array'];

function randomRows(random: Random, current: Json): Json[] {
  const rows = Array.isArray(current) ? [...current] : [];
  const row = { target: `t${random.below(20)}`, value: { const: random.below(100) } };
  const at = random.below(rows.length + 1);
  switch (random.below(4)) {
    case 0: rows.splice(at, 0, row); break;
    case 1: rows.splice(at, 1); break;
    case 2: if (at < rows.length) rows[at] = row; break;
    default: rows.push(...rows.splice(at, 1));
  }
  return rows;
}

/** What is deleted stays in the document: beyond this nothing is added, so that a long meeting does not only grow. */
const mostEntries = 24;

type Act = () => unknown;

/** Kept up as the editor keeps it: reading all of it for each of a thousand edits took longer than making them. */
const readings = new WeakMap<Y.Doc, FlowReading>();
function definitionSeen(doc: Y.Doc): FlowDefinition {
  const reading = readings.get(doc) ?? readingOf(doc);
  readings.set(doc, reading);
  return reading.update();
}

/** One thing an honest person could do next in the editor, taking back and bringing again included. */
export function randomEdit(random: Random, editor: Editor): void {
  const { doc, undo } = editor;
  const definition = definitionSeen(doc);
  const isFull = doc.getMap('steps').size + doc.getMap('stages').size + doc.getMap('notes').size >= mostEntries;
  const acts: Act[] = [
    () => undo.undo(), () => undo.undo(), () => undo.redo(),
    ...flowActs(random, editor, definition), ...stageActs(random, editor, definition), ...stepActs(random, editor, definition), ...noteActs(random, editor, definition),
    ...(isFull ? [] : addingActs(random, editor, definition)),
  ];
  random.pick(acts)?.();
  if (random.chance(0.3)) undo.stopCapturing();
}

function flowActs(random: Random, { doc, origin }: Editor, definition: FlowDefinition): Act[] {
  return [
    () => edits.renameFlow(doc, `Flow ${random.below(50)}`, origin),
    () => edits.setFlowSettings(doc, { restrictAccess: random.chance(0.5), settings: { description: `Words ${random.below(50)}` } }, origin),
    () => random.chance(0.1) && edits.replaceDefinition(doc, definition, origin),
  ];
}

function stageActs(random: Random, { doc, origin }: Editor, { lanes }: FlowDefinition): Act[] {
  const stage = random.pick(lanes.flatMap((lane) => lane.stages));
  return stage ? [
    () => edits.renameStage(doc, stage.id, `Renamed ${random.below(9)}`, origin), () => edits.moveStage(doc, stage.id, random.below(4), origin),
    () => random.chance(0.2) && edits.removeStage(doc, stage.id, 'usr', origin),
  ] : [];
}

function addingActs(random: Random, { doc, origin }: Editor, definition: FlowDefinition): Act[] {
  const steps = stepsOf(definition);
  const step = random.pick(steps);
  const picked = steps.filter(() => random.chance(0.15)).map((each) => each.id);
  const place = { stageId: random.pick(definition.lanes.flatMap((lane) => lane.stages))?.id ?? 'nowhere', index: random.below(6) };
  const addStep = () => edits.addStep(doc, { ...place, type: random.pick(typesToAdd) ?? 'distinct', name: random.pick(['New', 'Other']) ?? 'New', ...(step ? { sources: { source: step.id } } : {}) }, origin);
  return [
    () => edits.addStage(doc, { index: random.below(4), name: `Stage ${random.below(9)}` }, origin),
    addStep, addStep, addStep,
    () => edits.duplicateSteps(doc, picked.slice(0, 2), origin), () => edits.pasteFragment(doc, edits.copyFragment(definition, picked.slice(0, 2)), place, origin),
    () => edits.addNote(doc, { pos: [random.below(9), 2], text: `hello ${random.below(50)}` }, origin),
  ];
}

function stepActs(random: Random, { doc, origin }: Editor, definition: FlowDefinition): Act[] {
  const steps = stepsOf(definition);
  const step = random.pick(steps);
  if (!step) return [];
  const picked = steps.filter(() => random.chance(0.15)).map((each) => each.id);
  const move = () => edits.moveSteps(doc, picked, { stageId: random.pick(definition.lanes.flatMap((lane) => lane.stages))?.id ?? 'nowhere', index: random.below(6) }, origin);
  return [
    move, move, () => edits.renameStep(doc, step.id, `Name ${random.below(50)}`, origin),
    () => edits.setSource(doc, step.id, 'source', random.chance(0.2) ? null : (random.pick(steps)?.id ?? null), origin),
    () => edits.setDisabled(doc, step.id, random.chance(0.5), origin), () => edits.setStepNote(doc, step.id, `Note ${random.below(50)}`, origin),
    () => edits.setOnError(doc, step.id, random.chance(0.5) ? 'continue' : 'stop', origin),
    () => edits.setRetry(doc, step.id, random.pick([{ attempts: 2 + random.below(3) }, { jitter: random.chance(0.5) }, { jitter: undefined }, null]) ?? null, origin),
    () => edits.removeSteps(doc, picked.slice(0, 2), 'usr', origin),
    ...paramActs(random, { doc, origin }, step),
  ];
}

function paramActs(random: Random, { doc, origin }: Pick<Editor, 'doc' | 'origin'>, step: Step): Act[] {
  const text = edits.textOf(doc, step.id, 'model');
  const tried = paramsToTry[step.type]?.() ?? [];
  const set = () => {
    const [key, value] = random.pick(tried) ?? ['', null];
    if (key !== '') edits.setParam(doc, step.id, key, value, origin);
  };
  const setRows = () => edits.setParam(doc, step.id, 'fieldsMapping', randomRows(random, step.params?.['fieldsMapping'] ?? []), origin);
  return [
    ...(tried.length > 0 ? [set, set] : []), ...(step.type === 'transform-model' ? [setRows, setRows] : []),
    ...(text ? [() => doc.transact(() => text.insert(random.below(text.length + 1), `${random.below(10)}😀`), origin)] : []),
  ];
}

function noteActs(random: Random, { doc, origin }: Editor, { notes = [] }: FlowDefinition): Act[] {
  const note = random.pick(notes);
  return note ? [
    () => edits.moveNote(doc, note.id, [random.below(500), random.below(500)], origin), () => edits.noteText(doc, note.id)?.insert(0, `x ${random.below(9)} 😀`),
    () => random.chance(0.2) && edits.removeNote(doc, note.id, 'usr', origin),
  ] : [];
}
