import type { JsonObject } from '#flow/json';
import type { StaticContext } from '#flow/steps/define-step';
import { stepType } from '#flow/steps/index';
import type { Text } from '#flow/text';

/** The branches a step of a workflow has with these parameters; none for a step that owns none. */
export function branchCases(typeId: string, params: JsonObject, context: StaticContext): { case: string; label: Text }[] {
  const type = stepType(`workflow/${typeId}`);
  const prepared = type?.kind === 'workflow' && type.ownsLanes ? type.prepare(params) : null;
  return prepared?.ok ? prepared.plan.lanes(context) : [];
}
