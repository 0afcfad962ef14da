'use client';
import Link from 'next/link';
import { useSearchParams } from 'next/navigation';
import { useFormatter, useTranslations } from 'next-intl';
import { useEffect, useMemo, useState } from 'react';
import type { RunView } from '#db/run-view';
import type { ComponentModel } from '#flow/component-model';
import { stepsOf, type FlowDefinition } from '#flow/flow';
import type { RunEvent } from '#flow/run-event';
import { isEnded } from '#flow/run-state';
import type { WorkspaceIndex } from '#flow/workspace-index';
import { FlowCanvas } from '../../_canvas/flow-canvas';
import { CommentsContext, useComments } from '../../_comments/use-comments';
import { useMarkedComment } from '../../_comments/use-marked-comment';
import { useRun } from '../../_client/run-stream';
import { usePlace } from '../../_client/whereabouts';
import { AlsoHere } from '../../_shell/also-here';
import { statusKey, triggerKey } from '../../_run/run-chips';
import { triggerIcon } from '../../_run/trigger-icon';
import { FrozenTime } from '../../_run/use-now';
import { ButtonLink } from '../../_ui/button';
import { Icon } from '../../_ui/icon';
import { Mark } from '../../_ui/mark';
import { StatusWord } from '../../_ui/status-word';
import { ExportRun } from './export-run';
import { IntegrityBadge } from './integrity-badge';
import { ReplayPanel } from './replay-panel';
import styles from './replay.module.css';
import { Scrubber } from './scrubber';
import { StepList } from './step-list';
import { useMoment } from './use-moment';

export type ReplayRun = Omit<RunView, 'definition'>;
type Props = { run: ReplayRun; definition: FlowDefinition; component: ComponentModel; index: WorkspaceIndex; firstEvents: readonly RunEvent[]; me: string | null; canControl: boolean };

/** A run played on the version that ran: canvas, scrubber and inspector show the same moment. */
export function Replay({ run, definition, component, index, firstEvents, me, canControl }: Props) {
  const t = useTranslations('replay');
  const words = useTranslations('run');
  const format = useFormatter();
  const params = useSearchParams();
  const feed = useRun(run.id);
  const events = feed.events.length >= firstEvents.length ? feed.events : firstEvents;
  const moment = useMoment(events, startOf(params.get('at')));
  const comments = useComments(run.flowId, me, run.id);
  const ids = useMemo(() => new Set(stepsOf(definition).map((step) => step.id)), [definition]);
  const asked = params.get('step');
  const [selected, setSelected] = useState<string | null>(() => (asked !== null && ids.has(asked) ? asked : (run.error?.stepId ?? null)));
  const select = (stepId: string | null): void => {
    setSelected(stepId);
    const url = new URL(window.location.href);
    if (stepId === null) url.searchParams.delete('step');
    else url.searchParams.set('step', stepId);
    window.history.replaceState(null, '', url);
  };
  useMarkedComment(params.get('comment'), comments, ({ stepId }) => select(stepId !== undefined && ids.has(stepId) ? stepId : null));
  const { latest } = moment;
  usePlace({ page: 'run', objectId: run.id, title: t('title', { name: run.shortName }), detail: run.flowName.slice(0, 200) });
  const frozen = (moment.seq < moment.last || isEnded(latest.status)) && moment.state.at !== null ? Date.parse(moment.state.at) : null;
  const status = latest.seq > 0 ? latest.status : run.status;
  const warnings = latest.warnings;
  const done = Object.values(latest.steps).filter((step) => step.status === 'succeeded' || step.status === 'skipped').length;
  useEffect(() => {
    if (!isEnded(latest.status)) document.title = `${done}/${ids.size} · ${run.flowName}`;
  }, [latest.status, done, ids.size, run.flowName]);
  return (
    <div className={styles.page}>
      <header className={styles.top}>
        <Link href="/" className={styles.home} aria-label={t('home')}><Mark size={22} /></Link>
        <nav className={styles.crumbs} aria-label={t('path')}>
          <Link href="/runs">{t('runs')}</Link><Icon name="chevron-right" size={12} /><Link href={`/runs?flow=${run.flowId}`}>{run.flowName}</Link><Icon name="chevron-right" size={12} />
        </nav>
        <h1>{t('title', { name: run.shortName })}</h1>
        <span className={styles.status} data-status={status}><StatusWord status={status} warnings={warnings} size={12}>{words(`status.${statusKey({ status, warnings })}`)}</StatusWord></span>
        <span className={styles.tag}>{run.version === null ? t('draft') : t('version', { version: run.version })}</span>
        <span className={styles.when}><Icon name={triggerIcon(run.trigger)} size={13} />{t('when', { trigger: words(`trigger.${triggerKey(run.trigger)}`), at: format.dateTime(new Date(run.createdAt), { dateStyle: 'medium', timeStyle: 'short' }), name: run.startedBy.name })}</span>
        <IntegrityBadge runId={run.id} seq={latest.seq} ended={isEnded(latest.status)} onSeek={moment.seek} />
        <span className={styles.right}>
          <AlsoHere page="run" objectId={run.id} words={(names, count) => t('alsoHere', { names, count })} />
          {feed.status === 'offline' && <em role="status">{t('offline')}</em>}
          <ExportRun runId={run.id} shortName={run.shortName} />
          <ButtonLink icon="external-link" href={`/flows/${run.flowId}`}>{t('openFlow')}</ButtonLink>
        </span>
      </header>
      <main className={styles.main}>
        <section className={styles.canvas}>
          <p className={styles.hint}><Icon name="lock" size={13} />{t('readOnly')}</p>
          <div className={styles.flow}><FrozenTime value={frozen}><FlowCanvas definition={definition} component={component} index={index} run={moment.state} readOnly bare selectedIds={selected === null ? [] : [selected]} onSelect={(next) => select(next.at(-1) ?? null)} onOpen={select} /></FrozenTime></div>
          <StepList definition={definition} state={moment.state} selected={selected} onSelect={select} />
          <Scrubber events={events} moment={moment} />
        </section>
        <CommentsContext value={comments}><ReplayPanel run={run} definition={definition} events={events} moment={moment} selected={selected} onSelect={select} me={me} canControl={canControl} /></CommentsContext>
      </main>
    </div>
  );
}

function startOf(text: string | null): number | null {
  return text !== null && /^\d{1,7}$/.test(text) ? Number(text) : null;
}
