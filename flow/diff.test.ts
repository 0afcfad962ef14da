import { describe, expect, test } from 'vitest';
import { changesOf } from './changes';
import { diffDefinitions, isEmptyDiff } from './diff';
import type { FlowDefinition } from './flow';
import { colourOf, peopleColours, readPresence } from './presence';
import { shortFlow, type ShortStep } from './testing-flow';

const rows = (...targets: string[]) => targets.map((target) => ({ target, value: { const: 1 } }));
const steps = (change: Record<string, Partial<ShortStep>> = {}): ShortStep[] => [
  { id: 'in', type: 'get-raw-model' }, { id: 't', type: 'transform-model', sources: { source: 'in' }, params: { fieldsMapping: rows('a', 'b', 'c') } }, { id: 'f', type: 'filter-source', sources: { source: 't' } }, { id: 'd', type: 'distinct', sources: { source: 'f' } },
].map((each) => ({ ...each, ...change[each.id] }));

describe('differences', () => {
  test('F30 a flow does not differ from itself, and everything in it is new to nobody', () => {
    expect(isEmptyDiff(diffDefinitions(shortFlow(steps()), shortFlow(steps())))).toBe(true);
    expect(diffDefinitions(null, shortFlow(steps())).steps.map((each) => each.kind)).toEqual(['added', 'added', 'added', 'added']);
  });

  test('F30 one step dragged to the top moved; those it passed did not', () => {
    const [first, second, third, fourth] = steps();
    const dragged = [fourth, first, second, third].filter((each) => each !== undefined);
    expect(diffDefinitions(shortFlow(steps()), shortFlow(dragged)).steps).toEqual([{ stepId: 'd', type: 'distinct', name: 'd', kind: 'moved', changes: [{ key: 'place', old: { in: 'stg_1', index: 3 }, new: { in: 'stg_1', index: 0 } }] }]);
  });

  test('F30 changes name their key, and lists their rows', () => {
    const after = shortFlow([...steps({ t: { params: { fieldsMapping: rows('a', 'B', 'c', 'new') } }, f: { name: 'Keep', disabled: true, sources: { source: 'in' }, params: { operator: 'less' } } }).slice(0, 3), { id: 'x', type: 'write-response', sources: { source: 'f' } }], 'dataflow', { restrictAccess: true, settings: { generateApi: true } });
    expect(changesOf(shortFlow(steps()), after)).toEqual([
      { stepId: null, key: 'restrictAccess', op: 'set', old: false, new: true }, { stepId: null, key: 'settings.generateApi', op: 'set', old: false, new: true },
      { stepId: 't', key: 'params.fieldsMapping[1]', op: 'set', old: rows('b')[0], new: rows('B')[0] }, { stepId: 't', key: 'params.fieldsMapping[3]', op: 'add', old: null, new: rows('new')[0] },
      { stepId: 'f', key: 'name', op: 'set', old: 'f', new: 'Keep' }, { stepId: 'f', key: 'source', op: 'set', old: 't', new: 'in' }, { stepId: 'f', key: 'disabled', op: 'set', old: false, new: true },
      { stepId: 'f', key: 'params.operator', op: 'set', old: 'equal', new: 'less' },
      { stepId: 'x', key: 'step', op: 'add', old: null, new: { type: 'write-response', name: 'x' } }, { stepId: 'd', key: 'step', op: 'remove', old: { type: 'distinct', name: 'd' }, new: null },
    ]);
  });

  test('F30 a removed row and a moved one are told apart', () => {
    const changed = (targets: string[]) => changesOf(shortFlow(steps()), shortFlow(steps({ t: { params: { fieldsMapping: rows(...targets) } } }))).map((each) => [each.key, each.op]);
    expect(changed(['a', 'c'])).toEqual([['params.fieldsMapping[1]', 'remove']]);
    expect(changed(['c', 'a', 'b'])).toEqual([['params.fieldsMapping[0].place', 'move']]);
    expect(changed([])).toHaveLength(3);
  });

  test('F30 of a long text the history holds what changed', () => {
    const long = 'x'.repeat(20_000);
    const flow = (model: string) => shortFlow(steps({ in: { params: { model } } }));
    const [row] = changesOf(flow(long), flow(`${long.slice(0, 9_000)}INSERTED${long.slice(9_000)}`));
    expect(row).toMatchObject({ stepId: 'in', key: 'params.model', op: 'set' });
    expect(String(row?.new)).toContain('INSERTED');
    expect(String(row?.new).length + String(row?.old).length).toBeLessThan(400);
  });

  test('F30 stages and notes are named in the key', () => {
    const flow = (stage: string, text: string) => ({ ...shortFlow([]), lanes: [{ id: 'main', stages: [{ id: 'g', name: stage, steps: [] }] }], notes: [{ id: 'n', pos: [0, 0] satisfies [number, number], text }] });
    expect(changesOf(flow('A', 'x'), flow('B', 'y')).map((each) => [each.stepId, each.key, each.old, each.new])).toEqual([[null, 'stage.g.name', 'A', 'B'], [null, 'note.n.text', 'x', 'y']]);
  });
});

describe('presence', () => {
  test('F31 a person has one colour everywhere, and a crowd uses all of them', () => {
    expect(colourOf('usr_ana')).toBe(colourOf('usr_ana'));
    expect(new Set(Array.from({ length: 200 }, (_, at) => colourOf(`usr_${at}`))).size).toBe(peopleColours.length);
  });

  test('F31 presence of another shape is not drawn, a broken part of it is left out', () => {
    const user = { id: 'usr_1', name: 'Ana', colour: 'red' };
    expect(readPresence({ cursor: { x: 1, y: 2 } })).toBeNull();
    expect(readPresence({ user, cursor: { x: 'left' }, selection: ['a'], unknown: 1 })).toEqual({ user, selection: ['a'] });
    expect(readPresence({ user, editing: { stepId: 'a', param: 'model' } })).toMatchObject({ editing: { stepId: 'a' } });
  });
});

test('F30 notes stand in no order: of several only the one that was dragged is moved', () => {
  const noted = (...notes: readonly (readonly [string, number])[]): FlowDefinition => ({ schema: 1, kind: 'dataflow', name: 'Noted', lanes: [{ id: 'main', stages: [] }], notes: notes.map(([id, x]) => ({ id, pos: [x, 0], text: id })) });
  expect(diffDefinitions(noted(['a', 1], ['b', 2], ['c', 3]), noted(['c', 3], ['a', 1], ['b', 9])).notes).toEqual([{ noteId: 'b', kind: 'moved', changes: [{ key: 'pos', old: [2, 0], new: [9, 0] }] }]);
});
