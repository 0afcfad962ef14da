import { definitionLimits, type FlowDefinition, type FlowKind, type FlowSettings, type Lane, type Note, type Stage, type Step } from './flow';
import { compareOrder } from './order-key';

/**
 * A shared document may hold what no single edit would make: steps of a stage somebody deleted, equal orders, two
 * lanes for one case, branches that enclose each other. Everybody resolves such states with this one pure function
 * and nobody writes repairs, so all see the same flow and an undo still finds what it hid.
 */
export type Placed = { id: string; order: string; deleted: boolean };
export type StepState = Placed & { stageId: string; step: Step };
export type StageState = Placed & { laneId: string; name: string };
export type LaneState = Placed & { when: { step: string; case: string } | null };
export type NoteState = Placed & { note: Note };

export type DocumentState = {
  kind: FlowKind;
  name: string;
  restrictAccess: boolean | undefined;
  settings: FlowSettings | undefined;
  lanes: LaneState[];
  stages: StageState[];
  steps: StepState[];
  notes: NoteState[];
};

export function normalize(state: DocumentState): FlowDefinition {
  const lanes = liveLanes(state.lanes);
  const stages = stagesByLane(state, lanes);
  const steps = stepsByStage(state, stages);
  const stagesOf = (laneId: string): Stage[] => (stages.get(laneId) ?? []).map(({ id, name }) => ({ id, name, steps: (steps.get(id) ?? []).map((each) => each.step) }));
  const main: Lane = { id: 'main', stages: stagesOf('main') };
  const branches = reachable(main, lanes.filter((lane) => lane.when !== null).flatMap((lane): Branch[] => {
    const merged = mergedStage(stagesOf(lane.id));
    return lane.when && merged ? [{ id: lane.id, when: lane.when, stages: [merged] }] : [];
  }));
  const notes = state.notes.filter((each) => !each.deleted).toSorted(compareOrder).map((each) => each.note);
  return {
    schema: 1, kind: state.kind, name: state.name,
    ...(state.restrictAccess === undefined ? {} : { restrictAccess: state.restrictAccess }),
    ...(state.settings ? { settings: state.settings } : {}),
    lanes: [main, ...branches],
    ...(notes.length > 0 ? { notes } : {}),
  };
}

type Branch = Lane & { when: { step: string; case: string } };

/** One lane for each case of a step: of several the first stays. */
function liveLanes(lanes: readonly LaneState[]): LaneState[] {
  const seen = new Set<string>();
  return lanes.filter((lane) => !lane.deleted && lane.id !== 'main' && lane.when !== null).toSorted(compareOrder).filter((lane) => {
    const key = `${lane.when?.step ?? ''} ${lane.when?.case ?? ''}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Stages of a lane nobody knows stand at the end of the main one. */
function stagesByLane({ stages }: DocumentState, lanes: readonly LaneState[]): Map<string, StageState[]> {
  const known = new Set(['main', ...lanes.map((lane) => lane.id)]);
  const byLane = new Map<string, StageState[]>();
  const live = stages.filter((each) => !each.deleted).toSorted(compareOrder);
  for (const stage of [...live.filter((each) => known.has(each.laneId)), ...live.filter((each) => !known.has(each.laneId))]) {
    const laneId = known.has(stage.laneId) ? stage.laneId : 'main';
    append(byLane, laneId, stage);
  }
  return byLane;
}

/** Steps of a deleted stage are deleted with it; steps of a stage nobody ever saw stand at the end of the last one. */
function stepsByStage(state: DocumentState, stages: ReadonlyMap<string, StageState[]>): Map<string, StepState[]> {
  const known = new Set(state.stages.map((each) => each.id));
  const last = stages.get('main')?.at(-1)?.id;
  const byStage = new Map<string, StepState[]>();
  const strays: StepState[] = [];
  for (const step of state.steps) {
    if (step.deleted) continue;
    if (known.has(step.stageId)) append(byStage, step.stageId, step);
    else strays.push(step);
  }
  for (const list of byStage.values()) list.sort(compareOrder);
  for (const stray of strays.toSorted(compareOrder)) if (last !== undefined) append(byStage, last, stray);
  return byStage;
}

function append<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

/** A branch has one stage: of several, the first takes the others' steps. */
function mergedStage(stages: readonly Stage[]): Stage | undefined {
  const [first, ...others] = stages;
  return first && others.length > 0 ? { ...first, steps: [...first.steps, ...others.flatMap((each) => each.steps)] } : first;
}

/**
 * Branches whose condition step can be reached from the main lane. Two conditions moved into each other's branches by
 * two people would vanish together: the one with the smallest id then stands at the end of the main lane.
 */
function reachable(main: Lane, branches: readonly Branch[]): Branch[] {
  const owned = new Map<string, Branch[]>();
  for (const branch of branches) append(owned, branch.when.step, branch);
  const reached = new Set<Lane>([main]);
  const pending: Lane[] = [main];
  const visit = () => {
    for (let lane = pending.pop(); lane; lane = pending.pop()) {
      for (const step of lane.stages.flatMap((stage) => stage.steps)) {
        for (const branch of owned.get(step.id) ?? []) {
          if (reached.has(branch)) continue;
          reached.add(branch);
          pending.push(branch);
        }
      }
    }
  };
  visit();
  for (let lost = firstInCycle(branches, reached); lost; lost = firstInCycle(branches, reached)) {
    const { step, stage } = lost;
    stage.steps = stage.steps.filter((each) => each !== step);
    const last = main.stages.at(-1);
    if (!last) break;
    last.steps = [...last.steps, step];
    pending.push(main);
    visit();
  }
  return branches.filter((branch) => reached.has(branch));
}

/** The condition step with the smallest id among those that enclose themselves. */
function firstInCycle(branches: readonly Branch[], reached: ReadonlySet<Lane>): { step: Step; stage: Stage } | null {
  const homes = new Map<string, { branch: Branch; step: Step; stage: Stage }>();
  for (const branch of branches) {
    if (reached.has(branch)) continue;
    for (const stage of branch.stages) for (const step of stage.steps) homes.set(step.id, { branch, step, stage });
  }
  const owners = [...new Set(branches.filter((each) => !reached.has(each)).map((each) => each.when.step))].toSorted();
  for (const owner of owners) {
    const start = homes.get(owner);
    let at = start;
    for (let walked = 0; at && walked <= branches.length; walked++) {
      at = homes.get(at.branch.when.step);
      if (at && at === start) return { step: start.step, stage: start.stage };
    }
  }
  return null;
}

/** A name a definition may have: 1 to 100 characters without blanks around. */
export function cleanName(name: string, fallback: string): string {
  const cleaned = name.replaceAll('\u0000', '').slice(0, definitionLimits.nameLength).trim();
  return cleaned === '' ? fallback.slice(0, definitionLimits.nameLength) : cleaned;
}
