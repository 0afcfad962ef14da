import type { Failure } from './failure';
import type { Fork, RunEvent } from './run-event';
import type { Text } from './text';

/** A run as its events tell it. The engine, the live view and the replay fold the same events with the same `evolve`. */
export const runStatuses = [
  'queued', 'running', 'waiting', 'paused', 'succeeded', 'failed', 'cancelled', 'reset', 'quarantined',
] as const;
export type RunStatus = (typeof runStatuses)[number];
export const stepStatuses = [
  'pending', 'queued', 'running', 'waiting', 'retrying', 'succeeded', 'failed', 'skipped', 'cancelled',
] as const;
export type StepStatus = (typeof stepStatuses)[number];

export type StepState = {
  status: StepStatus;
  attempt: number;
  iteration: number;
  itemsIn: number | null;
  itemsOut: number | null;
  many: boolean;
  warnings: number;
  startedAt: string | null;
  finishedAt: string | null;
  progress: { done: number; total: number | null } | null;
  error: Failure | null;
  /** While waiting or skipped: why. */
  reason: Text | null;
  /** While waiting for another system: how long one call may take. */
  timeoutMs: number | null;
  /** While retrying: when the next attempt is due (ISO) and how many there may be. */
  retry: { at: string; of: number } | null;
  childRuns: string[];
  /** In a fork: recorded by the run it was forked from. */
  reused: boolean;
  next: { to: 'next' } | { to: 'lane'; case: string } | { to: 'finish' } | { to: 'draft' } | null;
};

export type RunState = {
  status: RunStatus;
  seq: number;
  at: string | null;
  requestedAt: string | null;
  startedAt: string | null;
  finishedAt: string | null;
  cancelRequested: boolean;
  /** While paused: since when (ISO); a pause does not count against the run's time limit. */
  pausedAt: string | null;
  pausedMs: number;
  warnings: number;
  responded: boolean;
  /** A fork: from where, which effects may happen, and how many items one step was given by hand. */
  fork: Fork | null;
  /** The step that answered the caller, whose recorded output holds the response. */
  respondedBy: string | null;
  steps: { readonly [stepId: string]: StepState };
  error: Failure | null;
};

export const initialRunState: RunState = {
  status: 'queued', seq: 0, at: null, requestedAt: null, startedAt: null, finishedAt: null, cancelRequested: false, pausedAt: null, pausedMs: 0,
  warnings: 0, responded: false, fork: null, respondedBy: null, steps: {}, error: null,
};

export const pendingStep: StepState = {
  status: 'pending', attempt: 0, iteration: 0, itemsIn: null, itemsOut: null, many: false, warnings: 0, startedAt: null,
  finishedAt: null, progress: null, error: null, reason: null, timeoutMs: null, retry: null, childRuns: [], reused: false, next: null,
};

export function isEnded(status: RunStatus): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled' || status === 'reset' || status === 'quarantined';
}

/** Total and pure: an event that makes no sense in this state changes nothing but `seq`. */
export function evolve(state: RunState, event: RunEvent): RunState {
  return evolved(state, event, copying);
}

/** `events.reduce(evolve, state)` without copying all steps for every event: a long log of a large flow at once. */
export function foldEvents(state: RunState, events: readonly RunEvent[]): RunState {
  const fold = new RunFold(state);
  for (const event of events) fold.apply(event);
  return fold.state;
}

/** The same event by event, for who carries a run. `state.steps` is the fold's own and changes with the next event; each step in it is a new one. */
export class RunFold {
  state: RunState;
  private steps: Steps = {};
  private tally: Tally = { moving: 0, waiting: 0 };
  private readonly book: Book = {
    put: (_steps, id, step) => {
      count(this.tally, this.steps[id], -1);
      count(this.tally, step, 1);
      this.steps[id] = step;
      return this.steps;
    },
    tally: () => this.tally,
  };

  constructor(state: RunState) {
    this.state = this.own(state);
  }

  apply(event: RunEvent): void {
    const next = evolved(this.state, event, this.book);
    this.state = next.steps === this.steps ? next : this.own(next);
  }

  private own(state: RunState): RunState {
    this.steps = { ...state.steps };
    this.tally = tallyOf(this.steps);
    return { ...state, steps: this.steps };
  }
}

type Steps = { [stepId: string]: StepState };
type Tally = { moving: number; waiting: number };
/** How a fold keeps its steps: copied for each event, or its own to change. */
type Book = { put(steps: RunState['steps'], id: string, step: StepState): RunState['steps']; tally(steps: RunState['steps']): Tally };
const copying: Book = { put: (steps, id, step) => ({ ...steps, [id]: step }), tally: tallyOf };

function tallyOf(steps: RunState['steps']): Tally {
  const tally = { moving: 0, waiting: 0 };
  for (const step of Object.values(steps)) count(tally, step, 1);
  return tally;
}

function count(tally: Tally, step: StepState | undefined, by: 1 | -1): void {
  if (step?.status === 'running' || step?.status === 'retrying') tally.moving += by;
  if (step?.status === 'waiting') tally.waiting += by;
}

function evolved(state: RunState, event: RunEvent, book: Book): RunState {
  const next: RunState = { ...state, seq: event.seq, at: event.at };
  switch (event.type) {
    case 'run.requested':
      return { ...next, status: 'queued', requestedAt: event.at, fork: event.data.fork ?? null };
    case 'run.started':
      return { ...next, status: 'running', startedAt: state.startedAt ?? event.at, pausedMs: 0 };
    case 'run.paused':
      return isEnded(state.status) ? next : { ...next, status: 'paused', pausedAt: state.pausedAt ?? event.at };
    case 'run.unpaused':
      return state.status === 'paused' ? { ...next, ...unpaused(state, event.at), status: runStatusWith('running', book.tally(state.steps)) } : next;
    case 'run.resumed':
      return { ...reopen(next, event.data.fromStep), status: 'queued', finishedAt: null, error: null, cancelRequested: false, pausedAt: null };
    case 'cancel.requested':
      return { ...next, cancelRequested: true };
    case 'run.succeeded':
      return { ...next, status: 'succeeded', finishedAt: event.at, warnings: event.data.warnings };
    case 'run.failed':
      return { ...next, status: 'failed', finishedAt: event.at, error: event.data.error };
    case 'run.cancelled':
      return { ...stopSteps(next, event.at), status: 'cancelled', finishedAt: event.at, pausedAt: null };
    case 'run.reset':
      return { ...stopSteps(next, event.at), status: 'reset', finishedAt: event.at, pausedAt: null };
    case 'run.quarantined':
      return { ...next, status: 'quarantined', finishedAt: event.at };
    case 'step.started': case 'step.progress': case 'step.logged': case 'step.succeeded': case 'step.failed':
    case 'step.retry_scheduled': case 'step.skipped': case 'step.waiting': case 'wait.opened': case 'wait.resolved':
      return evolveSteps(next, event, book);
    case 'lease.taken': case 'timer.set': case 'timer.fired': case 'effect.recorded': case 'note.added':
      return next;
  }
}

const unpaused = (state: RunState, at: string) => ({ pausedAt: null, pausedMs: state.pausedMs + Math.max(0, state.pausedAt === null ? 0 : Date.parse(at) - Date.parse(state.pausedAt)) });

type StepEvent = Extract<RunEvent, { type: `step.${string}` | `wait.${string}` }>;

function evolveSteps(state: RunState, event: StepEvent, book: Book): RunState {
  if (event.stepId === undefined) return state;
  const before = (Object.hasOwn(state.steps, event.stepId) ? state.steps[event.stepId] : undefined) ?? pendingStep;
  const step = { ...evolveStep(before, event), attempt: event.attempt ?? before.attempt, iteration: event.iteration ?? before.iteration };
  const steps = book.put(state.steps, event.stepId, step);
  const responded = event.type === 'step.succeeded' && event.data.responded === true;
  const warnings = event.type === 'step.succeeded' ? state.warnings + event.data.warnings : state.warnings;
  return {
    ...state, steps, warnings,
    responded: state.responded || responded,
    respondedBy: responded && !state.responded ? event.stepId : state.respondedBy,
    status: runStatusWith(state.status, book.tally(steps)),
  };
}

function evolveStep(step: StepState, event: StepEvent): StepState {
  switch (event.type) {
    case 'step.started':
      return { ...step, status: 'running', itemsIn: event.data.itemsIn, startedAt: event.at, finishedAt: null, error: null, retry: null, reason: null, timeoutMs: null, progress: null, reused: event.data.reused ?? false };
    case 'step.progress':
      return { ...step, progress: { done: event.data.done, total: event.data.total ?? null } };
    case 'step.logged':
      return step;
    case 'step.succeeded':
      return {
        ...step, status: 'succeeded', itemsIn: event.data.itemsIn, itemsOut: event.data.itemsOut, many: event.data.many ?? false,
        warnings: event.data.warnings, finishedAt: event.at, error: null, retry: null, reason: null, next: event.data.next ?? null,
      };
    case 'step.failed':
      return { ...step, status: 'failed', error: event.data.error, finishedAt: event.at };
    case 'step.retry_scheduled':
      return { ...step, status: 'retrying', finishedAt: null, retry: { at: event.data.at, of: event.data.of } };
    case 'step.skipped':
      return { ...step, status: 'skipped', itemsIn: 0, itemsOut: 0, finishedAt: event.at, reused: event.data.reused ?? false, reason: event.data.text ?? { en: event.data.reason, fr: event.data.reason } };
    case 'step.waiting':
      return { ...step, status: 'waiting', reason: event.data.text ?? { en: event.data.reason, fr: event.data.reason }, childRuns: event.data.childRuns ?? step.childRuns, timeoutMs: event.data.timeoutMs ?? null };
    case 'wait.opened':
      return { ...step, status: 'waiting' };
    case 'wait.resolved':
      return { ...step, status: 'running', reason: null };
  }
}

/** A run waits when something waits and nothing moves. */
function runStatusWith(status: RunStatus, { moving, waiting }: Tally): RunStatus {
  if (status !== 'running' && status !== 'waiting') return status;
  return moving === 0 && waiting > 0 ? 'waiting' : 'running';
}

function stopSteps(state: RunState, at: string): RunState {
  const stopped = Object.entries(state.steps).map(([id, step]): [string, StepState] => {
    const open = step.status === 'running' || step.status === 'waiting' || step.status === 'retrying' || step.status === 'queued';
    return [id, open ? { ...step, status: 'cancelled', finishedAt: at } : step];
  });
  return { ...state, steps: Object.fromEntries(stopped) };
}

/** Resume: the failed and cancelled steps go back to pending, succeeded and skipped results are kept. */
function reopen(state: RunState, fromStep: string): RunState {
  const kept = Object.entries(state.steps).map(([id, step]): [string, StepState] => {
    const again = id === fromStep || step.status === 'failed' || step.status === 'cancelled';
    return [id, again ? { ...pendingStep, attempt: step.attempt, iteration: step.iteration } : step];
  });
  return { ...state, steps: Object.fromEntries(kept) };
}
