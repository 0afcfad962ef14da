'use client';
import { useLocale } from 'next-intl';
import { useCallback, useEffect, useState } from 'react';
import type { TaskView } from '#db/tasks';
import { api } from '../_client/api';
import { useChanges } from '../_client/run-stream';
import { localeOf } from '../_run/duration';
import { useInbox } from './inbox-context';
import { TaskAnswer } from './task-answer';
import { Due, TaskState } from './task-facts';

/** The confirmation state of an entry: what is asked about it, whom it waits for, and the answers for who is asked. */
export function EntryTasks({ componentId, entryId, canAnswer }: { componentId: string; entryId: number; canAnswer: boolean }) {
  const locale = localeOf(useLocale());
  const { version } = useInbox();
  const [tasks, setTasks] = useState<readonly TaskView[]>([]);
  const read = useCallback(async () => {
    const answer = await api<{ items: TaskView[] }>(`/tasks?whose=all&state=all&limit=3&componentId=${componentId}&entryId=${entryId}`);
    if (answer.ok) setTasks(answer.data.items);
  }, [componentId, entryId]);
  useEffect(() => void read(), [read, version]);
  useChanges([{ topic: 'instance' }], () => void read());
  const newest = tasks[0];
  const shown = tasks.filter((task) => task.state === 'open' || task.id === newest?.id);
  return shown.map((task) => (
    <section key={task.id} aria-label={task.question[locale]} className="mb-4 grid gap-2 rounded-3 border border-line p-3">
      <span className="flex items-center justify-between gap-3"><TaskState task={task} /><Due at={task.state === 'open' ? task.dueAt : null} /></span>
      <p className="font-medium">{task.question[locale]}</p>
      {task.state === 'open' && task.isMine && canAnswer && <TaskAnswer task={task} onAnswered={() => void read()} />}
    </section>
  ));
}
