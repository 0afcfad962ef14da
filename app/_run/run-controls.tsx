'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import type { FlowDefinition } from '#flow/flow';
import { isEnded, type RunState } from '#flow/run-state';
import { Button } from '../_ui/button';
import { ConfirmDialog } from '../_ui/confirm-dialog';
import { ForkDialog } from './fork-dialog';
import { useRestart } from './restart';
import { useRunActs } from './run-acts';

type Props = { runId: string; state: RunState; definition: FlowDefinition; stepId?: string | null | undefined; size?: 'sm' | 'md' };

/** Pause and cancel while it goes on; resume from the failed step and run again once it has ended; fork at any time. */
export function RunControls({ runId, state, definition, stepId, size = 'sm' }: Props) {
  const t = useTranslations('run');
  const { busy, act } = useRunActs(runId);
  const restarting = useRestart(runId);
  const [asking, setAsking] = useState(false);
  const [forking, setForking] = useState(false);
  const ended = isEnded(state.status);
  const canResume = state.status === 'failed' || state.status === 'cancelled' || state.status === 'quarantined';
  const hasBegun = Object.keys(state.steps).length > 0;
  const fromStep = stepId && state.steps[stepId]?.status === 'failed' ? stepId : undefined;
  return (
    <>
      {!ended && state.status === 'paused' && <Button size={size} icon="play" disabled={busy !== null} onClick={() => void act('unpause')}>{t('control.unpause')}</Button>}
      {!ended && state.status !== 'paused' && state.seq > 0 && <Button size={size} icon="pause" disabled={busy !== null || state.cancelRequested} onClick={() => void act('pause')}>{t('control.pause')}</Button>}
      {state.status === 'quarantined' && <Button size={size} icon="square" disabled={busy !== null} onClick={() => setAsking(true)}>{t('control.cancel')}</Button>}
      {!ended && state.seq > 0 && (
        <Button size={size} icon="square" disabled={busy !== null || state.cancelRequested} onClick={() => setAsking(true)}>
          {state.cancelRequested ? t('control.cancelling') : t('control.cancel')}
        </Button>
      )}
      {canResume && <Button size={size} variant="primary" icon="play" disabled={restarting.busy} onClick={() => void restarting.restart('resume', fromStep)}>{fromStep ? t('control.resumeStep') : t('control.resume')}</Button>}
      {hasBegun && <Button size={size} icon="git-fork" disabled={busy !== null} onClick={() => setForking(true)}>{t('control.fork')}</Button>}
      {ended && <Button size={size} icon="rotate-cw" disabled={restarting.busy} onClick={() => void restarting.restart('rerun')}>{t('control.rerun')}</Button>}
      {restarting.dialog}
      <ForkDialog open={forking} onClose={() => setForking(false)} runId={runId} definition={definition} state={state} stepId={stepId !== undefined && stepId !== null && state.steps[stepId] ? stepId : null} />
      <ConfirmDialog open={asking} onClose={() => setAsking(false)} title={t('control.cancelTitle')} description={t('control.cancelText')} confirmLabel={t('control.cancel')} cancelLabel={t('control.keep')} danger
        onConfirm={() => { setAsking(false); void act('cancel'); }} />
    </>
  );
}
