'use client';
import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import type { NotificationView } from '#db/notifications';
import type { TaskView } from '#db/tasks';
import { api } from '../_client/api';
import { liveSocket, whileConnected } from '../_client/socket';

/** Questions that wait for me and how many notices are unread, live on every page. `version` grows with each piece of news. */
type Inbox = { tasks: readonly TaskView[]; unread: number; count: number; version: number; setUnread: (unread: number) => void; reload: () => void };
const nothing: Inbox = { tasks: [], unread: 0, count: 0, version: 0, setUnread: () => {}, reload: () => {} };
const Context = createContext<Inbox>(nothing);
export const useInbox = () => useContext(Context);

export function InboxProvider({ first, children }: { first: { tasks: readonly TaskView[]; unread: number }; children: ReactNode }) {
  const [tasks, setTasks] = useState(first.tasks);
  const [unread, setUnread] = useState(first.unread);
  const [version, setVersion] = useState(0);
  const [asked, setAsked] = useState(0);
  useEffect(() => {
    const socket = liveSocket('/inbox');
    const told = (news: NotificationView & { unread: number }) => {
      setUnread(news.unread);
      setVersion((before) => before + 1);
    };
    const moved = () => setAsked((before) => before + 1);
    socket.on('notification', told);
    socket.on('task', moved);
    const stop = whileConnected(socket, moved); // the first time too: what happened since the server drew the page was told to nobody
    return () => {
      stop();
      socket.off('notification', told);
      socket.off('task', moved);
    };
  }, []);
  useEffect(() => {
    if (asked === 0) return;
    void Promise.all([api<{ items: TaskView[] }>('/tasks?limit=100'), api<{ unread: number }>('/notifications?limit=1')]).then(([open, notices]) => {
      if (open.ok) setTasks(open.data.items);
      if (notices.ok) setUnread(notices.data.unread);
      setVersion((before) => before + 1);
    });
  }, [asked]);
  // A question and its notice are one thing to do.
  const inbox = useMemo(() => ({ tasks, unread, count: Math.max(unread, tasks.length), version, setUnread, reload: () => setAsked((before) => before + 1) }), [tasks, unread, version]);
  return <Context value={inbox}>{children}</Context>;
}
