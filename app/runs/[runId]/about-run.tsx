'use client';
import Link from 'next/link';
import { useFormatter, useLocale, useTranslations } from 'next-intl';
import { memo } from 'react';
import { stepsOf, type FlowDefinition } from '#flow/flow';
import { shortRunName } from '#flow/id';
import { isJsonObject, type Json } from '#flow/json';
import type { RunEvent } from '#flow/run-event';
import type { RunState } from '#flow/run-state';
import { between, formatDuration, localeOf } from '../../_run/duration';
import { effectWords } from '../../_run/event-words';
import { JsonTree } from '../../_run/json-value';
import { useTriggerWords } from '../../_run/run-chips';
import { triggerIcon } from '../../_run/trigger-icon';
import { Icon } from '../../_ui/icon';
import { StatusMark } from '../../_ui/status-mark';
import type { ReplayRun } from './replay';
import styles from './replay.module.css';

type Props = { run: ReplayRun; definition: FlowDefinition; events: readonly RunEvent[]; latest: RunState; me: string | null; onSelect: (stepId: string) => void; values: boolean };

/** The run as a whole: how it ended, who and what started it, what it was given and answered. */
export const AboutRun = memo(function AboutRun({ run, definition, events, latest, me, onSelect, values }: Props) {
  const t = useTranslations('replay');
  const locale = localeOf(useLocale());
  const steps = stepsOf(definition);
  const nameOf = (stepId: string | undefined) => steps.find((step) => step.id === stepId)?.name ?? stepId ?? '';
  const warned = events.filter((event) => event.type === 'step.logged' && event.data.level === 'warning');
  return (
    <>
      {latest.error && (
        <div className={styles.fault} role="note">
          <b><StatusMark status="failed" size={13} />{latest.error.code}</b>
          <p>{latest.error.text[locale]}</p>
          {latest.error.stepId && <button type="button" onClick={() => onSelect(latest.error?.stepId ?? '')}>{t('atStep', { name: nameOf(latest.error.stepId) })}</button>}
        </div>
      )}
      {warned.length > 0 && (
        <section className={styles.section}>
          <h2>{t('warnings', { count: latest.warnings })}</h2>
          <ul className={styles.warnings}>{warned.slice(0, 20).map((event) => (
            <li key={event.seq}><StatusMark status="warning" size={12} /><button type="button" onClick={() => event.stepId !== undefined && onSelect(event.stepId)}>{nameOf(event.stepId)}</button> {event.type === 'step.logged' && (event.data.text?.[locale] ?? event.data.message)}</li>
          ))}</ul>
        </section>
      )}
      <section className={styles.section}><h2>{t('about')}</h2><RunFacts run={run} latest={latest} events={events} me={me} /></section>
      {values && <Value title={t('input')} value={run.input} />}
      {values && <Value title={t(run.kind === 'workflow' ? 'finalModel' : 'response')} value={run.output} />}
    </>
  );
});

function Value({ title, value }: { title: string; value: Json }) {
  if (value === null || value === undefined) return null;
  return <section className={styles.section}><h2>{title}</h2><div className={styles.value} tabIndex={0} role="region" aria-label={title}><JsonTree value={value} /></div></section>;
}

/** Runs that steps began, those nobody waited for too. */
function startedBy(events: readonly RunEvent[], stepId: string | undefined): string[] {
  return events.flatMap((event) => (event.type === 'effect.recorded' && (stepId === undefined || event.stepId === stepId) ? event.data.refs : []))
    .flatMap((ref) => (isJsonObject(ref) && typeof ref['runId'] === 'string' ? [ref['runId']] : []));
}

type FactsProps = { run: ReplayRun; latest: RunState; events: readonly RunEvent[]; me: string | null; stepId?: string };

export function RunFacts({ run, latest, events, me, stepId }: FactsProps) {
  const t = useTranslations('replay');
  const runWords = useTranslations('run');
  const trigger = useTriggerWords();
  const format = useFormatter();
  const locale = localeOf(useLocale());
  const waitedFor = Object.entries(latest.steps).filter(([id]) => stepId === undefined || id === stepId).flatMap(([, step]) => step.childRuns);
  const children = [...new Set([...waitedFor, ...startedBy(events, stepId)])];
  const effects = new Map<string, number>();
  for (const event of events) if (event.type === 'effect.recorded') effects.set(event.data.kind, (effects.get(event.data.kind) ?? 0) + event.data.count);
  const took = between(latest.startedAt, latest.finishedAt);
  const time = (at: string | null) => (at === null ? '–' : format.dateTime(new Date(at), { dateStyle: 'medium', timeStyle: 'medium' }));
  return (
    <dl className={styles.facts}>
      <dt>{t('startedBy')}</dt><dd>{run.startedBy.id !== null && run.startedBy.id === me ? t('you') : run.startedBy.name || '–'}<span className="mx-1 inline-flex align-[-2px] text-faint"><Icon name={triggerIcon(run.trigger)} size={13} /></span>{trigger(run)}</dd>
      <dt>{t('started')}</dt><dd>{time(latest.startedAt)}</dd>
      <dt>{t('finished')}</dt><dd>{time(latest.finishedAt)}{took !== null && `, ${formatDuration(took, locale)}`}</dd>
      {run.entryId !== null && <><dt>{t('entry')}</dt><dd><Link href={`/components/${run.componentId}?entry=${run.entryId}`}>{t('entryId', { id: run.entryId })}</Link></dd></>}
      <dt>{t('effects')}</dt><dd>{effects.size === 0 ? t('noEffects') : [...effects].map(([kind, count]) => effectWords(kind, count)).map(({ key, values }) => runWords(key, values)).join(', ')}</dd>
      {run.forkedFrom !== null && <><dt>{t('forkedFrom')}</dt><dd><Link href={`/runs/${run.forkedFrom}?at=${run.forkedAtSeq ?? 1}`}>{t('forkedAt', { name: shortRunName(run.forkedFrom), seq: run.forkedAtSeq ?? 0 })}</Link></dd></>}
      <dt>{t('parent')}</dt><dd>{run.parentRunId === null ? t('noParent') : <Link href={`/runs/${run.parentRunId}`}>{shortRunName(run.parentRunId)}</Link>}</dd>
      {children.length > 0 && <><dt>{t('children')}</dt><dd>{children.slice(0, 30).map((id) => <Link key={id} href={`/runs/${id}`}>{shortRunName(id)}</Link>)}{children.length > 30 && ` +${children.length - 30}`}</dd></>}
    </dl>
  );
}
