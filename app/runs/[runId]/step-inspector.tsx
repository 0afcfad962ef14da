'use client';
import { useSearchParams } from 'next/navigation';
import { useLocale, useTranslations } from 'next-intl';
import { useMemo, useState } from 'react';
import { stepKey, type FlowKind, type Step } from '#flow/flow';
import type { RunEvent } from '#flow/run-event';
import { pendingStep, type StepState } from '#flow/run-state';
import { stepType } from '#flow/steps/index';
import { useCommentsHere } from '../../_comments/use-comments';
import { useMarkedComment } from '../../_comments/use-marked-comment';
import { between, formatDuration, localeOf } from '../../_run/duration';
import { describeEvent } from '../../_run/event-words';
import { StepData } from '../../_run/step-data';
import { IconButton } from '../../_ui/icon-button';
import { StatusMark } from '../../_ui/status-mark';
import { StepTile } from '../../_ui/step-tile';
import { Tabs } from '../../_ui/tabs';
import { RunFacts } from './about-run';
import type { ReplayRun } from './replay';
import { RunComments } from './run-comments';
import styles from './replay.module.css';
import type { Moment } from './use-moment';

type Props = { run: ReplayRun; kind: FlowKind; step: Step; events: readonly RunEvent[]; moment: Moment; onClose: () => void; me: string | null };
type Tab = 'in' | 'out' | 'error' | 'effects' | 'log' | 'comments';

/** A step at the moment the replay stands at: what came in, what went out, what went wrong, what it changed. */
export function StepInspector({ run, kind, step, events, moment, onClose, me }: Props) {
  const t = useTranslations('replay');
  const words = useTranslations('run');
  const says = useTranslations('comments');
  const comments = useCommentsHere();
  const threads = comments?.threads.filter((each) => !each.resolved && each.anchor.stepId === step.id).length ?? 0;
  const locale = localeOf(useLocale());
  const now = moment.state.steps[step.id] ?? pendingStep;
  const own = useMemo(() => events.filter((event) => event.stepId === step.id && event.seq <= moment.seq), [events, step.id, moment.seq]);
  const effects = own.filter((event) => event.type === 'effect.recorded');
  const failedAt = moment.latest.steps[step.id]?.error ?? null;
  const [tab, setTab] = useState<Tab>(failedAt ? 'error' : 'out');
  useMarkedComment(useSearchParams().get('comment'), comments, ({ stepId }) => { if (stepId === step.id) setTab('comments'); });
  const shown: Tab = tab === 'error' && !now.error ? 'in' : tab;
  const type = stepType(stepKey(kind, step.type));
  const took = between(now.startedAt, now.finishedAt);
  const facts = [type?.title[locale] ?? step.type, now.attempt > 0 ? words('attempt', { attempt: now.attempt }) : null, took === null ? null : formatDuration(took, locale)].filter(Boolean).join(' · ');
  return (
    <>
      <header className={styles.stepHead}>
        {type && <StepTile group={type.group} icon={type.icon} />}
        <span><b>{step.name}</b><small>{facts}</small></span>
        <IconButton label={t('closeStep')} icon="x" onClick={onClose} />
      </header>
      <div className={styles.tabs}>
        <Tabs value={shown} onChange={setTab} label={t('stepParts')} tabs={[
          { value: 'in', label: words('side.in'), count: now.itemsIn ?? undefined }, { value: 'out', label: words('side.out'), count: now.itemsOut ?? undefined },
          ...(now.error ? [{ value: 'error' as const, label: t('error') }] : []), ...(effects.length > 0 ? [{ value: 'effects' as const, label: words('tab.effects'), count: effects.reduce((sum, event) => sum + event.data.count, 0) }] : []),
          { value: 'log', label: t('log'), count: own.length }, ...(comments ? [{ value: 'comments' as const, label: says('title'), count: threads > 0 ? threads : undefined }] : []),
        ]} />
      </div>
      <div className={styles.stepBody}>
        <Now step={now} />
        {(shown === 'in' || shown === 'out') && (now.status === 'pending' ? <p className={styles.quiet}>{t('notYet')}</p> : <div className={styles.items}><StepData key={shown} runId={run.id} stepId={step.id} step={moment.latest.steps[step.id]} side={shown} /></div>)}
        {shown === 'error' && now.error && <StepError run={run} step={step} now={now} />}
        {shown === 'effects' && <EventLines events={effects} />}
        {shown === 'comments' && <RunComments run={run} stepId={step.id} />}
        {shown === 'log' && (own.length > 0 ? <EventLines events={own} onSeek={moment.seek} /> : <p className={styles.quiet}>{words('noLog')}</p>)}
        <section className={styles.section}><h2>{t('about')}</h2><RunFacts run={run} latest={moment.latest} events={events} me={me} stepId={step.id} /></section>
      </div>
    </>
  );
}

/** One line on waiting, skipping and retrying, which have reasons. */
function Now({ step }: { step: StepState }) {
  const locale = localeOf(useLocale());
  const words = useTranslations('run');
  if (step.status !== 'waiting' && step.status !== 'skipped' && step.status !== 'retrying') return null;
  return <p className={styles.now} data-status={step.status}><StatusMark status={step.status} size={13} />{step.reason?.[locale] ?? words(`status.${step.status}`)}</p>;
}

function StepError({ run, step, now }: { run: ReplayRun; step: Step; now: StepState }) {
  const t = useTranslations('replay');
  const locale = localeOf(useLocale());
  const { error } = now;
  if (!error) return null;
  const item = error.itemIndex;
  return (
    <>
      <div className={styles.fault} role="note">
        <b><StatusMark status="failed" size={13} />{error.code}</b>
        <p>{item !== undefined && t('faultItem', { item: item + 1 })} {error.text[locale]}</p>
        {error.path && <p><code>{error.path}</code></p>}
      </div>
      {item !== undefined && <><h2 className={styles.faultHead}>{t('itemIn', { item: item + 1 })}</h2><div className={styles.items}><StepData runId={run.id} stepId={step.id} step={now} side="in" fault={{ itemIndex: item, path: error.path }} /></div></>}
      {item === undefined && error.details !== undefined && error.details !== null && <pre className={styles.details}>{JSON.stringify(error.details, null, 2)}</pre>}
    </>
  );
}

function EventLines({ events, onSeek }: { events: readonly RunEvent[]; onSeek?: (seq: number) => void }) {
  const words = useTranslations('run');
  const locale = localeOf(useLocale());
  return (
    <ol className={styles.lines}>
      {events.slice(-500).map((event) => {
        const { mark, key, values } = describeEvent(event, locale);
        const refs = event.type === 'effect.recorded' ? event.data.refs : [];
        const line = <><span>{event.seq}</span>{mark ? <StatusMark status={mark} size={12} still /> : <i />}<p>{words(key, values)}{refs.length > 0 && <code>{JSON.stringify(refs.slice(0, 10))}</code>}</p></>;
        return <li key={event.seq}>{onSeek ? <button type="button" onClick={() => onSeek(event.seq)}>{line}</button> : <div>{line}</div>}</li>;
      })}
    </ol>
  );
}
