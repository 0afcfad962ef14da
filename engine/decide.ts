import type { Failure } from '#flow/failure';
import { pendingStep, type RunState, type StepState } from '#flow/run-state';
import { text, type Text } from '#flow/text';
import { acts, answers, laneFor, mainLane, needsOf, stepsIn, type Plan } from './plan';

/**
 * What a run does next, from its state alone: no clock, no random, no wait. A crash at any point is then the same
 * case as a restart. `due` holds the waiting steps that have reason to look again.
 */
export type Decision =
  | { do: 'start'; stepId: string; attempt: number; iteration: number }
  /** Look again at a waiting step, within the attempt that waits. */
  | { do: 'continue'; stepId: string }
  | { do: 'skip'; stepId: string; reason: 'disabled' | 'empty' | 'answered'; text: Text }
  | { do: 'succeed'; state: 'finished' | 'draft' | null; warning: Text | null }
  | { do: 'fail'; error: Failure }
  | { do: 'cancel' }
  /** Nothing to do before `until` (ISO; null: until somebody leaves word). */
  | { do: 'park'; until: string | null };

/** `busy`: steps this worker is performing right now. A step that runs in the log and is not busy was cut off. */
export type Situation = { due: ReadonlySet<string>; now: string; busy: Pick<ReadonlySet<string>, 'has' | 'size'> };
const done = (step: StepState) => step.status === 'succeeded' || step.status === 'skipped';
const mostAtOnce = 8;

export function decide(state: RunState, plan: Plan, situation: Situation): Decision {
  if (state.cancelRequested) return { do: 'cancel' };
  const failed = firstFailed(state);
  if (failed) return situation.busy.size > 0 ? { do: 'park', until: null } : { do: 'fail', error: failed };
  if (state.status === 'paused') return { do: 'park', until: null };
  return plan.definition.kind === 'dataflow' ? decideDataflow(state, plan, situation) : decideWorkflow(state, plan, situation);
}

function firstFailed(state: RunState): Failure | null {
  let first: StepState | null = null;
  for (const step of Object.values(state.steps)) if (step.status === 'failed' && (first === null || (step.finishedAt ?? '') < (first.finishedAt ?? ''))) first = step;
  return first?.error ?? null;
}

/**
 * Ready steps in position order; branches go side by side. What acts on the world or answers does so in position order,
 * one at a time: an acting step begins only when no earlier one is still to come, unless that one stands behind a step
 * that takes its time (a call, a child run, a retry).
 */
function decideDataflow(state: RunState, plan: Plan, situation: Situation): Decision {
  const parked: StepState[] = [];
  const held = new Set<string>();
  const atWork = situation.busy.size === 0 ? [] : plan.graph.order.filter((id) => situation.busy.has(id) && state.steps[id]?.status !== 'waiting');
  // Also one that stands later and overtook: nobody acts beside it.
  let mayAct = !atWork.some((id) => acts(plan, id));
  const places = mostAtOnce - atWork.length;
  for (const id of plan.graph.order) {
    const step = state.steps[id] ?? pendingStep;
    if (done(step)) continue;
    const turnTaken = acts(plan, id) && !mayAct;
    if (step.status === 'waiting' && situation.due.has(id) && !situation.busy.has(id)) return { do: 'continue', stepId: id };
    if (step.status === 'waiting' || (step.status === 'retrying' && !isDue(step, situation.now))) {
      held.add(id);
      if (!situation.busy.has(id)) parked.push(step);
      continue;
    }
    const needs = needsOf(plan, id);
    if (needs.some((each) => held.has(each))) {
      held.add(id);
      continue;
    }
    if (acts(plan, id)) mayAct = false;
    if (situation.busy.has(id) || !needs.every((each) => done(state.steps[each] ?? pendingStep))) continue;
    const skipped = step.status === 'pending' ? skipOf(id, state, plan) : null;
    if (skipped) return skipped;
    if (!turnTaken && places > 0) return { do: 'start', stepId: id, attempt: step.attempt + 1, iteration: step.iteration };
  }
  return parked.length > 0 || situation.busy.size > 0 ? park(parked) : { do: 'succeed', state: null, warning: null };
}

const isDue = (step: StepState, now: string) => step.retry === null || step.retry.at <= now;

function park(parked: readonly StepState[]): Decision {
  const times = parked.flatMap((step) => (step.status === 'retrying' && step.retry ? [step.retry.at] : [])).toSorted();
  return { do: 'park', until: times[0] ?? null };
}

const refused = text('Its effects are not allowed in this fork: passes its source on', 'Ses effets ne sont pas autorisés dans cette reprise : transmet sa source');

function skipOf(id: string, state: RunState, plan: Plan): Decision | null {
  const type = plan.types.get(id);
  const skip = (reason: 'disabled' | 'empty' | 'answered', why: Text): Decision => ({ do: 'skip', stepId: id, reason, text: why });
  if (plan.steps.get(id)?.disabled) return skip('disabled', plan.refused.has(id) ? refused : text('Switched off: passes its source on', 'Désactivée : transmet sa source'));
  const sources = plan.graph.sourcesOf(id).map(({ stepId, port }) => (state.fork?.fromStep === id ? state.fork.input?.[port] : undefined) ?? itemsFrom(stepId, state, plan));
  const runsEmpty = type?.kind === 'dataflow' && type.runsEmpty;
  if (sources.length > 0 && !runsEmpty && sources.every((count) => count === 0)) return skip('empty', text('No item reached it', 'Aucun élément reçu'));
  return answers(type) && state.responded ? skip('answered', text('Another step has answered', 'Une autre étape a répondu')) : null;
}

/** How many items a step passes on; a switched-off one passes on its source's. */
export function itemsFrom(id: string, state: RunState, plan: Plan): number {
  const producer = producerOf(id, plan);
  return producer === null ? 0 : (state.steps[producer]?.itemsOut ?? 0);
}

/** Whether a step gives a list; one that was skipped counts as what would have reached it. */
export function isMany(id: string, state: RunState, plan: Plan): boolean {
  let at = producerOf(id, plan);
  for (let hops = 0; at !== null && hops <= plan.steps.size; hops++) {
    if (state.steps[at]?.status === 'succeeded') return state.steps[at]?.many ?? false;
    const source: { stepId: string } | undefined = plan.graph.sourcesOf(at)[0];
    at = source ? producerOf(source.stepId, plan) : null;
  }
  return false;
}

export function producerOf(id: string, plan: Plan): string | null {
  let at = id;
  for (let hops = 0; hops <= plan.steps.size; hops++) {
    if (!plan.steps.get(at)?.disabled) return at;
    const source = plan.graph.sourcesOf(at)[0];
    if (!source) return null;
    at = source.stepId;
  }
  return null;
}

/** Top to bottom, left to right; a condition may leave the main script for a lane, for good. */
function decideWorkflow(state: RunState, plan: Plan, situation: Situation): Decision {
  let rest = stepsIn(mainLane(plan));
  for (let at = 0; at < rest.length; at++) {
    const node = rest[at];
    if (!node) break;
    const step = state.steps[node.id] ?? pendingStep;
    if (situation.busy.has(node.id)) return { do: 'park', until: null };
    if (step.status === 'waiting') return situation.due.has(node.id) ? { do: 'continue', stepId: node.id } : park([step]);
    if (step.status === 'retrying' && !isDue(step, situation.now)) return park([step]);
    if (!done(step)) return node.disabled ? { do: 'skip', stepId: node.id, reason: 'disabled', text: plan.refused.has(node.id) ? refused : text('Switched off', 'Désactivée') } : { do: 'start', stepId: node.id, attempt: step.attempt + 1, iteration: step.iteration };
    const next = step.next ?? { to: 'next' };
    if (next.to === 'finish') return { do: 'succeed', state: 'finished', warning: null };
    if (next.to === 'draft') return { do: 'succeed', state: 'draft', warning: null };
    if (next.to === 'lane') {
      const lane = laneFor(plan, node.id, next.case);
      rest = stepsIn(lane);
      if (rest.length === 0) return { do: 'succeed', state: 'finished', warning: text(`"${node.name}" has no steps for "${next.case}": the workflow ends here.`, `« ${node.name} » n’a aucune étape pour « ${next.case} » : le flux de travail se termine ici.`) };
      at = -1;
    }
  }
  return { do: 'succeed', state: 'finished', warning: null };
}
