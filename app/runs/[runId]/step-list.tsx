'use client';
import { useLocale, useTranslations } from 'next-intl';
import { memo, useMemo } from 'react';
import type { FlowDefinition, Step } from '#flow/flow';
import { pendingStep, type RunState, type StepState } from '#flow/run-state';
import { laneFates, passedSteps } from '../../_canvas/lane-fate';
import { between, formatCount, formatDuration, localeOf } from '../../_run/duration';
import { StatusMark } from '../../_ui/status-mark';
import styles from './replay.module.css';

type Props = { definition: FlowDefinition; state: RunState; selected: string | null; onSelect: (stepId: string) => void };

/** On a small screen a run is a list of stages and steps, one under the other. */
export function StepList({ definition, state, selected, onSelect }: Props) {
  const passed = useMemo(() => passedSteps(definition, laneFates(definition, state)), [definition, state]);
  const stages = useMemo(() => definition.lanes.flatMap((lane) => lane.stages).filter((stage) => stage.steps.length > 0), [definition]);
  return (
    <ol className={styles.steps}>
      {stages.map((stage) => (
        <li key={stage.id}>
          <h2>{stage.name}</h2>
          <ol>{stage.steps.map((step) => <Row key={step.id} step={step} now={state.steps[step.id] ?? pendingStep} passed={passed.has(step.id)} selected={selected === step.id} onSelect={onSelect} />)}</ol>
        </li>
      ))}
    </ol>
  );
}

type RowProps = { step: Step; now: StepState; passed: boolean; selected: boolean; onSelect: (stepId: string) => void };

const Row = memo(function Row({ step, now, passed, selected, onSelect }: RowProps) {
  const words = useTranslations('run');
  const canvas = useTranslations('canvas');
  const locale = localeOf(useLocale());
  const took = between(now.startedAt, now.finishedAt);
  const isPassed = passed && now.status === 'pending';
  const status = step.disabled ? 'disabled' : isPassed ? 'skipped' : now.status === 'succeeded' && now.warnings > 0 ? 'warning' : now.status;
  const brief = isPassed ? canvas('state.notTaken') : now.error?.code ?? now.reason?.[locale] ?? (now.itemsOut !== null && now.itemsIn !== null ? `${formatCount(now.itemsIn, locale)} → ${formatCount(now.itemsOut, locale)}` : status === 'disabled' ? '' : words(`status.${now.status}`));
  return (
    <li>
      <button type="button" aria-pressed={selected} onClick={() => onSelect(step.id)}>
        <StatusMark status={status} size={16} /><b>{step.name}</b><span>{brief}</span>{took !== null && <em>{formatDuration(took, locale)}</em>}
      </button>
    </li>
  );
});
