'use client';
import { createContext, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import type { Anchor, CommentView } from '#db/comments';
import { api, type ApiAnswer } from '../_client/api';
import { useChanges } from '../_client/run-stream';
import { toast } from '../_ui/toast';
import { threadsOf, type Thread } from './threads';

/** The comments of a flow, or of one of its runs, as they are now in every open browser. */
export type Comments = {
  flowId: string; me: string | null; threads: readonly Thread[]; isLoaded: boolean; unread: number;
  add: (text: string, where: { anchor: Anchor } | { threadId: string }) => Promise<boolean>;
  edit: (id: string, text: string) => Promise<boolean>;
  resolve: (threadId: string, resolved: boolean) => Promise<boolean>;
  remove: (id: string) => Promise<boolean>;
  read: (threadId: string) => void;
};
type Page = { items: CommentView[]; nextCursor: string | null };
/** More are not read by anybody; the API has them all. */
const mostPages = 10;

export function useComments(flowId: string, me: string | null, runId?: string): Comments {
  const [comments, setComments] = useState<readonly CommentView[] | null>(null);
  const load = useCallback(async (signal?: AbortSignal) => {
    const all: CommentView[] = [];
    for (let cursor: string | null = '', page = 0; cursor !== null && page < mostPages; page++) {
      const query = new URLSearchParams({ limit: '200', ...(runId === undefined ? {} : { runId }), ...(cursor === '' ? {} : { cursor }) });
      const answer: ApiAnswer<Page> = await api<Page>(`/flows/${flowId}/comments?${query}`, signal ? { signal } : {});
      if (!answer.ok) return;
      all.push(...answer.data.items);
      cursor = answer.data.nextCursor;
    }
    setComments(all);
  }, [flowId, runId]);
  useEffect(() => {
    const stop = new AbortController();
    load(stop.signal).catch(() => undefined);
    return () => stop.abort();
  }, [load]);
  useChanges([{ topic: 'comment', objectId: flowId }], () => void load());
  const threads = useMemo(() => threadsOf(comments ?? []), [comments]);
  return useMemo((): Comments => {
    const send = async (method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<boolean> => {
      const answer = await api(path, { method, ...(body ? { body } : {}) });
      if (!answer.ok) toast.error(answer.failure.message);
      await load();
      return answer.ok;
    };
    return {
      flowId, me, threads, isLoaded: comments !== null, unread: threads.filter((thread) => thread.unread).length,
      add: (text, where) => send('POST', `/flows/${flowId}/comments`, { text, ...where }),
      edit: (id, text) => send('PATCH', `/comments/${id}`, { text }),
      resolve: (threadId, resolved) => send('PATCH', `/comments/${liveComment(threads, threadId)}`, { resolved }),
      remove: (id) => send('DELETE', `/comments/${id}`),
      read: (threadId) => {
        setComments((known) => known?.map((each) => (each.threadId === threadId ? { ...each, unread: false } : each)) ?? null);
        void api(`/flows/${flowId}/comments/read`, { method: 'POST', body: { threadId } });
      },
    };
  }, [flowId, me, threads, comments, load]);
}

/** A thread is resolved through any comment of it that is still there: its first may be deleted. */
function liveComment(threads: readonly Thread[], threadId: string): string {
  return threads.find((each) => each.id === threadId)?.comments.find((each) => !each.deleted)?.id ?? threadId;
}

export const CommentsContext = createContext<Comments | null>(null);

/** null where nobody can comment, as in a preview. */
export function useCommentsHere(): Comments | null {
  return useContext(CommentsContext);
}
