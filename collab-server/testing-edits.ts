import type * as Y from 'yjs';
import {
  addNote, addStage, addStep, copyFragment, definitionOf, duplicateSteps, moveNote, moveSteps, noteText, pasteFragment, removeNote, removeStage, removeSteps, renameFlow, renameStep, replaceDefinition,
  setDisabled, setFlowSettings, setParam, setSource, setStepNote, textOf,
} from '#flow/document';
import { stepsOf } from '#flow/flow';

/** Who edits in a fuzz test: `user` is the origin of their transactions and what their undo manager tracks. */
export type Editor = { doc: Y.Doc; undo: Y.UndoManager; user: string };

/** One thing an honest person could do next, taking back and bringing again included. */
export function randomEdit({ doc, undo, user }: Editor, random: () => number): void {
  const definition = definitionOf(doc);
  const one = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
  const stage = one(definition.lanes.flatMap((lane) => lane.stages));
  const step = one(stepsOf(definition));
  const other = one(stepsOf(definition));
  const note = one(definition.notes ?? []);
  const index = Math.floor(random() * 4);
  const word = `w${Math.floor(random() * 1_000)}`;
  const acts: (() => unknown)[] = [
    () => addStage(doc, { index, name: word }, user), () => undo.undo(), () => undo.undo(), () => undo.redo(),
    () => renameFlow(doc, word, user), () => setFlowSettings(doc, { restrictAccess: random() < 0.5, settings: { description: word } }, user),
    () => addNote(doc, { pos: [index, index], text: word }, user),
    () => note && moveNote(doc, note.id, [index, 5], user), () => note && noteText(doc, note.id)?.insert(0, `${word} 😀`), () => note && random() < 0.2 && removeNote(doc, note.id, user, user),
    () => stage && addStep(doc, { stageId: stage.id, index, type: one(['distinct', 'filter-source', 'get-raw-model', 'transform-model', 'calculate-array']) ?? 'distinct', name: word, ...(step ? { sources: { source: step.id } } : {}) }, user),
    () => stage && step && other && moveSteps(doc, [step.id, other.id], { stageId: stage.id, index }, user),
    () => step && renameStep(doc, step.id, word, user), () => step && setParam(doc, step.id, 'keys', [word, 'b', one(['c', 'd']) ?? ''], user),
    () => step && setParam(doc, step.id, 'model', `{"a":"${word}"}`, user), () => step && textOf(doc, step.id, 'model')?.insert(0, word),
    () => step && setParam(doc, step.id, 'fieldsMapping', [{ target: word, value: { field: 'x' } }, { target: `${word}2`, value: { field: 'y' } }], user),
    () => step && setSource(doc, step.id, 'source', other?.id ?? null, user), () => step && setDisabled(doc, step.id, random() < 0.5, user), () => step && setStepNote(doc, step.id, word, user),
    () => step && random() < 0.4 && removeSteps(doc, [step.id], user, user), () => stage && random() < 0.1 && removeStage(doc, stage.id, user, user),
    () => step && duplicateSteps(doc, [step.id], user), () => stage && step && pasteFragment(doc, copyFragment(definition, [step.id]), { stageId: stage.id, index }, user),
    () => random() < 0.1 && replaceDefinition(doc, definition, user),
  ];
  one(acts)?.();
}
