import type * as Y from 'yjs';
import type { FlowDefinition, Stage, Step } from '../flow';
import { ensure, placeOf } from './entries';
import { placeAll } from './places';
import { definitionOf } from './read';
import { addStage } from './stages';
import { removeSteps, writeStep } from './steps';

/**
 * Makes one step what it was in `before`: its values, sources and settings, and its place where that differs. A step
 * that did not exist then is marked as deleted. What stands around it stays as it is now.
 */
export function restoreStep(doc: Y.Doc, before: FlowDefinition, stepId: string, userId: string, origin: unknown): void {
  const was = placeIn(before, stepId);
  if (!was) return removeSteps(doc, [stepId], userId, origin);
  doc.transact(() => {
    const now = definitionOf(doc);
    const home = stageToReturnTo(doc, now, was.stage, origin);
    const is = placeIn(now, stepId);
    const others = home.steps.map((each) => each.id).filter((id) => id !== stepId);
    const elders = new Set(was.stage.steps.slice(0, was.index).map((each) => each.id));
    const juniors = new Set(was.stage.steps.slice(was.index + 1).map((each) => each.id));
    const index = others.findLastIndex((id) => elders.has(id)) + 1;
    const standsRight = is?.stage.id === home.id && !others.slice(0, is.index).some((id) => juniors.has(id)) && !others.slice(is.index).some((id) => elders.has(id));
    if (!standsRight) placeAll(doc, 'steps', home.id, index, [stepId]);
    const [stageId, order] = placeOf(ensure(doc, 'steps', stepId));
    writeStep(doc, was.step, [stageId, order]);
  }, origin);
}

function placeIn(definition: FlowDefinition, stepId: string): { stage: Stage; step: Step; index: number } | null {
  for (const stage of definition.lanes.flatMap((lane) => lane.stages)) {
    const index = stage.steps.findIndex((each) => each.id === stepId);
    const step = stage.steps[index];
    if (step) return { stage, step, index };
  }
  return null;
}

/** The step's stage of then, or the last one when that is gone, or a new one when there is none. */
function stageToReturnTo(doc: Y.Doc, now: FlowDefinition, then: Stage, origin: unknown): Stage {
  const same = now.lanes.flatMap((lane) => lane.stages).find((stage) => stage.id === then.id);
  const known = same ?? now.lanes[0]?.stages.at(-1);
  return known ?? { id: addStage(doc, { index: 0, name: then.name }, origin), name: then.name, steps: [] };
}
