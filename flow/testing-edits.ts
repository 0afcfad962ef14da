import type * as Y from 'yjs';
import * as edits from './document';
import type { Step } from './flow';
import type { Json } from './json';
import type { Random } from './testing-random';

type Editing = { doc: Y.Doc; undo: Y.UndoManager; origin: unknown };

const paramsToTry: Record<string, () => [string, Json][]> = {
  'get-raw-model': () => [['model', '{"x":1}'], ['model', '{"x":1,"rows":[]}'], ['validateInput', true], ['validateInput', false]],
  'filter-source': () => [['srcField', 'x'], ['operator', 'less'], ['operator', 'equal'], ['filterValue', { const: 3 }], ['compareWithNull', true]],
  distinct: () => [['keys', ['x']], ['keys', ['x', 'y']], ['keys', []]],
};

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
const withoutAdding = Array.from({ length: 22 }, (_, act) => act).filter((act) => ![0, 4, 5, 6, 18].includes(act));

/** One thing a person does in the editor: any edit of a dataflow, its undo or its redo. */
export function randomEdit(random: Random, { doc, undo, origin }: Editing): void {
  const { lanes, notes = [] } = edits.definitionOf(doc);
  const stages = lanes.flatMap((lane) => lane.stages);
  const steps = stages.flatMap((stage) => stage.steps);
  const stage = random.pick(stages);
  const step: Step | undefined = random.pick(steps);
  const note = random.pick(notes);
  const ids = steps.filter(() => random.chance(0.15)).map((each) => each.id);
  const place = { stageId: stage?.id ?? 'nowhere', index: random.below(6) };
  const isFull = doc.getMap('steps').size + doc.getMap('stages').size + doc.getMap('notes').size >= mostEntries;
  switch (isFull ? random.pick(withoutAdding) : random.below(22)) {
    case 0: edits.addStage(doc, { index: random.below(4), name: `Stage ${random.below(9)}` }, origin); break;
    case 1: if (stage) edits.renameStage(doc, stage.id, `Renamed ${random.below(9)}`, origin); break;
    case 2: if (stage) edits.moveStage(doc, stage.id, random.below(4), origin); break;
    case 3: if (stage && random.chance(0.3)) edits.removeStage(doc, stage.id, 'usr', origin); break;
    case 4: case 5: case 6: edits.addStep(doc, { ...place, type: random.pick(Object.keys(paramsToTry)) ?? 'distinct', name: 'New', ...(step ? { sources: { source: step.id } } : {}) }, origin); break;
    case 7: case 8: if (ids.length > 0) edits.moveSteps(doc, ids, place, origin); break;
    case 9: if (step) edits.renameStep(doc, step.id, `Name ${random.below(50)}`, origin); break;
    case 10: case 11: {
      const [key, value] = (step && random.pick(paramsToTry[step.type]?.() ?? [])) ?? ['', null];
      if (step && key) edits.setParam(doc, step.id, key, value, origin);
      break;
    }
    case 12: case 13: if (step?.type === 'transform-model') edits.setParam(doc, step.id, 'fieldsMapping', randomRows(random, step.params?.['fieldsMapping'] ?? []), origin); break;
    case 14: {
      const text = step ? edits.textOf(doc, step.id, 'model') : null;
      if (text) doc.transact(() => text.insert(random.below(text.length + 1), `${random.below(10)}`), origin);
      break;
    }
    case 15: if (step) edits.setSource(doc, step.id, 'source', random.chance(0.2) ? null : (random.pick(steps)?.id ?? null), origin); break;
    case 16: if (step) edits.setDisabled(doc, step.id, random.chance(0.5), origin); break;
    case 17: if (ids.length > 0) edits.removeSteps(doc, ids.slice(0, 2), 'usr', origin); break;
    case 18: if (ids.length > 0) edits.duplicateSteps(doc, ids.slice(0, 2), origin); break;
    case 19: if (note && random.chance(0.7)) edits.moveNote(doc, note.id, [random.below(500), random.below(500)], origin); else if (!isFull) edits.addNote(doc, { pos: [1, 2], text: 'hello' }, origin); break;
    case 20: if (note) edits.noteText(doc, note.id)?.insert(0, 'x'); break;
    default: if (random.chance(0.6)) undo.undo(); else undo.redo();
  }
  if (random.chance(0.3)) undo.stopCapturing();
}
