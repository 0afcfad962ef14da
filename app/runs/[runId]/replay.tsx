'use client';
import { useSearchParams } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useCallback, useEffect, useMemo, useState } from 'react';
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
import { FrozenTime } from '../../_run/use-now';
import { Icon } from '../../_ui/icon';
import { ReplayPanel } from './replay-panel';
import styles from './replay.module.css';
import { RunHead } from './run-head';
import { Scrubber } from './scrubber';
import { StepList } from './step-list';
import { useMoment } from './use-moment';

export type ReplayRun = Omit<RunView, 'definition'>;
type Props = { run: ReplayRun; definition: FlowDefinition; component: ComponentModel; index: WorkspaceIndex; firstEvents: readonly RunEvent[]; me: string | null; canControl: boolean };

/** A run played on the version that ran: canvas, scrubber and inspector show the same moment. */
export function Replay({ run, definition, component, index, firstEvents, me, canControl }: Props) {
  const t = useTranslations('replay');
  const params = useSearchParams();
  const feed = useRun(run.id);
  const events = feed.events.length >= firstEvents.length ? feed.events : firstEvents;
  const moment = useMoment(events, startOf(params.get('at')));
  const comments = useComments(run.flowId, me, run.id);
  const ids = useMemo(() => new Set(stepsOf(definition).map((step) => step.id)), [definition]);
  const asked = params.get('step');
  const [selected, setSelected] = useState<string | null>(() => (asked !== null && ids.has(asked) ? asked : (run.error?.stepId ?? null)));
  const select = useCallback((stepId: string | null): void => {
    setSelected(stepId);
    const url = new URL(window.location.href);
    if (stepId === null) url.searchParams.delete('step');
    else url.searchParams.set('step', stepId);
    window.history.replaceState(null, '', url);
  }, []);
  const selectedIds = useMemo(() => (selected === null ? [] : [selected]), [selected]);
  const selectLast = useCallback((next: string[]) => select(next.at(-1) ?? null), [select]);
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
      <RunHead run={run} status={status} warnings={warnings} endedSeq={isEnded(latest.status) ? latest.seq : 0} offline={feed.status === 'offline'} onSeek={moment.seek} />
      <main className={styles.main}>
        <section className={styles.canvas}>
          <p className={styles.hint}><Icon name="lock" size={13} />{t('readOnly')}</p>
          <div className={styles.flow}><FrozenTime value={frozen}><FlowCanvas definition={definition} component={component} index={index} run={moment.state} readOnly bare selectedIds={selectedIds} onSelect={selectLast} onOpen={select} /></FrozenTime></div>
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
