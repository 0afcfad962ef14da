import { stepKey, type FlowDefinition } from './flow';
import type { Fork } from './run-event';
import { stepType } from './steps/index';

/** Whether a step changes something outside of its run; answering the caller does not. */
export function hasEffect(definition: FlowDefinition, type: string): boolean {
  const { class: kind } = stepType(stepKey(definition.kind, type)) ?? { class: 'pure' };
  return kind === 'effect' || kind === 'async' || kind === 'wait';
}

/** The definition as a fork runs it: steps with an effect that is not allowed are switched off and pass their source on. */
export function forkedDefinition(definition: FlowDefinition, { allowEffects }: Pick<Fork, 'allowEffects'>): { definition: FlowDefinition; refused: ReadonlySet<string> } {
  if (allowEffects === true) return { definition, refused: new Set() };
  const allowed = new Set(allowEffects === false ? [] : allowEffects);
  const refused = new Set<string>();
  const lanes = definition.lanes.map((lane) => ({
    ...lane, stages: lane.stages.map((stage) => ({
      ...stage, steps: stage.steps.map((step) => {
        if (step.disabled || allowed.has(step.id) || !hasEffect(definition, step.type)) return step;
        refused.add(step.id);
        return { ...step, disabled: true };
      }),
    })),
  }));
  return { definition: { ...definition, lanes }, refused };
}
