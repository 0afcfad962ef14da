import type { FlowDefinition, Step } from '#flow/flow';
import type { Problem } from '#flow/problems';
import { isEnded, pendingStep, type RunState, type StepState } from '#flow/run-state';

/** The shape a card shows; `idle` shows its summary instead. */
export type CardShape = 'idle' | 'queued' | 'running' | 'waiting' | 'retrying' | 'succeeded' | 'warning' | 'failed' | 'skipped' | 'cancelled' | 'disabled';

/** A step of the run attached to the canvas. */
export type RunOfStep = {
  state: StepState;
  /** The run is over: what is still pending was not reached. */
  ended: boolean;
  /** It stands in a branch that the run passed by. */
  passed: boolean;
  /** The name of the source a pending step waits for. */
  waitsFor: string | null;
};

/** How much of a card is shown at a zoom; the style sheet hides the rest. */
export const levelOf = (zoom: number) => (zoom >= 0.745 ? 'full' : zoom >= 0.395 ? 'medium' : 'small');

export const sameRunOfStep = (a: RunOfStep, b: RunOfStep): boolean => a.state === b.state && a.ended === b.ended && a.passed === b.passed && a.waitsFor === b.waitsFor;

export function shapeOf(disabled: boolean, run: RunOfStep | null): CardShape {
  if (disabled) return 'disabled';
  if (!run) return 'idle';
  const { status, warnings } = run.state;
  if (status === 'pending') return run.ended || run.passed ? 'skipped' : 'queued';
  return status === 'succeeded' && warnings > 0 ? 'warning' : status;
}

export function runOfStep(run: RunState | null, step: Step, names: ReadonlyMap<string, string>, passed: ReadonlySet<string>): RunOfStep | null {
  if (!run) return null;
  const state = run.steps[step.id] ?? pendingStep;
  const waiting = state.status === 'pending' ? Object.values(step.sources ?? {}).find((id) => id !== undefined && !isOver(run.steps[id])) : undefined;
  return { state, ended: isEnded(run.status), passed: passed.has(step.id), waitsFor: waiting === undefined ? null : (names.get(waiting) ?? null) };
}

const isOver = (state: StepState | undefined) => state?.status === 'succeeded' || state?.status === 'skipped';

export function namesOf(definition: FlowDefinition): Map<string, string> {
  return new Map(definition.lanes.flatMap((lane) => lane.stages.flatMap((stage) => stage.steps.map((step): [string, string] => [step.id, step.name]))));
}

export type LinkState = 'plain' | 'done' | 'live' | 'off' | 'fail';

/** A link belongs to its consumer: flowing while that one runs, done when it ended well. */
export function linkState(run: RunState | null, from: string, to: string): LinkState {
  if (!run) return 'plain';
  const source = run.steps[from]?.status;
  const target = run.steps[to]?.status;
  if (target === 'failed') return 'fail';
  if (target === 'running' || target === 'retrying') return 'live';
  if (target === 'succeeded' || target === 'waiting') return 'done';
  return source === 'succeeded' && target !== undefined && target !== 'pending' && target !== 'skipped' ? 'done' : 'off';
}

export function problemsByStep(problems: readonly Problem[]): Map<string, Problem[]> {
  const map = new Map<string, Problem[]>();
  for (const problem of problems) {
    if (problem.stepId === undefined) continue;
    const known = map.get(problem.stepId);
    if (known) known.push(problem);
    else map.set(problem.stepId, [problem]);
  }
  return map;
}
