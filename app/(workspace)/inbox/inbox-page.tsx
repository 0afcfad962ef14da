'use client';
import { useTranslations } from 'next-intl';
import { useSearchParams } from 'next/navigation';
import { useEffect, useState } from 'react';
import type { NotificationView } from '#db/notifications';
import type { TaskView } from '#db/tasks';
import { api } from '../../_client/api';
import { useInbox } from '../../_inbox/inbox-context';
import { Button } from '../../_ui/button';
import { Empty } from '../../_ui/empty';
import { PageHead } from '../../_ui/page-head';
import { NoticeRow } from './notice-row';
import { TaskDetail } from './task-detail';
import { TaskRow } from './task-row';

type Notices = { items: readonly NotificationView[]; nextCursor: string | null };

/** What waits for me, and what I was told; the address holds the open question. */
export function InboxPage({ first }: { first: Notices }) {
  const t = useTranslations('inbox');
  const { tasks, unread, setUnread, version, reload } = useInbox();
  const [notices, setNotices] = useState(first);
  const wanted = useSearchParams().get('task');
  const open = (id: string | null) => window.history.pushState(null, '', id === null ? '/inbox' : `/inbox?task=${id}`);
  const chosen = useTask(wanted, tasks, version);
  useEffect(() => {
    if (version === 0) return;
    void api<Notices>('/notifications?limit=50').then((answer) => answer.ok && setNotices(answer.data));
  }, [version]);
  const read = async (ids: string[] | 'all') => {
    const answer = await api<{ unread: number }>('/notifications/read', { method: 'POST', body: { ids } });
    if (!answer.ok) return;
    setUnread(answer.data.unread);
    const at = new Date().toISOString();
    setNotices((before) => ({ ...before, items: before.items.map((each) => (each.readAt === null && (ids === 'all' || ids.includes(each.id)) ? { ...each, readAt: at } : each)) }));
  };
  const more = async () => {
    const answer = await api<Notices>(`/notifications?limit=50&cursor=${encodeURIComponent(notices.nextCursor ?? '')}`);
    if (answer.ok) setNotices((before) => ({ items: [...before.items, ...answer.data.items], nextCursor: answer.data.nextCursor }));
  };
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <PageHead title={t('title')} count={<span className="hidden sm:inline">{t('counts', { tasks: tasks.length, unread })}</span>} actions={<Button variant="ghost" icon="check-check" disabled={unread === 0} onClick={() => void read('all')}><span className="sr-only sm:not-sr-only">{t('readAll')}</span></Button>} />
      <div className="flex min-h-0 flex-1">
        <div className={`min-h-0 w-full overflow-auto lg:w-105 lg:flex-none lg:border-r lg:border-line ${wanted === null ? '' : 'hidden lg:block'}`}>
          <h2 className="px-5 pt-4 pb-2 text-xs font-strong">{t('tasks')}<span className="num ml-1.5 font-medium text-muted">{tasks.length}</span></h2>
          {tasks.length === 0 && <p className="px-5 pb-3 text-xs text-muted">{t('noTasks')}</p>}
          <ul>{tasks.map((task) => <TaskRow key={task.id} task={task} isOpen={task.id === wanted} onOpen={() => open(task.id)} />)}</ul>
          <h2 className="border-t border-line px-5 pt-4 pb-2 text-xs font-strong">{t('notices')}<span className="num ml-1.5 font-medium text-muted">{unread > 0 ? t('unread', { count: unread }) : ''}</span></h2>
          {notices.items.length === 0 && <p className="px-5 pb-5 text-xs text-muted">{t('noNotices')}</p>}
          <ul>{notices.items.map((notice) => <NoticeRow key={notice.id} notice={notice} onOpenTask={open} onRead={() => void read([notice.id])} />)}</ul>
          {notices.nextCursor !== null && <div className="px-5 py-3"><Button size="sm" onClick={() => void more()}>{t('more')}</Button></div>}
        </div>
        <div className={`min-h-0 min-w-0 flex-1 flex-col ${wanted === null ? 'hidden lg:flex' : 'flex'}`}>
          {chosen ? <TaskDetail key={chosen.id} task={chosen} onClose={() => open(null)} onAnswered={reload} /> : wanted === null ? <Empty title={t(tasks.length === 0 ? 'quiet' : 'choose')} why={t('chooseWhy')} /> : <Empty title={t('gone')} why={t('goneWhy')} action={<Button onClick={() => open(null)}>{t('back')}</Button>} />}
        </div>
      </div>
    </div>
  );
}

/** One of mine, or any other the address names: it stays to be read after it was answered. */
function useTask(id: string | null, mine: readonly TaskView[], version: number): TaskView | null {
  const [found, setFound] = useState<TaskView | null>(null);
  useEffect(() => {
    if (id === null) return;
    let left = false;
    void api<TaskView>(`/tasks/${id}`).then((answer) => !left && setFound(answer.ok ? answer.data : null));
    return () => {
      left = true;
    };
  }, [id, version]);
  if (id === null) return null;
  return found?.id === id ? found : (mine.find((each) => each.id === id) ?? null);
}
