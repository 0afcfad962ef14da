'use client';
import { useLocale, useTranslations } from 'next-intl';
import { useMemo } from 'react';
import type { FlowDefinition } from '#flow/flow';
import { pendingStep, type RunState } from '#flow/run-state';
import { laneFates, passedSteps } from '../../_canvas/lane-fate';
import { between, formatCount, formatDuration, localeOf } from '../../_run/duration';
import { StatusMark } from '../../_ui/status-mark';
import styles from './replay.module.css';

type Props = { definition: FlowDefinition; state: RunState; selected: string | null; onSelect: (stepId: string) => void };

/** On a small screen a run is a list of stages and steps, one under the other. */
export function StepList({ definition, state, selected, onSelect }: Props) {
  const words = useTranslations('run');
  const canvas = useTranslations('canvas');
  const locale = localeOf(useLocale());
  const passed = useMemo(() => passedSteps(definition, laneFates(definition, state)), [definition, state]);
  return (
    <ol className={styles.steps}>
      {definition.lanes.flatMap((lane) => lane.stages).filter((stage) => stage.steps.length > 0).map((stage) => (
        <li key={stage.id}>
          <h2>{stage.name}</h2>
          <ol>
            {stage.steps.map((step) => {
              const now = state.steps[step.id] ?? pendingStep;
              const took = between(now.startedAt, now.finishedAt);
              const isPassed = passed.has(step.id) && now.status === 'pending';
              const status = step.disabled ? 'disabled' : isPassed ? 'skipped' : now.status === 'succeeded' && now.warnings > 0 ? 'warning' : now.status;
              const brief = isPassed ? canvas('state.notTaken') : now.error?.code ?? now.reason?.[locale] ?? (now.itemsOut !== null && now.itemsIn !== null ? `${formatCount(now.itemsIn, locale)} → ${formatCount(now.itemsOut, locale)}` : status === 'disabled' ? '' : words(`status.${now.status}`));
              return (
                <li key={step.id}>
                  <button type="button" aria-pressed={selected === step.id} onClick={() => onSelect(step.id)}>
                    <StatusMark status={status} size={16} /><b>{step.name}</b><span>{brief}</span>{took !== null && <em>{formatDuration(took, locale)}</em>}
                  </button>
                </li>
              );
            })}
          </ol>
        </li>
      ))}
    </ol>
  );
}
