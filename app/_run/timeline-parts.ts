import { stepsOf, type FlowDefinition, type Step } from '#flow/flow';
import type { RunEvent } from '#flow/run-event';

/**
 * The Gantt of a run, folded from its events: milliseconds since the run was asked for. A part without `to` is still
 * going on and is drawn up to now. A step's queue part starts when the last thing it depends on ended.
 */
export type PartKind = 'queue' | 'run' | 'ok' | 'fail' | 'wait' | 'retry';
export type TimelinePart = { kind: PartKind; from: number; to: number | null };
export type TimelineRow = { stepId: string; name: string; parts: TimelinePart[] };
export type TimelineView = { originMs: number; endMs: number; rows: TimelineRow[] };

/** `row`: what was last shown of it, until something happens to it again. */
type Open = { parts: TimelinePart[]; endedAt: number | null; row: TimelineRow | null };

export function timelineOf(definition: FlowDefinition, events: readonly RunEvent[]): TimelineView {
  return createTimeline(definition)(events);
}

/** The same for a log that grows: only what came since is folded, and a row to which nothing happened is the same object as before. */
export function createTimeline(definition: FlowDefinition): (events: readonly RunEvent[]) => TimelineView {
  let [fold, folded] = [createFold(definition), 0];
  let last: RunEvent | undefined;
  return (events) => {
    if (folded > 0 && events[folded - 1] !== last) [fold, folded] = [createFold(definition), 0]; // another log
    for (; folded < events.length; folded++) {
      last = events[folded];
      if (last) fold.add(last);
    }
    return fold.view();
  };
}

function createFold(definition: FlowDefinition) {
  const steps = stepsOf(definition);
  const byId = new Map(steps.map((step) => [step.id, step]));
  const rows = new Map<string, Open>(steps.map((step) => [step.id, { parts: [], endedAt: null, row: null }]));
  let originMs: number | null = null;
  let [endMs, openedAt, lastEnd] = [0, 0, 0];
  const add = (event: RunEvent): void => {
    originMs ??= Date.parse(event.at);
    const at = Date.parse(event.at) - originMs;
    endMs = Math.max(endMs, at);
    if (event.type === 'run.resumed') openedAt = lastEnd = at;
    if (event.type === 'run.cancelled' || event.type === 'run.reset' || event.type === 'run.failed') for (const row of rows.values()) close(row, at, 'fail');
    const row = event.stepId === undefined ? undefined : rows.get(event.stepId);
    const step = event.stepId === undefined ? undefined : byId.get(event.stepId);
    if (!row || !step) return;
    if (event.type === 'step.started' && open(row)?.kind !== 'run') {
      const readyAt = row.parts.length > 0 ? at : Math.max(openedAt, definition.kind === 'workflow' ? lastEnd : sourcesEnd(step, rows));
      if (row.parts.length === 0 && readyAt < at) row.parts.push({ kind: 'queue', from: readyAt, to: at });
    }
    advance(row, event, at);
    if (row.endedAt === at) lastEnd = at;
  };
  const shown = (step: Step): TimelineRow => {
    const row = rows.get(step.id);
    const now = row?.row ?? { stepId: step.id, name: step.name, parts: (row?.parts ?? []).map((part) => ({ ...part })) };
    if (row) row.row = now;
    return now;
  };
  return { add, view: (): TimelineView => ({ originMs: originMs ?? 0, endMs, rows: steps.map(shown) }) };
}

function sourcesEnd(step: Step, rows: ReadonlyMap<string, Open>): number {
  const ends = Object.values(step.sources ?? {}).map((id) => (id === undefined ? 0 : (rows.get(id)?.endedAt ?? 0)));
  return Math.max(0, ...ends);
}

function advance(row: Open, event: RunEvent, at: number): void {
  row.row = null;
  switch (event.type) {
    case 'step.started': case 'wait.resolved':
      close(row, at, 'ok');
      row.parts.push({ kind: 'run', from: at, to: null });
      return;
    case 'step.waiting': case 'wait.opened':
      if (open(row)?.kind === 'wait') return;
      close(row, at, 'ok');
      row.parts.push({ kind: 'wait', from: at, to: null });
      return;
    case 'step.retry_scheduled':
      close(row, at, 'fail');
      row.parts.push({ kind: 'retry', from: at, to: null });
      return;
    case 'step.failed':
      close(row, at, 'fail');
      row.endedAt = at;
      return;
    case 'step.succeeded':
      close(row, at, 'ok');
      row.endedAt = at;
      return;
    case 'step.skipped':
      close(row, at, 'ok');
      row.endedAt = at;
      return;
    default:
  }
}

const open = (row: Open): TimelinePart | undefined => row.parts.findLast((part) => part.to === null);

function close(row: Open, at: number, outcome: 'ok' | 'fail'): void {
  const part = open(row);
  if (!part) return;
  row.row = null;
  part.to = at;
  if (part.kind === 'run') part.kind = outcome;
}

/** Round distances between axis marks, at most `count` of them: 1, 2 or 5 times a power of ten, then minutes and hours. */
export function axisStep(spanMs: number, count: number): number {
  const least = Math.max(1, spanMs) / Math.max(1, count);
  const rounds = [60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000, 7_200_000, 21_600_000, 43_200_000, 86_400_000];
  if (least > 30_000) return rounds.find((each) => each >= least) ?? Math.ceil(least / 86_400_000) * 86_400_000;
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 5, 10].find((each) => each * power >= least) ?? 10;
  return Math.min(factor * power, 30_000);
}
