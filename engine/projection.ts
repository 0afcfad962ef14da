import { storable } from '#db/event-hash';
import type { RunState } from '#flow/run-state';
import type { Along, LiveRun } from './live-run';

/** What the tables for lists say of a run: always the fold of its events, written in the append that changes it. */
export type Projection = {
  status: string; warnings: number; stepsDone: number; itemsOut: number | null; startedAt: string | null; finishedAt: string | null; error: string | null;
  responded: boolean; outputRef: string | null; search: string; instanceState: string | null;
  /** Of the instance, if there is one: at which step, by whom (JSON) and why it moved. */
  move: { stepId: string | null; by: string | null; reason: string };
};
const restMs = 1_000;
const unmoved: Projection['move'] = { stepId: null, by: null, reason: '' };

/** null while nothing changed that lists show: the counter of finished steps alone is written once a second. */
export function projectionOf(run: LiveRun, along: Along, ended: boolean): Projection | null {
  const { state } = run;
  const moved = state.status !== run.projectedStatus || along.outputRef !== undefined || ended;
  if (!moved && Date.now() - run.projectedAtMs < restMs) return null;
  run.projectedAtMs = Date.now();
  const instanceState = run.facts.instanceId !== null && state.status !== run.projectedStatus ? instanceStateOf(run) : null;
  run.projectedStatus = state.status;
  return {
    ...foldedColumns(state), error: state.error === null ? null : JSON.stringify(state.error), responded: along.outputRef !== undefined, outputRef: along.outputRef ?? null,
    search: ended ? searchOf(state, along) : '', instanceState, move: run.facts.instanceId === null ? unmoved : moveOf(run),
  };
}

/** The columns of `runs` that the log determines. */
export function foldedColumns(state: RunState) {
  const steps = Object.values(state.steps);
  const finished = steps.filter((step) => step.status === 'succeeded' || step.status === 'skipped');
  const answering = state.respondedBy === null ? undefined : state.steps[state.respondedBy];
  const last = steps.filter((step) => step.status === 'succeeded').at(-1);
  return { status: state.status, warnings: state.warnings, stepsDone: finished.length, itemsOut: (answering ?? last)?.itemsOut ?? null, startedAt: state.startedAt, finishedAt: state.finishedAt };
}

/** A word of `transitionReasons`, and the step it happened at. */
function moveOf(run: LiveRun): Projection['move'] {
  const { state } = run;
  const [waiting] = Object.entries(state.steps).find(([, step]) => step.status === 'waiting') ?? [];
  const last = Object.entries(state.steps).toSorted(([, one], [, other]) => (one.startedAt ?? '').localeCompare(other.startedAt ?? '')).at(-1)?.[0];
  const by = run.lastWord === null ? null : JSON.stringify(run.lastWord);
  switch (state.status) {
    case 'queued': case 'running': case 'paused':
      return { stepId: last ?? null, by, reason: run.projectedStatus === 'waiting' || run.lastWord ? 'resumed' : 'started' };
    case 'waiting':
      return { stepId: waiting ?? last ?? null, by: null, reason: 'waits' };
    case 'succeeded':
      return { stepId: last ?? null, by: null, reason: run.endsAsDraft ? 'reset_step' : 'finished' };
    case 'failed': case 'quarantined':
      return { stepId: state.error?.stepId ?? last ?? null, by: null, reason: 'failed' };
    case 'cancelled':
      return { stepId: last ?? null, by, reason: 'cancelled' };
    case 'reset':
      return { stepId: last ?? null, by, reason: 'reset' };
  }
}

function searchOf(state: RunState, along: Along): string {
  return storable([state.error ? `${state.error.code} ${state.error.message}`.slice(0, 1_000) : '', (along.search ?? '').slice(0, 2_000)].filter((each) => each !== '').join(' '));
}

function instanceStateOf(run: LiveRun): string | null {
  switch (run.state.status) {
    case 'queued': case 'running': case 'paused':
      return 'running';
    case 'waiting':
      return 'waiting';
    case 'succeeded':
      return run.endsAsDraft ? 'draft' : 'finished';
    case 'failed': case 'quarantined':
      return 'failed';
    case 'cancelled':
      return 'cancelled';
    case 'reset':
      return 'draft';
  }
}

