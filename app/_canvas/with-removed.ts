import type { FlowDiff } from '#flow/diff';
import type { FlowDefinition } from '#flow/flow';

/** The newer definition with the removed steps shown where they stood, at the end of their stage or in it as it was. */
export function withRemoved(after: FlowDefinition, before: FlowDefinition, diff: FlowDiff): FlowDefinition {
  const removed = new Set(diff.steps.flatMap((each) => (each.kind === 'removed' ? [each.stepId] : [])));
  if (removed.size === 0) return after;
  const lanes = after.lanes.map((lane) => ({ ...lane, stages: [...lane.stages] }));
  for (const lane of before.lanes) {
    for (const stage of lane.stages) {
      const gone = stage.steps.filter((step) => removed.has(step.id));
      if (gone.length === 0) continue;
      const home = lanes.find((each) => each.stages.some((known) => known.id === stage.id));
      if (home) home.stages = home.stages.map((known) => (known.id === stage.id ? { ...known, steps: [...known.steps, ...gone] } : known));
      else (lanes.find((each) => each.id === lane.id) ?? lanes[0])?.stages.push({ ...stage, steps: gone });
    }
  }
  return { ...after, lanes };
}
