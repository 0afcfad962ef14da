'use client';
import { useLocale } from 'next-intl';
import type { TaskView } from '#db/tasks';
import { AskedBy, Due, TaskState } from '../../_inbox/task-facts';
import { localeOf } from '../../_run/duration';

export function TaskRow({ task, isOpen, onOpen }: { task: TaskView; isOpen: boolean; onOpen: () => void }) {
  const locale = localeOf(useLocale());
  return (
    <li>
      <button type="button" onClick={onOpen} aria-current={isOpen || undefined} className={`focus-inset block min-h-11 w-full border-t border-line px-5 py-2.5 text-left hover:bg-hover ${isOpen ? 'bg-pressed' : ''}`}>
        <span className="flex items-center justify-between gap-3"><TaskState task={task} /><Due at={task.dueAt} /></span>
        <span className="mt-0.5 block font-strong">{task.question[locale]}</span>
        <AskedBy task={task} />
      </button>
    </li>
  );
}
