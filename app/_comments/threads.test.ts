import { expect, test } from 'vitest';
import type { CommentView } from '#db/comments';
import { openByStep, threadsOf } from './threads';

const comment = (id: string, threadId: string, minute: number, more: Partial<CommentView> = {}): CommentView => ({
  id, threadId, flowId: 'f', anchor: {}, text: id, mentions: [], author: { id: 'a', name: 'Ana' }, createdAt: new Date(Date.UTC(2026, 0, 1, 12, minute)).toISOString(), editedAt: null, deleted: false, resolvedAt: null, resolvedBy: null, unread: false, ...more,
});

test('answers stand with their thread, the thread with the newest comment comes first', () => {
  const threads = threadsOf([comment('a', 'a', 1), comment('b', 'b', 2, { unread: true }), comment('a2', 'a', 3), comment('c', 'c', 2, { resolvedAt: 'x' })]);
  expect(threads.map((each) => [each.id, each.comments.map((one) => one.id), each.unread, each.resolved])).toEqual([['a', ['a', 'a2'], false, false], ['b', ['b'], true, false], ['c', ['c'], false, true]]);
});

test('cards count open threads about the draft only', () => {
  const on = (id: string, anchor: CommentView['anchor'], resolvedAt: string | null = null) => comment(id, id, 1, { anchor, resolvedAt });
  expect([...openByStep(threadsOf([on('a', { stepId: 's' }), on('b', { stepId: 's', param: 'p' }), on('c', { stepId: 's', runId: 'r' }), on('d', { stepId: 's' }, 'x'), on('e', {}), on('f', { stepId: 't' })]))]).toEqual([['s', 2], ['t', 1]]);
});
