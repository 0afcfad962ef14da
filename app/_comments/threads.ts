import type { Anchor, CommentView } from '#db/comments';

/** A first comment with its answers. */
export type Thread = { id: string; anchor: Anchor; comments: CommentView[]; resolved: boolean; unread: boolean };

/** Threads from comments in the order of writing; the one with the newest comment comes first. */
export function threadsOf(comments: readonly CommentView[]): Thread[] {
  const threads = new Map<string, CommentView[]>();
  for (const comment of comments) {
    const known = threads.get(comment.threadId);
    if (known) known.push(comment);
    else threads.set(comment.threadId, [comment]);
  }
  const newest = (thread: Thread) => Date.parse(thread.comments.at(-1)?.createdAt ?? '');
  return [...threads].map(([id, all]): Thread => ({
    id, anchor: all[0]?.anchor ?? {}, comments: all, resolved: all[0]?.resolvedAt !== null && all[0] !== undefined, unread: all.some((each) => each.unread),
  })).toSorted((a, b) => newest(b) - newest(a));
}

/** Open threads about the draft by step. What is said about a run is told on its page. */
export function openByStep(threads: readonly Thread[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { anchor, resolved } of threads) {
    if (resolved || anchor.stepId === undefined || anchor.runId !== undefined) continue;
    counts.set(anchor.stepId, (counts.get(anchor.stepId) ?? 0) + 1);
  }
  return counts;
}
