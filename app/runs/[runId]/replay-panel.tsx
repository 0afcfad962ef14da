'use client';
import { useTranslations } from 'next-intl';
import { useCallback } from 'react';
import type { FlowDefinition } from '#flow/flow';
import { stepsOf } from '#flow/flow';
import type { RunEvent } from '#flow/run-event';
import { EventList } from '../../_run/event-list';
import { RunControls } from '../../_run/run-controls';
import { useCalm } from '../../_run/use-calm';
import { isEnded } from '#flow/run-state';
import { AboutRun } from './about-run';
import type { ReplayRun } from './replay';
import styles from './replay.module.css';
import { RunComments } from './run-comments';
import { StepInspector } from './step-inspector';
import type { Moment } from './use-moment';

type Props = {
  run: ReplayRun; definition: FlowDefinition; events: readonly RunEvent[]; moment: Moment;
  selected: string | null; onSelect: (stepId: string | null) => void; me: string | null; canControl: boolean;
};

/** Beside the canvas: the selected step at this moment, or the run as a whole with its log. What happens shows on canvas and line first. */
export function ReplayPanel({ run, definition, events: newest, moment, selected, onSelect, me, canControl }: Props) {
  const t = useTranslations('replay');
  const words = useTranslations('comments');
  const events = useCalm(newest);
  const latest = useCalm(moment.latest);
  const { seek } = moment;
  const go = useCallback((event: RunEvent) => seek(event.seq), [seek]);
  const step = stepsOf(definition).find((each) => each.id === selected);
  return (
    <aside className={styles.panel} aria-label={step ? step.name : t('about')} data-step={step ? true : undefined}>
      {step
        ? <StepInspector key={step.id} run={run} kind={definition.kind} step={step} events={events} moment={moment} onClose={() => onSelect(null)} me={me} />
        : (
          <div className={styles.overview}>
            <AboutRun run={run} definition={definition} events={events} latest={latest} me={me} onSelect={onSelect} values />
            <section className={styles.comments}><h2>{words('title')}</h2><RunComments run={run} definition={definition} stepId={null} onStep={onSelect} /></section>
            <div className={styles.log}><EventList definition={definition} events={events} live={!isEnded(latest.status)} currentSeq={Math.min(moment.seq, events.length)} onSelect={go} /></div>
          </div>
        )}
      {canControl && <footer className={styles.acts}><RunControls runId={run.id} state={latest} definition={definition} stepId={selected} size="md" /></footer>}
    </aside>
  );
}
