import type { FlowDefinition, Lane, Step } from './flow';
import type { StepProblem } from './problems';
import type { StepView } from './propagate';
import type { StaticContext, WorkflowPlan } from './steps/define-step';
import { text } from './text';

/** Branches of condition steps: which there should be, which are left over, and whether they end where they must. */
export type LaneFacts = { of: ReadonlyMap<string, Lane[]>; views: ReadonlyMap<string, StepView> };

export function laneFacts(definition: FlowDefinition, views: ReadonlyMap<string, StepView>): LaneFacts {
  const of = new Map<string, Lane[]>();
  for (const lane of definition.lanes) if (lane.when) of.set(lane.when.step, [...(of.get(lane.when.step) ?? []), lane]);
  return { of, views };
}

export function laneProblems(view: StepView, context: StaticContext, facts: LaneFacts): StepProblem[] {
  const { step, type } = view;
  if (type?.kind !== 'workflow' || !type.ownsLanes) return [];
  const own = facts.of.get(step.id) ?? [];
  const cases = casesOf(view, context);
  const found: StepProblem[] = [];
  for (const lane of own) {
    const wanted = lane.when?.case ?? '';
    if (cases !== null && !cases.includes(wanted)) {
      found.push({ code: 'UNREACHABLE_STEP', level: 'warning', param: `branches.${wanted}`, text: text(`"${wanted}" is no value of the field any more: this branch never runs. Delete it, or bring the value back.`, `« ${wanted} » n’est plus une valeur du champ : cette branche ne s’exécute jamais. Supprimez-la, ou rétablissez la valeur.`) });
    }
  }
  if (type.lanesEnd && !(cases ?? []).every((each) => ends(own.find((lane) => lane.when?.case === each), context, facts, 0))) {
    found.push({ code: 'ALTERNATIVE_WITHOUT_FINISH', param: 'branches', text: text('The alternative never comes back to the script: end each of its paths with "Finish" or "Reset to draft".', 'L’alternative ne revient jamais au script : terminez chacun de ses chemins par « Terminer » ou « Réinitialiser au brouillon ».') });
  }
  return found;
}

/** The cases a condition step has now; null while that cannot be told. */
export function casesOf({ step, prepared }: StepView, context: StaticContext): string[] | null {
  if (!prepared?.ok || !isWorkflowPlan(prepared.plan)) return null;
  const cases = prepared.plan.lanes(context).map((each) => each.case);
  // A switch without a field yet, or whose field is gone, has its default alone: nothing is left over by that.
  return cases.length === 1 && cases[0] === 'default' && Object.keys(step.params ?? {}).length === 0 ? null : cases;
}

const isWorkflowPlan = (plan: object): plan is WorkflowPlan => 'lanes' in plan;

/** Every way through the lane comes to a finish or a reset; a branch of a condition that leaves must do so itself. */
function ends(lane: Lane | undefined, context: StaticContext, facts: LaneFacts, depth: number): boolean {
  if (!lane || depth > 10) return false;
  const leaving = lane.stages.flatMap((stage) => stage.steps).find((step) => !step.disabled && leaves(facts.views.get(step.id)));
  return leaving !== undefined && endsAt(leaving, context, facts, depth);
}

const leaves = (view: StepView | undefined) => view?.type?.kind === 'workflow' && view.type.leaves;

function endsAt(step: Step, context: StaticContext, facts: LaneFacts, depth: number): boolean {
  const view = facts.views.get(step.id);
  if (!view || view.type?.class === 'terminal') return view !== undefined;
  const own = facts.of.get(step.id) ?? [];
  const cases = casesOf(view, context);
  return cases !== null && cases.every((each) => ends(own.find((lane) => lane.when?.case === each), context, facts, depth + 1));
}
