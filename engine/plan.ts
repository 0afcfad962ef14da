import { forkedDefinition } from '#flow/fork';
import { graphOf, type FlowGraph } from '#flow/graph';
import { stepKey, stepsOf, type FlowDefinition, type Lane, type Step } from '#flow/flow';
import type { Fork } from '#flow/run-event';
import type { StepType } from '#flow/steps/define-step';
import { stepType } from '#flow/steps/index';

/** What is fixed for every run of one version; steps are bound to their parameters when they first run. */
export type Plan = {
  definition: FlowDefinition;
  graph: FlowGraph;
  steps: ReadonlyMap<string, Step>;
  types: ReadonlyMap<string, StepType>;
  /** Steps whose effects a fork does not allow: switched off for this run alone. */
  refused: ReadonlySet<string>;
  /** For a step that writes the queue of deferred writes: the enabled steps before it that fill or write it. */
  queueBefore: ReadonlyMap<string, readonly string[]>;
};

export function planOf(definition: FlowDefinition): Plan {
  const steps = new Map(stepsOf(definition).map((step) => [step.id, step]));
  const types = new Map<string, StepType>();
  for (const step of steps.values()) {
    const type = stepType(stepKey(definition.kind, step.type));
    if (type) types.set(step.id, type);
  }
  const graph = graphOf(definition);
  return { definition, graph, steps, types, queueBefore: queueBefore(graph, steps, types), refused: new Set() };
}

export function planOfFork(plan: Plan, fork: Fork): Plan {
  const { definition, refused } = forkedDefinition(plan.definition, fork);
  return refused.size === 0 ? plan : { ...planOf(definition), refused };
}

function queueBefore(graph: FlowGraph, steps: Plan['steps'], types: Plan['types']): Plan['queueBefore'] {
  const found = new Map<string, readonly string[]>();
  const before: string[] = [];
  for (const id of graph.order) {
    const type = types.get(id);
    if (type?.kind !== 'dataflow' || type.deferred === null || steps.get(id)?.disabled) continue;
    if (type.deferred === 'applies') found.set(id, [...before]);
    before.push(id);
  }
  return found;
}

/** What must be done before a step may begin: its sources, and whoever fills the queue it writes. */
export function needsOf(plan: Plan, stepId: string): readonly string[] {
  const sources = plan.graph.sourcesOf(stepId).map((source) => source.stepId);
  const queue = plan.queueBefore.get(stepId);
  return queue ? [...sources, ...queue] : sources;
}

export function mainLane(plan: Plan): Lane | undefined {
  return plan.definition.lanes.find((lane) => lane.when === undefined);
}

/** The lane a condition chose; an unknown case takes the `default` lane if there is one. */
export function laneFor(plan: Plan, stepId: string, wanted: string): Lane | undefined {
  const own = plan.definition.lanes.filter((lane) => lane.when?.step === stepId);
  return own.find((lane) => lane.when?.case === wanted) ?? own.find((lane) => lane.when?.case === 'default');
}

export function stepsIn(lane: Lane | undefined): Step[] {
  return lane ? lane.stages.flatMap((stage) => stage.steps) : [];
}

/** Steps of a dataflow that answer the caller: the first that gets an item does. */
export function answers(type: StepType | undefined): boolean {
  return type?.kind === 'dataflow' && type.class === 'terminal';
}

/** Steps that change something outside of the run, or answer: they begin one at a time, in position order. */
export function acts(plan: Plan, stepId: string): boolean {
  const { class: kind } = plan.types.get(stepId) ?? { class: 'pure' };
  return kind === 'effect' || kind === 'async' || kind === 'terminal';
}

/** Steps that compute and nothing else: they gain nothing from running beside others and share one commit. */
export function computes(plan: Plan, stepId: string): boolean {
  const { class: kind } = plan.types.get(stepId) ?? { class: 'pure' };
  return kind === 'pure' || kind === 'control';
}
