import { stepKey, type FlowDefinition } from './flow';
import { stepType } from './steps/index';

/** Lanes: `main` first and alone without a condition; a branch belongs to one case of one condition step. */
export const laneDepthLimit = 5;

export function laneIssues(definition: FlowDefinition): { path: string; message: string }[] {
  const issues: { path: string; message: string }[] = [];
  const [main, ...branches] = definition.lanes;
  if (!main) return [{ path: 'lanes', message: 'the lane "main" is missing' }];
  if (main.id !== 'main') issues.push({ path: 'lanes[0].id', message: 'the first lane is "main"' });
  if (main.when) issues.push({ path: 'lanes[0].when', message: '"main" has no condition' });
  const owners = ownersOf(definition);
  const cases = new Set<string>();
  branches.forEach((lane, place) => {
    const path = `lanes[${place + 1}]`;
    const owner = lane.when ? owners.get(lane.when.step) : undefined;
    if (!lane.when) return void issues.push({ path: `${path}.when`, message: 'a branch names its condition step and case' });
    if (!owner?.ownsLanes) issues.push({ path: `${path}.when.step`, message: `"${lane.when.step}" is not a condition step of this flow` });
    const key = `${lane.when.step} ${lane.when.case}`;
    if (cases.has(key)) issues.push({ path: `${path}.when.case`, message: `another lane has the case "${lane.when.case}" of this step` });
    cases.add(key);
    if (lane.stages.length !== 1) issues.push({ path: `${path}.stages`, message: 'a branch has exactly one stage' });
  });
  const depths = laneDepths(definition);
  definition.lanes.forEach((lane, place) => {
    const depth = depths.get(lane.id) ?? 0;
    if (depth === Infinity) issues.push({ path: `lanes[${place}].when.step`, message: 'the branch lies inside itself' });
    else if (depth > laneDepthLimit) issues.push({ path: `lanes[${place}]`, message: `branches lie at most ${laneDepthLimit} deep` });
  });
  return issues;
}

function ownersOf(definition: FlowDefinition): Map<string, { lane: string; ownsLanes: boolean }> {
  const owners = new Map<string, { lane: string; ownsLanes: boolean }>();
  for (const lane of definition.lanes) {
    for (const stage of lane.stages) {
      for (const step of stage.steps) {
        const type = stepType(stepKey(definition.kind, step.type));
        owners.set(step.id, { lane: lane.id, ownsLanes: type?.kind === 'workflow' && type.ownsLanes });
      }
    }
  }
  return owners;
}

/** How many branches lie around each lane; infinite where a lane encloses itself. */
export function laneDepths(definition: FlowDefinition): Map<string, number> {
  const owners = ownersOf(definition);
  const parent = new Map(definition.lanes.map((lane) => [lane.id, lane.when ? owners.get(lane.when.step)?.lane : undefined]));
  return new Map(definition.lanes.map((lane) => {
    let depth = 0;
    for (let at = parent.get(lane.id); at !== undefined; at = parent.get(at)) {
      depth++;
      if (depth > definition.lanes.length) return [lane.id, Infinity];
    }
    return [lane.id, depth];
  }));
}
