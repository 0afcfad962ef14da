'use client';
import { useLocale, useTranslations } from 'next-intl';
import { useMemo, useState, type ReactNode } from 'react';
import type { RunView } from '#db/runs';
import type { VersionView } from '#db/versions';
import { diffDefinitions, type FlowDiff } from '#flow/diff';
import { stepKey, stepsOf, type FlowDefinition } from '#flow/flow';
import { shortRunName } from '#flow/id';
import { stepType } from '#flow/steps/index';
import { changeLabel } from '../_canvas/change-words';
import { api } from '../_client/api';
import { Button } from '../_ui/button';
import { Dialog } from '../_ui/dialog';
import { Segmented } from '../_ui/segmented';
import { localeOf } from './duration';
import { useRunActs } from './run-acts';

type What = 'resume' | 'rerun';
type Choice = { what: What; fromStep: string | undefined; original: number | null; before: FlowDefinition; current: number; after: FlowDefinition };

/**
 * Resumes a run or runs it again: at once where only the version it ran on comes into question; where another one is
 * published by now, it asks which, and says what differs. `dialog` has to be drawn.
 */
export function useRestart(runId: string): { busy: boolean; restart: (what: What, fromStep?: string) => Promise<void>; dialog: ReactNode } {
  const { busy, act } = useRunActs(runId);
  const [choice, setChoice] = useState<Choice | null>(null);
  const [looking, setLooking] = useState(false);
  const restart = async (what: What, fromStep?: string) => {
    setLooking(true);
    const found = await otherVersion(runId, what, fromStep);
    setLooking(false);
    if (found) setChoice(found);
    else await act(what, fromStep ? { fromStep } : {});
  };
  const dialog = choice && (
    <RestartDialog runId={runId} choice={choice} onClose={() => setChoice(null)} onChosen={(version) => {
      setChoice(null);
      void act(choice.what, { ...(choice.fromStep ? { fromStep: choice.fromStep } : {}), ...(version === null ? {} : { version }) });
    }} />
  );
  return { busy: busy !== null || looking, restart, dialog };
}

/** The version published now, if it is another one than ran and, for going on, still has the step that failed. */
async function otherVersion(runId: string, what: What, fromStep: string | undefined): Promise<Choice | null> {
  const run = await api<RunView>(`/runs/${runId}?definition=1`);
  if (!run.ok || !run.data.definition) return null;
  const flow = await api<{ publishedVersion: number | null }>(`/flows/${run.data.flowId}`);
  const current = flow.ok ? flow.data.publishedVersion : null;
  if (current === null || current === run.data.version) return null;
  const version = await api<VersionView>(`/flows/${run.data.flowId}/versions/${current}`);
  if (!version.ok) return null;
  const { definition: before, steps } = run.data;
  const stopped = fromStep ?? stepsOf(before).find((step) => steps[step.id]?.status === 'failed')?.id;
  const after = version.data.definition;
  if (what === 'resume' && stopped !== undefined && !stepsOf(after).some((step) => step.id === stopped)) return null;
  return { what, fromStep, original: run.data.version, before, current, after };
}

type Props = { runId: string; choice: Choice; onClose: () => void; onChosen: (version: number | null) => void };

function RestartDialog({ runId, choice: { what, original, before, current, after }, onClose, onChosen }: Props) {
  const t = useTranslations('restart');
  const [chosen, setChosen] = useState<'original' | 'current'>('original');
  const diff = useMemo(() => diffDefinitions(before, after), [before, after]);
  const first = original === null ? t('draft') : t('asItRan', { version: original });
  return (
    <Dialog open onClose={onClose} title={t(`${what}.title`, { name: shortRunName(runId) })} description={original === null ? t('sinceDraft', { current }) : t('since', { version: original, current })}
      onSubmit={() => onChosen(chosen === 'current' ? current : null)}
      footer={<><Button onClick={onClose}>{t('cancel')}</Button><Button variant="primary" type="submit" icon={what === 'resume' ? 'play' : 'rotate-cw'}>{t(`${what}.confirm`)}</Button></>}>
      <div className="grid gap-3">
        <div><Segmented label={t('version')} value={chosen} onChange={setChosen} options={[{ value: 'original', label: first }, { value: 'current', label: t('current', { version: current }) }]} /></div>
        <p className="text-sm text-muted">{chosen === 'original' ? t(`${what}.original`) : t(`${what}.current`)}</p>
        <section aria-label={t('differs', { version: current })}>
          <h3 className="mb-1 text-xs font-strong">{t('differs', { version: current })}</h3>
          <Differences diff={diff} kind={after.kind} />
        </section>
      </div>
    </Dialog>
  );
}

const mostShown = 12;

function Differences({ diff, kind }: { diff: FlowDiff; kind: FlowDefinition['kind'] }) {
  const t = useTranslations('restart');
  const locale = localeOf(useLocale());
  const others = diff.stages.length + diff.notes.length + diff.settings.length;
  if (diff.steps.length + others === 0) return <p className="text-sm text-muted">{t('same')}</p>;
  const shown = diff.steps.slice(0, mostShown);
  const more = diff.steps.length - shown.length + others;
  return (
    <ul className="max-h-56 overflow-y-auto rounded-2 border border-line text-sm">
      {shown.map((step) => {
        const labels = [...new Set(step.changes.map((change) => changeLabel(stepType(stepKey(kind, step.type)), change.key, locale)))];
        return (
          <li key={step.stepId} className="flex gap-2 border-b border-line px-3 py-1.5 last:border-b-0">
            <span className="min-w-0 flex-1"><b className="font-strong">{step.name}</b> <span className="text-muted">{t(`kind.${step.kind}`)}</span></span>
            <span className="max-w-1/2 min-w-0 truncate text-xs leading-5 text-muted">{labels.join(', ')}</span>
          </li>
        );
      })}
      {more > 0 && <li className="px-3 py-1.5 text-muted">{t(shown.length === 0 ? 'besideSteps' : 'more', { count: more })}</li>}
    </ul>
  );
}
