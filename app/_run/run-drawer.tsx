'use client';
import { useTranslations } from 'next-intl';
import { useCallback, useMemo, useState } from 'react';
import type { FlowDefinition } from '#flow/flow';
import { stepsOf } from '#flow/flow';
import { shortRunName } from '#flow/id';
import type { RunEvent } from '#flow/run-event';
import { isEnded, type RunState } from '#flow/run-state';
import { IconButton } from '../_ui/icon-button';
import { Tabs } from '../_ui/tabs';
import { EventList } from './event-list';
import { RunControls } from './run-controls';
import styles from './run-drawer.module.css';
import { StepData } from './step-data';
import { Timeline } from './timeline';

export type RunDrawerProps = {
  runId: string;
  definition: FlowDefinition;
  state: RunState;
  events: readonly RunEvent[];
  selectedStepId?: string | null | undefined;
  onSelectStep?: ((stepId: string) => void) | undefined;
  onClose?: (() => void) | undefined;
  canControl: boolean;
};

type Tab = 'timeline' | 'data' | 'log' | 'effects';

/** Everything about one run below the canvas: Gantt and events, items of a step, its log, the effects made. */
export function RunDrawer({ runId, definition, state, events, selectedStepId, onSelectStep, onClose, canControl }: RunDrawerProps) {
  const t = useTranslations('run');
  const [tab, setTab] = useState<Tab>('timeline');
  const live = !isEnded(state.status);
  const log = useMemo(() => events.filter((event) => event.type === 'step.logged'), [events]);
  const effects = useMemo(() => events.filter((event) => event.type === 'effect.recorded'), [events]);
  const effectCount = effects.reduce((sum, event) => sum + event.data.count, 0);
  const pick = useCallback((event: RunEvent) => { if (event.stepId !== undefined) onSelectStep?.(event.stepId); }, [onSelectStep]);
  const select = onSelectStep && pick;
  return (
    <section className={styles.drawer} aria-label={t('drawer', { name: shortRunName(runId) })}>
      <header className={styles.head}>
        <Tabs value={tab} onChange={setTab} tabs={[
          { value: 'timeline', label: t('tab.timeline') }, { value: 'data', label: t('tab.data') },
          { value: 'log', label: t('tab.log'), count: log.length }, { value: 'effects', label: t('tab.effects'), count: effectCount },
        ]} />
        {tab === 'timeline' && <Legend />}
        <span className={styles.acts}>
          {canControl && <RunControls runId={runId} state={state} definition={definition} stepId={selectedStepId} />}
          {onClose && <IconButton label={t('close')} icon="chevron-down" size="sm" onClick={onClose} />}
        </span>
      </header>
      <div className={styles.body} data-tab={tab}>
        {tab === 'timeline' && <Timeline definition={definition} state={state} events={events} selectedStepId={selectedStepId} onSelectStep={onSelectStep} />}
        {tab === 'timeline' && <EventList definition={definition} events={events} live={live} onSelect={select} />}
        {tab === 'data' && <DrawerData runId={runId} definition={definition} state={state} selectedStepId={selectedStepId} onSelectStep={onSelectStep} />}
        {tab === 'log' && (log.length > 0 ? <EventList definition={definition} events={log} live={live} onSelect={select} /> : <p>{t('noLog')}</p>)}
        {tab === 'effects' && (effects.length > 0 ? <EventList definition={definition} events={effects} live={live} onSelect={select} /> : <p>{t('noEffects')}</p>)}
      </div>
    </section>
  );
}

function Legend() {
  const t = useTranslations('run');
  return <span className={styles.legend} aria-hidden>{(['queue', 'run', 'wait', 'retry'] as const).map((kind) => <span key={kind}><i data-kind={kind} />{t(`legend.${kind}`)}</span>)}</span>;
}

type DataProps = Pick<RunDrawerProps, 'runId' | 'definition' | 'state' | 'selectedStepId' | 'onSelectStep'>;

/** Input and output side by side; without a selected step, the first that failed or else the last that ended. */
function DrawerData({ runId, definition, state, selectedStepId, onSelectStep }: DataProps) {
  const t = useTranslations('run');
  const [chosen, setChosen] = useState<string | null>(null);
  const steps = stepsOf(definition);
  const reached = steps.filter((step) => state.steps[step.id]);
  const stepId = selectedStepId ?? chosen ?? reached.find((step) => state.steps[step.id]?.status === 'failed')?.id ?? reached.at(-1)?.id;
  if (!stepId) return <p>{t('pickStep')}</p>;
  const step = state.steps[stepId];
  return (
    <div className={styles.data}>
      <nav aria-label={t('step')}>
        {steps.map((each) => (
          <button key={each.id} type="button" aria-pressed={each.id === stepId} disabled={!state.steps[each.id]} onClick={() => { setChosen(each.id); onSelectStep?.(each.id); }}>{each.name}</button>
        ))}
      </nav>
      {(['in', 'out'] as const).map((side) => (
        <section key={side} aria-label={t(`side.${side}`)}><h2>{t(`side.${side}`)}</h2><StepData key={stepId} runId={runId} stepId={stepId} step={step} side={side} /></section>
      ))}
    </div>
  );
}
