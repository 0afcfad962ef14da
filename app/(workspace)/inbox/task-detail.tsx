'use client';
import { useLocale, useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import type { TaskView } from '#db/tasks';
import type { RunView } from '#db/runs';
import type { ComponentModel, EntryModel } from '#flow/component-model';
import { stepsOf, type FlowDefinition } from '#flow/flow';
import { api } from '../../_client/api';
import { useRun } from '../../_client/run-stream';
import { Cell } from '../../_data/cell';
import { TaskAnswer } from '../../_inbox/task-answer';
import { AskedBy, Due, TaskState } from '../../_inbox/task-facts';
import { localeOf } from '../../_run/duration';
import { Avatar } from '../../_ui/avatar';
import { ButtonLink } from '../../_ui/button';
import { IconButton } from '../../_ui/icon-button';
import { Skeleton } from '../../_ui/skeleton';
import { StatusMark } from '../../_ui/status-mark';

/** A question with what there is to know: the entry, how far the workflow has come, and the answers in thumb reach. */
export function TaskDetail({ task, onClose, onAnswered }: { task: TaskView; onClose: () => void; onAnswered: () => void }) {
  const t = useTranslations('inbox');
  const locale = localeOf(useLocale());
  return (
    <>
      <div className="min-h-0 flex-1 overflow-auto px-5 py-4">
        <div className="mx-auto max-w-160">
          <div className="flex items-center gap-2"><span className="-ml-2 lg:hidden"><IconButton icon="chevron-left" label={t('back')} onClick={onClose} /></span><TaskState task={task} /><span className="ml-auto"><Due at={task.dueAt} /></span></div>
          <h2 className="mt-2 text-lg leading-7 font-strong">{task.question[locale]}</h2>
          <p className="mt-1 flex items-center gap-2"><Avatar user={task.startedBy} size={20} decorative /><AskedBy task={task} /></p>
          {task.entryId !== null && <EntryCard componentId={task.componentId} entryId={task.entryId} />}
          <Path task={task} />
          <p className="mt-4 flex flex-wrap gap-2">
            {task.entryId !== null && <ButtonLink size="sm" icon="external-link" href={`/components/${task.componentId}?entry=${task.entryId}`}>{t('openEntry')}</ButtonLink>}
            <ButtonLink size="sm" icon="play" href={`/runs/${task.runId}`}>{t('openRun')}</ButtonLink>
          </p>
        </div>
      </div>
      {task.state === 'open' && task.isMine && <div className="flex-none border-t border-line px-4 py-3"><div className="mx-auto max-w-160"><TaskAnswer task={task} large onAnswered={onAnswered} /></div></div>}
    </>
  );
}

function EntryCard({ componentId, entryId }: { componentId: string; entryId: number }) {
  const t = useTranslations('inbox');
  const [shown, setShown] = useState<{ component: ComponentModel; entry: EntryModel } | 'gone' | null>(null);
  useEffect(() => {
    let left = false;
    void Promise.all([api<ComponentModel>(`/components/${componentId}`), api<EntryModel>(`/components/${componentId}/entries/${entryId}`)]).then(([component, entry]) => {
      if (!left) setShown(component.ok && entry.ok ? { component: component.data, entry: entry.data } : 'gone');
    });
    return () => {
      left = true;
    };
  }, [componentId, entryId]);
  if (shown === 'gone') return <p className="mt-4 text-xs text-muted">{t('entryGone')}</p>;
  if (shown === null) return <div className="mt-4"><Skeleton lines={4} /></div>;
  const filled = shown.component.fields.filter((field) => !field.virtual && (shown.entry.data[field.name] ?? null) !== null);
  return (
    <dl className="mt-4 rounded-3 border border-line px-3.5">
      {filled.map((field) => (
        <div key={field.name} className="flex gap-3 border-t border-line py-2.5 first:border-t-0">
          <dt className="w-26 flex-none text-muted">{field.title}</dt><dd className="min-w-0 flex-1 break-words"><Cell field={field} value={shown.entry.data[field.name]} /></dd>
        </div>
      ))}
    </dl>
  );
}

/** The steps the run has made, and the one it waits at. */
function Path({ task }: { task: TaskView }) {
  const { state } = useRun(task.runId);
  const [names, setNames] = useState<ReadonlyMap<string, string>>(new Map());
  useEffect(() => {
    let left = false;
    void api<RunView>(`/runs/${task.runId}`).then(async (run) => {
      if (!run.ok) return;
      const path = run.data.version === null ? `/flows/${run.data.flowId}` : `/flows/${run.data.flowId}/versions/${run.data.version}`;
      const flow = await api<{ definition: FlowDefinition }>(path);
      if (!left && flow.ok) setNames(new Map(stepsOf(flow.data.definition).map((step) => [step.id, step.name])));
    });
    return () => {
      left = true;
    };
  }, [task.runId]);
  const steps = Object.entries(state.steps).filter(([id]) => names.has(id));
  if (steps.length === 0) return null;
  return (
    <ol className="mt-4 grid gap-2">
      {steps.map(([id, step]) => <li key={id} className="flex items-center gap-2.5"><StatusMark status={step.status} size={15} /><span className="font-medium">{names.get(id)}</span></li>)}
    </ol>
  );
}
