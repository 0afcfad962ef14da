import type { RunEvent } from '#flow/run-event';
import { evolve, initialRunState, type RunState } from '#flow/run-state';

/** The state after each event; `known` saves folding again what an earlier call folded. */
export function statesOf(events: readonly RunEvent[], known: readonly RunState[] = []): RunState[] {
  const states = known.slice(0, events.length);
  let state = states.at(-1) ?? initialRunState;
  for (const event of events.slice(states.length)) {
    state = evolve(state, event);
    states.push(state);
  }
  return states;
}

/** The state at a moment: `seq` counts from 1, so 0 is before anything happened. */
export function stateAt(states: readonly RunState[], seq: number): RunState {
  return states[Math.min(seq, states.length) - 1] ?? initialRunState;
}

/**
 * Where each event stands on the track, 0 to 1. Time decides, but silences are cut and every event keeps a sliver, so
 * that days of waiting leave the seconds of work apart.
 */
export function positionsOf(events: readonly { at: string }[]): number[] {
  const times = events.map((event) => Date.parse(event.at));
  const gaps = times.map((at, index) => Math.max(0, at - (times[index - 1] ?? at)));
  const longest = longestGap(gaps);
  const sliver = gaps.reduce((sum, gap) => sum + Math.min(gap, longest), 1) / (events.length * 20);
  const weights = gaps.map((gap, index) => (index === 0 ? 0 : Math.min(gap, longest) + sliver));
  const total = weights.reduce((sum, weight) => sum + weight, 0) || 1;
  let reached = 0;
  return weights.map((weight) => (reached += weight) / total);
}

/** A silence is longer than a second and than all shorter gaps together; it is drawn as long as those. */
function longestGap(gaps: readonly number[]): number {
  let sum = 0;
  for (const gap of gaps.toSorted((a, b) => a - b)) {
    if (gap > 1_000 && gap > sum * 2) return Math.max(sum, 100);
    sum += gap;
  }
  return Infinity;
}

export type Tick = { seq: number; bad: boolean; place: number };
/** Closer than this, as parts of the track, marks would stand on one another. */
const tickWidth = 1 / 400;

/** A mark where a step ended; of several that would stand on one another the first, or the first that is bad. */
export function ticksOf(events: readonly RunEvent[], positions: readonly number[]): Tick[] {
  const ticks = new Map<number, Tick>();
  events.forEach(({ seq, type }, index) => {
    const bad = type === 'step.failed' || type === 'run.failed';
    if (!bad && type !== 'step.succeeded' && type !== 'step.skipped') return;
    const place = positions[index] ?? 0;
    const at = Math.round(place / tickWidth);
    const known = ticks.get(at);
    if (!known || (bad && !known.bad)) ticks.set(at, { seq, bad, place });
  });
  return [...ticks.values()];
}

/** The event nearest to a place on the track. */
export function seqNear(positions: readonly number[], place: number): number {
  let best = 0;
  positions.forEach((position, index) => {
    if (Math.abs(position - place) < Math.abs((positions[best] ?? 0) - place)) best = index;
  });
  return best + 1;
}

/** How long to stay on an event before showing the next: its real distance, no silence longer than a second. */
export function stayMs(events: readonly { at: string }[], seq: number, speed: number): number {
  const [here, next] = [events[seq - 1], events[seq]];
  if (!here || !next) return 0;
  const gap = Math.max(0, Date.parse(next.at) - Date.parse(here.at));
  return Math.max(40, Math.min(gap, 1_000)) / speed;
}

/** Arrow keys move by one event, with Shift by ten; Home and End go to the ends. null: not ours. */
export function moveBy(key: string, shift: boolean, seq: number, last: number): number | null {
  const by = shift ? 10 : 1;
  switch (key) {
    case 'ArrowLeft': case 'ArrowDown':
      return Math.max(1, seq - by);
    case 'ArrowRight': case 'ArrowUp':
      return Math.min(last, seq + by);
    case 'PageDown':
      return Math.max(1, seq - 10);
    case 'PageUp':
      return Math.min(last, seq + 10);
    case 'Home':
      return 1;
    case 'End':
      return last;
    default:
      return null;
  }
}
