import type { Json } from '#flow/json';
import type { RunSummary } from './run-row';

/** Runs as rows of a table, for people. */
export const runColumns = ['run', 'status', 'warnings', 'flow', 'version', 'trigger', 'started by', 'created', 'started', 'finished', 'steps done', 'steps', 'items', 'error', 'id'];

export function runCells(run: RunSummary): Json[] {
  return [
    run.shortName, run.status, run.warnings, run.flowName, run.version ?? 'draft', run.trigger, run.startedBy.name, run.createdAt, run.startedAt, run.finishedAt, run.stepsDone, run.stepsTotal, run.itemsOut, run.error?.code ?? null, run.id,
  ];
}
