import type { FlowDefinition, Lane, SourcePort, Stage, Step } from './flow';
import { sourcePorts } from './canonical';

export type Place = { step: Step; stage: Stage; lane: Lane; stageIndex: number; stepIndex: number };
export type Link = { port: SourcePort; stepId: string };

/** Position order and the links that hold: to a step that exists and stands earlier, so there are no cycles. */
export type FlowGraph = {
  order: string[];
  places: ReadonlyMap<string, Place>;
  sourcesOf(id: string): Link[];
  consumersOf(id: string): string[];
};

const known = new WeakMap<FlowDefinition, FlowGraph>();

export function graphOf(definition: FlowDefinition): FlowGraph {
  const cached = known.get(definition);
  if (cached) return cached;
  const graph = build(definition);
  known.set(definition, graph);
  return graph;
}

function build(definition: FlowDefinition): FlowGraph {
  const places = new Map<string, Place>();
  const sources = new Map<string, Link[]>();
  const consumers = new Map<string, string[]>();
  for (const lane of definition.lanes) {
    lane.stages.forEach((stage, stageIndex) => stage.steps.forEach((step, stepIndex) => {
      if (places.has(step.id)) return;
      const links = sourcePorts.flatMap((port): Link[] => {
        const stepId = step.sources?.[port];
        return stepId !== undefined && places.has(stepId) ? [{ port, stepId }] : [];
      });
      for (const { stepId } of links) {
        const list = consumers.get(stepId);
        if (!list) consumers.set(stepId, [step.id]);
        else if (list.at(-1) !== step.id) list.push(step.id);
      }
      sources.set(step.id, links);
      places.set(step.id, { step, stage, lane, stageIndex, stepIndex });
    }));
  }
  return { order: [...places.keys()], places, sourcesOf: (id) => sources.get(id) ?? [], consumersOf: (id) => consumers.get(id) ?? [] };
}
