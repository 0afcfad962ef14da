import { and, eq } from 'drizzle-orm';
import { fail } from '#flow/failure';
import { shortRunName } from '#flow/id';
import { text } from '#flow/text';
import type { Access } from './access';
import type { Executor } from './client';
import { flows, flowVersions, runs } from './schema';
import type { Starter } from './run-request';

/** What lists and pages show of a run without touching its log or its payloads. */
export type RunSummary = {
  id: string; shortName: string; flowId: string; flowName: string; componentId: string; version: number | null; draft: boolean; kind: string; status: string;
  warnings: number; trigger: string; triggerName: string | null; startedBy: Starter; parentRunId: string | null; forkedFrom: string | null; forkedAtSeq: number | null; attempt: number; entryId: number | null; instanceId: string | null;
  stepsTotal: number; stepsDone: number; itemsOut: number | null; createdAt: string; startedAt: string | null; finishedAt: string | null;
  error: { code: string; message: string; stepId?: string } | null;
};

export const summaryColumns = {
  id: runs.id, flowId: runs.flowId, flowName: flows.name, componentId: flows.componentId, versionId: runs.flowVersionId, version: flowVersions.number, kind: runs.kind, status: runs.status,
  warnings: runs.warnings, trigger: runs.trigger, triggerName: runs.triggerName, startedBy: runs.startedBy, startedByName: runs.startedByName, parentRunId: runs.parentRunId, forkedFrom: runs.forkedFrom, forkedAtSeq: runs.forkedAtSeq, attempt: runs.attempt,
  entryId: runs.entryId, instanceId: runs.instanceId, stepsTotal: runs.stepsTotal, stepsDone: runs.stepsDone, itemsOut: runs.itemsOut,
  createdAt: runs.createdAt, startedAt: runs.startedAt, finishedAt: runs.finishedAt, error: runs.error,
};
type SummaryRow = Awaited<ReturnType<typeof selectSummaries>>[number];

export function selectSummaries(db: Executor) {
  return db.select(summaryColumns).from(runs).innerJoin(flows, eq(runs.flowId, flows.id)).innerJoin(flowVersions, eq(runs.flowVersionId, flowVersions.id)).$dynamic();
}

export function summaryOf(row: SummaryRow): RunSummary {
  const { startedByName, versionId: _versionId, error, ...rest } = row;
  return {
    ...rest, shortName: shortRunName(row.id), draft: row.version === null, startedBy: { id: row.startedBy, name: startedByName },
    createdAt: row.createdAt.toISOString(), startedAt: row.startedAt?.toISOString() ?? null, finishedAt: row.finishedAt?.toISOString() ?? null, error: briefError(error),
  };
}

function briefError(stored: unknown): RunSummary['error'] {
  if (typeof stored !== 'object' || stored === null || !('code' in stored) || !('message' in stored)) return null;
  const stepId = 'stepId' in stored && typeof stored.stepId === 'string' ? { stepId: stored.stepId } : {};
  return { code: String(stored.code), message: String(stored.message), ...stepId };
}

export type RunRow = {
  id: string; flowId: string; flowVersionId: string; kind: string; status: string; entryId: number | null; instanceId: string | null; inputRef: string | null; outputRef: string | null;
  responseReady: boolean; headSeq: number; headHash: string | null; lastFence: number; error: unknown;
};
const hex = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes).toString('hex'));

/** The run if this workspace has it; another workspace's run is answered like one that does not exist. */
export async function runOf(db: Executor, access: Access, runId: string, lock: 'update' | null = null): Promise<RunRow> {
  checkRunId(runId);
  const query = db.select({
    id: runs.id, flowId: runs.flowId, flowVersionId: runs.flowVersionId, kind: runs.kind, status: runs.status, entryId: runs.entryId, instanceId: runs.instanceId, inputRef: runs.inputRef,
    outputRef: runs.outputRef, responseReady: runs.responseReady, headSeq: runs.headSeq, headHash: runs.headHash, lastFence: runs.lastFence, error: runs.error,
  }).from(runs).where(and(eq(runs.id, runId), eq(runs.workspaceId, access.workspaceId)));
  const [row] = lock ? await query.for(lock) : await query;
  if (!row) return runNotFound(runId);
  return { ...row, inputRef: hex(row.inputRef), outputRef: hex(row.outputRef), headHash: hex(row.headHash) };
}

/** Anything but a UUID is the id of no run, and PostgreSQL would not even look. */
export function checkRunId(runId: string): void {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(runId)) runNotFound(runId);
}

function runNotFound(runId: string): never {
  return fail('RUN_NOT_FOUND', text(`There is no run "${runId.slice(0, 64)}".`, `Il n’y a pas d’exécution « ${runId.slice(0, 64)} ».`));
}

