'use client';
import { useFormatter, useLocale, useTranslations } from 'next-intl';
import type { TaskView } from '#db/tasks';
import { equal } from '#flow/compare';
import { oneOf } from '#flow/recipients';
import { localeOf } from '../_run/duration';
import { RelativeTime } from '../_ui/relative-time';
import { StatusWord } from '../_ui/status-word';

const shapes = { open: 'waiting', answered: 'succeeded', expired: 'warning', closed: 'cancelled' } as const;

/** Where a question stands, in shape and words: waits for whom, answered by whom, over. */
export function TaskState({ task }: { task: TaskView }) {
  const t = useTranslations('inbox');
  const locale = localeOf(useLocale());
  const answer = task.options.find((option) => equal(option.value, task.answer))?.label[locale] ?? '';
  const names = oneOf(task.recipients.map((each) => each.name))[locale];
  return (
    <StatusWord status={shapes[task.state]}>
      {task.state === 'open' ? (task.isMine ? t('state.mine') : task.recipients.length === 0 ? t('state.nobody') : t('state.others', { names }))
        : task.state === 'answered' ? t('state.answered', { answer, name: task.answeredBy?.name ?? '' }) : task.state === 'expired' ? t('state.expired') : t('state.closed')}
    </StatusWord>
  );
}

export function Due({ at }: { at: string | null }) {
  const t = useTranslations('inbox');
  const format = useFormatter();
  if (at === null) return null;
  const date = new Date(at);
  const words = format.dateTime(date, { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
  return <time dateTime={at} suppressHydrationWarning className="num text-xs text-muted" title={format.dateTime(date, { dateStyle: 'full', timeStyle: 'short' })}>{t('due', { at: words })}</time>;
}

export function AskedBy({ task }: { task: TaskView }) {
  const t = useTranslations('inbox');
  return <span className="text-xs text-muted">{t.rich('askedBy', { name: task.startedBy.name, flow: task.flow.name, when: () => <RelativeTime at={task.createdAt} /> })}</span>;
}
