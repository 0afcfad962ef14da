'use client';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import type { TaskView } from '#db/tasks';
import type { Json } from '#flow/json';
import { api } from '../_client/api';
import { localeOf } from '../_run/duration';
import { Button } from '../_ui/button';
import { toast } from '../_ui/toast';

type Props = { task: TaskView; onAnswered: (task: TaskView | null) => void; large?: boolean };

/** The answers of a question as buttons. Who is late learns who was first. */
export function TaskAnswer({ task, onAnswered, large = false }: Props) {
  const t = useTranslations('inbox');
  const locale = localeOf(useLocale());
  const [busy, setBusy] = useState(false);
  const answer = async (value: Json, label: string) => {
    if (busy) return;
    setBusy(true);
    const answered = await api<TaskView>(`/tasks/${task.id}/answer`, { method: 'POST', body: { value } });
    setBusy(false);
    if (answered.ok) toast.success(t('answered', { answer: label }));
    else toast.error(answered.failure.message);
    onAnswered(answered.ok ? answered.data : null);
  };
  return (
    <div role="group" aria-label={t('answers')} className="flex flex-wrap gap-2">
      {task.options.map((option, index) => (
        <Button key={JSON.stringify(option.value)} variant={index === 0 ? 'primary' : 'secondary'} {...(index === 0 ? { icon: 'check' } : {})} disabled={busy} className={large ? 'h-11 grow text-md md:h-8 md:grow-0 md:text-sm' : ''} onClick={() => void answer(option.value, option.label[locale])}>{option.label[locale]}</Button>
      ))}
    </div>
  );
}
