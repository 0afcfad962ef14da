import { expect, test } from 'vitest';
import type { FlowChange, FlowEdit } from '#db/flow-history';
import { authorsOf, groupsOf, indexAt, linesOf, peopleOf, sessionsOf, usualFrom, type Mark } from './moments';

const ana = { id: 'a', name: 'Ana' };
const bo = { id: 'b', name: 'Bo' };
const time = (minute: number) => new Date(Date.UTC(2026, 0, 1, 12, minute)).toISOString();
const edit = (seq: number, author: FlowEdit['author'], minute: number, stepIds: string[] = []): FlowEdit => ({ seq, firstSeq: seq, at: time(minute), firstAt: time(minute), author, kind: 'edit', stepIds, changes: 1 });
const edits = [edit(1, ana, 0, ['x']), edit(3, ana, 4, ['y']), edit(4, bo, 5, ['x']), edit(9, ana, 8), edit(12, ana, 30, ['y']), edit(13, null, 31)];
const version = (seq: number): Mark => ({ kind: 'version', id: `v${seq}`, seq, name: '', message: null, at: time(0), by: null, published: false });
const change = (seq: number, author: FlowChange['author'], stepId: string | null, key: string, old: FlowChange['old'], now: FlowChange['new'], op = 'set'): FlowChange => ({ seq, idx: 0, at: time(seq), author, stepId, key, op, old, new: now });

test('a moment stands at the last edit that was over', () => {
  expect([0, 1, 2, 3, 8, 99].map((seq) => indexAt(edits, seq))).toEqual([-1, 0, 0, 1, 2, 5]);
});

test('a moment is compared with the version before it, else the beginning', () => {
  expect([1, 2, 5, 6, 9].map((seq) => usualFrom([version(5), version(8)], seq))).toEqual([0, 1, 1, 5, 8]);
});

test('people have a lane each, programs one', () => {
  expect(peopleOf(edits).map((each) => each.name)).toEqual(['', 'Ana', 'Bo']);
});

test('edits of one person within five minutes are one bar, whatever others do meanwhile', () => {
  expect(sessionsOf(edits, [0, 0.01, 0.02, 0.03, 0.5, 1])).toEqual([{ author: 'a', first: 0, last: 3 }, { author: 'b', first: 2, last: 2 }, { author: 'a', first: 4, last: 4 }, { author: '', first: 5, last: 5 }]);
  expect(sessionsOf(edits, [0, 0.3, 0.4, 0.41, 0.5, 1]).filter((each) => each.author === 'a'), 'but far apart on the track').toHaveLength(4);
});

test('what one person did to one thing in a row is one line, and nothing when it came back', () => {
  const typed = [change(5, bo, 'x', 'params.a', 'ab', 'abc'), change(4, bo, 'x', 'params.a', 'a', 'ab'), change(3, bo, 'x', 'name', 'p', 'q'), change(2, bo, 'y', 'name', 'q', 'p'), change(1, bo, 'y', 'name', 'p', 'q')];
  expect(linesOf(typed).map((line) => [line.stepId, line.key, line.old, line.new, line.firstSeq])).toEqual([['x', 'params.a', 'a', 'abc', 4], ['x', 'name', 'p', 'q', 3]]);
  expect(linesOf([change(2, bo, 'x', 'step', null, {}, 'add'), change(1, bo, 'x', 'step', {}, null, 'remove')])).toHaveLength(2);
});

test('by person, another’s change in between does not cut a line', () => {
  const mixed = [change(3, bo, 'x', 'params.a', '2', '3'), change(2, ana, 'y', 'params.a', 'p', 'q'), change(1, bo, 'x', 'params.a', '1', '2')];
  expect(groupsOf(mixed).map((group) => [group.author?.name, group.lines.map((line) => [line.old, line.new])])).toEqual([['Bo', [['1', '3']]], ['Ana', [['p', 'q']]]]);
  expect(linesOf(mixed)).toHaveLength(3);
});

test('a step of the difference is named for who changed it last between the two moments', () => {
  expect([...authorsOf(edits, 1, 12)]).toEqual([['y', 'Ana'], ['x', 'Bo']]);
  expect([...authorsOf(edits, 4, 1)]).toEqual([['y', 'Ana'], ['x', 'Bo']]);
});
