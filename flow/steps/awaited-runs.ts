import { stepKey, stepsOf, type FlowDefinition } from '../flow';
import type { RunState } from '../run-state';
import { stepType } from './index';

/** Steps that are not over and of which the runs they began are a part: when the run ends now, those end with it. */
export function stepsAwaitingRuns(definition: FlowDefinition, state: RunState): string[] {
  return stepsOf(definition).filter((step) => {
    const { status } = state.steps[step.id] ?? { status: 'pending' };
    if (status !== 'running' && status !== 'waiting' && status !== 'retrying') return false;
    const prepared = stepType(stepKey(definition.kind, step.type))?.prepare(step.params ?? {});
    return prepared?.ok === true && prepared.plan.awaitsRuns();
  }).map((step) => step.id);
}
