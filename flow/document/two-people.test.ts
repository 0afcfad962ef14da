import { describe, expect, test } from 'vitest';
import * as edits from '../document';
import { stepsOf } from '../flow';
import { rows, two } from './testing-document';

describe('two people', () => {
  test('F22 who set two parameters of one step both win', () => {
    const { ana, bo, meet } = two();
    edits.setParam(ana, 'f', 'operator', 'less', 'ana');
    edits.setParam(bo, 'f', 'srcField', 'b', 'bo');
    edits.renameStep(bo, 'f', 'Renamed', 'bo');
    expect(stepsOf(meet())[2]).toMatchObject({ name: 'Renamed', params: { operator: 'less', srcField: 'b' } });
  });

  test('F22 F25 who edit two rows of one mapping both win, while a third is added and a fourth removed', () => {
    const { ana, bo, meet } = two();
    edits.setParam(ana, 't', 'fieldsMapping', rows('A', 'b', 'c', 'new'), 'ana');
    edits.setParam(bo, 't', 'fieldsMapping', rows('a', 'B'), 'bo');
    expect(stepsOf(meet())[1]?.params?.['fieldsMapping']).toEqual(rows('A', 'B', 'new'));
  });

  test('F22 F26 who type in one script both win', () => {
    const { ana, bo, meet } = two();
    edits.setParam(ana, 'in', 'model', '{"a":1}', 'ana');
    meet();
    edits.setParam(ana, 'in', 'model', '{"first":2,"a":1}', 'ana');
    edits.textOf(bo, 'in', 'model')?.insert(6, ',"last":3');
    expect(stepsOf(meet())[0]?.params).toEqual({ model: '{"first":2,"a":1,"last":3}' });
  });

  test('F22 who move the same step to two places see it once', () => {
    const { ana, bo, meet } = two();
    const stage = edits.addStage(ana, { index: 1, name: 'Two' }, 'ana');
    meet();
    edits.moveSteps(ana, ['d'], { stageId: stage, index: 0 }, 'ana');
    edits.moveSteps(bo, ['d', 'f'], { stageId: 'stg_1', index: 0 }, 'bo');
    expect(stepsOf(meet()).filter((each) => each.id === 'd')).toHaveLength(1);
  });

  test('F24 an edit of what somebody deletes meanwhile survives and comes back with an undo', () => {
    const { ana, bo, meet } = two();
    const undo = edits.createUndo(ana, 'ana');
    edits.removeSteps(ana, ['f'], 'usr_ana', 'ana');
    edits.setParam(bo, 'f', 'srcField', 'edited', 'bo');
    expect(stepsOf(meet()).map((each) => each.id)).toEqual(['in', 't', 'd']);
    undo.undo();
    expect(stepsOf(meet())[2]?.params).toEqual({ srcField: 'edited' });
  });

  test('F23 F24 a deleted stage takes its steps with it and brings back the one added meanwhile', () => {
    const { ana, bo, meet } = two();
    const undo = edits.createUndo(ana, 'ana');
    edits.removeStage(ana, 'stg_1', 'usr_ana', 'ana');
    const added = edits.addStep(bo, { stageId: 'stg_1', index: 4, type: 'distinct', name: 'Late' }, 'bo');
    expect(meet().lanes[0]?.stages).toEqual([]);
    undo.undo();
    expect(stepsOf(meet()).map((each) => each.id)).toEqual(['in', 't', 'f', 'd', added]);
  });

  test('F21 an undo takes back only one’s own', () => {
    const { ana, bo, meet } = two();
    const undo = edits.createUndo(ana, 'ana');
    edits.setParam(ana, 'f', 'operator', 'less', 'ana');
    meet();
    edits.setParam(bo, 'f', 'compareWithNull', true, 'bo');
    meet();
    undo.undo();
    expect(stepsOf(meet())[2]?.params).toEqual({ srcField: 'a', compareWithNull: true });
    undo.redo();
    expect(stepsOf(meet())[2]?.params).toEqual({ srcField: 'a', operator: 'less', compareWithNull: true });
  });

  test('F21 an undo leaves what somebody else set afterwards', () => {
    const { ana, bo, meet } = two();
    const undo = edits.createUndo(ana, 'ana');
    edits.setParam(ana, 'f', 'srcField', 'of ana', 'ana');
    edits.setParam(ana, 't', 'fieldsMapping', rows('x', 'b', 'c'), 'ana');
    meet();
    edits.setParam(bo, 'f', 'srcField', 'of bo', 'bo');
    meet();
    undo.undo();
    const steps = stepsOf(meet());
    expect([steps[1]?.params?.['fieldsMapping'], steps[2]?.params]).toEqual([rows('a', 'b', 'c'), { srcField: 'of bo' }]);
  });

  test('F20 who add steps at one place at once get both, in the same order for everybody', () => {
    const { ana, bo, meet } = two();
    const mine = edits.addStep(ana, { stageId: 'stg_1', index: 1, type: 'distinct', name: 'New' }, 'ana');
    const yours = edits.addStep(bo, { stageId: 'stg_1', index: 1, type: 'distinct', name: 'New' }, 'bo');
    const ids = stepsOf(meet()).map((each) => each.id);
    expect([ids[0], ids.slice(1, 3).toSorted(), ids.slice(3)]).toEqual(['in', [mine, yours].toSorted(), ['t', 'f', 'd']]);
  });
});
