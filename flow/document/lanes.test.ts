import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { canonicalJson } from '../canonical';
import * as edits from '../document';
import { shortFlow } from '../testing-flow';

describe('branches', () => {
  const cases = [{ case: 'true', name: 'Yes' }, { case: 'false', name: 'No' }];
  const workflow = () => edits.createDocument(shortFlow([{ id: 'sw', type: 'switch-case', name: 'Which', params: { switchField: 'paid' } }], 'workflow'));

  test('two people who add the same branches add them once, and what each puts inside stays', () => {
    const ana = workflow();
    const bo = new Y.Doc();
    Y.applyUpdate(bo, Y.encodeStateAsUpdate(ana));
    for (const doc of [ana, bo]) edits.addLanes(doc, 'sw', cases, 'edit');
    const stageOf = (doc: Y.Doc, wanted: string) => edits.definitionOf(doc).lanes.find((lane) => lane.when?.case === wanted)?.stages[0]?.id ?? '';
    edits.addStep(ana, { stageId: stageOf(ana, 'true'), index: 0, type: 'finish', name: 'Ana' }, 'edit');
    edits.addStep(bo, { stageId: stageOf(bo, 'true'), index: 0, type: 'finish', name: 'Bo' }, 'edit');
    Y.applyUpdate(bo, Y.encodeStateAsUpdate(ana));
    Y.applyUpdate(ana, Y.encodeStateAsUpdate(bo));
    const { lanes } = edits.definitionOf(ana);
    expect(canonicalJson(edits.definitionOf(bo))).toBe(canonicalJson(edits.definitionOf(ana)));
    expect(lanes.slice(1).map((lane) => lane.when?.case)).toEqual(['true', 'false']);
    expect(lanes[1]?.stages[0]?.steps.map((step) => step.name).toSorted()).toEqual(['Ana', 'Bo']);
  });

  test('adding again changes nothing; one that was deleted comes back with its steps', () => {
    const doc = workflow();
    edits.addLanes(doc, 'sw', cases, 'edit');
    const [, yes] = edits.definitionOf(doc).lanes;
    edits.addStep(doc, { stageId: yes?.stages[0]?.id ?? '', index: 0, type: 'finish', name: 'End' }, 'edit');
    const before = Y.encodeStateVector(doc);
    edits.addLanes(doc, 'sw', cases, 'edit');
    expect(Y.encodeStateVector(doc)).toEqual(before);
    edits.removeLane(doc, yes?.id ?? '', 'usr_1', 'edit');
    expect(edits.definitionOf(doc).lanes).toHaveLength(2);
    edits.addLanes(doc, 'sw', cases, 'edit');
    expect(edits.definitionOf(doc).lanes.flatMap((lane) => lane.stages).flatMap((stage) => stage.steps).map((step) => step.name)).toEqual(['Which', 'End']);
  });
});
