import type { FlowDefinition, Lane } from '#flow/flow';
import type { RunState } from '#flow/run-state';

/** What became of a branch in a run: gone into, passed by for another way, or not decided yet. */
export type LaneFate = 'taken' | 'passed' | 'open';

/** The fate of every branch lane by its id; one inside a branch that was passed by was passed by, too. */
export function laneFates(definition: FlowDefinition, run: RunState | null): ReadonlyMap<string, LaneFate> {
  const fates = new Map<string, LaneFate>();
  if (!run || definition.lanes.every((lane) => !lane.when)) return fates;
  const homes = new Map(definition.lanes.flatMap((lane) => lane.stages.flatMap((stage) => stage.steps.map((step): [string, Lane] => [step.id, lane]))));
  const fateOf = (lane: Lane): LaneFate => {
    if (!lane.when) return 'taken';
    const known = fates.get(lane.id);
    if (known) return known;
    fates.set(lane.id, 'open'); // a lane that owned itself would otherwise be asked for ever
    const home = homes.get(lane.when.step);
    const next = run.steps[lane.when.step]?.next ?? null;
    const fate = home && fateOf(home) === 'passed' ? 'passed' : next === null ? 'open' : next.to === 'lane' && next.case === lane.when.case ? 'taken' : 'passed';
    fates.set(lane.id, fate);
    return fate;
  };
  for (const lane of definition.lanes) fateOf(lane);
  return fates;
}

/** The steps of branches that were passed by. */
export function passedSteps(definition: FlowDefinition, fates: ReadonlyMap<string, LaneFate>): ReadonlySet<string> {
  return new Set(definition.lanes.filter((lane) => fates.get(lane.id) === 'passed').flatMap((lane) => lane.stages.flatMap((stage) => stage.steps.map((step) => step.id))));
}
