'use client';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useLocale, useTranslations } from 'next-intl';
import { memo, useMemo, useRef, type CSSProperties } from 'react';
import { isEnded, type RunState, type StepState } from '#flow/run-state';
import type { FlowDefinition } from '#flow/flow';
import type { RunEvent } from '#flow/run-event';
import { StatusMark } from '../_ui/status-mark';
import { formatCount, formatDuration, localeOf } from './duration';
import { runsClock } from './run-clock';
import { axisStep, createTimeline, type TimelinePart, type TimelineRow } from './timeline-parts';
import { useNow } from './use-now';
import styles from './timeline.module.css';

/** As in the style sheet. */
const [rowHeight, axisHeight] = [20, 26];
/** Up to so many rows all are in the page; of more only those in view. */
const drawnWhole = 100;

type Props = {
  definition: FlowDefinition;
  state: RunState;
  events: readonly RunEvent[];
  selectedStepId?: string | null | undefined;
  onSelectStep?: ((stepId: string) => void) | undefined;
};

/** The Gantt of a run: one row per step, queue, run, wait and retry parts on a common axis, a line at now. */
export function Timeline({ definition, state, events, selectedStepId, onSelectStep }: Props) {
  const locale = localeOf(useLocale());
  const follow = useMemo(() => createTimeline(definition), [definition]);
  const view = useMemo(() => follow(events), [follow, events]);
  const live = !isEnded(state.status) && events.length > 0;
  const now = useNow(live);
  const clock = live ? Math.max(view.endMs, runsClock(state, view.originMs, now)) : view.endMs;
  const span = Math.max(1, clock * (live ? 1.15 : 1.02));
  const step = axisStep(span, 7);
  const marks = Array.from({ length: Math.floor(span / step) + 1 }, (_, index) => index * step);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({ count: view.rows.length, getScrollElement: () => scroller.current, estimateSize: () => rowHeight, scrollMargin: axisHeight, overscan: view.rows.length <= drawnWhole ? view.rows.length : 12 });
  return (
    <div className={styles.gantt} ref={scroller} style={scaleOf(span, clock)}>
      <div className={styles.axis} aria-hidden>
        <span className={styles.plot}>{marks.map((ms) => <i key={ms} style={{ left: placeOf(ms) }}>{axisText(ms, locale)}</i>)}</span>
      </div>
      <ol className={styles.rows} style={{ height: virtual.getTotalSize() }}>
        <li className={styles.grid} aria-hidden>
          {marks.map((ms) => <i key={ms} style={{ left: placeOf(ms) }} />)}
          {live && <b style={{ left: placeOf('var(--clock)') }}><em>{formatDuration(clock, locale)}</em></b>}
        </li>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = view.rows[index];
          return row && <Row key={row.stepId} row={row} place={index + 1} of={view.rows.length} top={start - axisHeight} step={state.steps[row.stepId]} clock={row.parts.some((part) => part.to === null) ? clock : null} selected={row.stepId === selectedStepId} onSelect={onSelectStep} />;
        })}
      </ol>
    </div>
  );
}

/** One number moves all bars: rows are not drawn again because time goes on. Custom properties are not in React's list of styles. */
const scaleOf = (span: number, clock: number) => ({ '--ms': `${100 / span}%`, '--clock': clock }) as CSSProperties;
const placeOf = (ms: number | 'var(--clock)') => `calc(${ms} * var(--ms))`;

type RowProps = {
  row: TimelineRow;
  place: number;
  of: number;
  top: number;
  step: StepState | undefined;
  /** null: nothing in this row goes on. */
  clock: number | null;
  selected: boolean;
  onSelect?: ((stepId: string) => void) | undefined;
};

const Row = memo(function Row({ row, place, of, top, step, clock, selected, onSelect }: RowProps) {
  const t = useTranslations('run');
  const locale = localeOf(useLocale());
  const status = step?.status ?? 'pending';
  const took = tookMs(row, clock ?? 0);
  const words = step && (status === 'retrying' || (status === 'running' && step.attempt > 1)) ? t('attempt', { attempt: step.attempt }) : took === null ? '' : formatDuration(took, locale);
  return (
    <li className={styles.row} style={{ transform: `translateY(${top}px)` }} aria-posinset={place} aria-setsize={of} data-selected={selected || undefined} data-status={status}>
      <button type="button" onClick={() => onSelect?.(row.stepId)} aria-pressed={selected} title={row.name}>
        <span className={styles.name}><StatusMark status={step && step.warnings > 0 && status === 'succeeded' ? 'warning' : status} size={12} /><span>{row.name}</span></span>
        <span className={styles.plot}>{row.parts.map((part, index) => <Bar key={index} part={part} />)}</span>
        <span className={styles.took}>{words}</span>
      </button>
    </li>
  );
});

const Bar = memo(function Bar({ part }: { part: TimelinePart }) {
  const width = part.to === null ? `calc((var(--clock) - ${part.from}) * var(--ms))` : placeOf(part.to - part.from);
  return <i className={styles.bar} data-kind={part.kind} style={{ left: placeOf(part.from), width }} />;
});

/** Time at work: attempts and waits, without the queue. */
function tookMs(row: TimelineRow, clock: number): number | null {
  const worked = row.parts.filter((part) => part.kind !== 'queue');
  return worked.length === 0 ? null : worked.reduce((sum, part) => sum + Math.max(0, (part.to ?? clock) - part.from), 0);
}

function axisText(ms: number, locale: 'en' | 'fr'): string {
  if (ms === 0) return '0 s';
  if (ms < 1000) return `${ms} ms`;
  if (ms < 60_000) return `${formatCount(ms / 1000, locale)} s`;
  return formatDuration(ms, locale);
}
