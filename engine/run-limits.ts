import { failure, type Failure } from '#flow/failure';
import { megabytes } from '#flow/limits';
import { text } from '#flow/text';
import type { LiveRun } from './live-run';

/** What ends a run from outside of its steps: its time, and the size of its log. */
const kept = 64;

/** When the run is over time (ms); null: never, or not while it is paused. */
export function deadlineOf(run: LiveRun): number | null {
  const limitMs = run.limitMs;
  return limitMs === null || run.startedAtMs === 0 || run.state.status === 'paused' ? null : run.startedAtMs + run.state.pausedMs + limitMs;
}

export function isOverdue(run: LiveRun): boolean {
  const deadline = deadlineOf(run);
  return deadline !== null && Date.now() > deadline;
}

/** A time limit in the largest unit that says it whole. */
export function limitText(ms: number): { en: string; fr: string } {
  const [count, en, fr] = ms % 60_000 === 0 ? [ms / 60_000, 'minute', 'minute'] : ms % 1_000 === 0 ? [ms / 1_000, 'second', 'seconde'] : [ms, 'millisecond', 'milliseconde'];
  return text(`${count} ${en}${count === 1 ? '' : 's'}`, `${count} ${fr}${count < 2 ? '' : 's'}`);
}

/** Room is kept for what still has to be said when a run is cut off. */
export function exceeded(run: LiveRun): Failure | null {
  const { events, logBytes } = run.facts.limits;
  if (isOverdue(run)) {
    const shown = limitText(run.limitMs ?? 0);
    return failure('RUN_TIMEOUT', text(`The run took longer than ${shown.en} and was stopped.`, `L’exécution a dépassé ${shown.fr} et a été arrêtée.`));
  }
  if (run.headSeq > events - Math.min(kept, events / 2)) return failure('LIMIT_EXCEEDED', text(`The run wrote ${events.toLocaleString('en')} events, the most its log may have. Split the flow, or start one run per part.`, `L’exécution a écrit ${events.toLocaleString('fr')} événements, le maximum de son journal. Divisez le flux, ou lancez une exécution par partie.`));
  if (run.logBytes > logBytes) return failure('LIMIT_EXCEEDED', text(`The log of the run is larger than ${megabytes(logBytes)} MB. Log less, or start one run per part.`, `Le journal de l’exécution dépasse ${megabytes(logBytes)} Mo. Journalisez moins, ou lancez une exécution par partie.`));
  return null;
}
