import { eq } from 'drizzle-orm';
import { failureShape, type RunEvent } from '#flow/run-event';
import { isEnded, type RunState, type StepState } from '#flow/run-state';
import type { Failure } from '#flow/failure';
import { storedDefinition } from '#flow/canonical';
import type { FlowDefinition } from '#flow/flow';
import type { Json } from '#flow/json';
import { getValue, valueOf } from './blobs';
import type { Access } from './access';
import type { Database } from './client';
import { permitted } from './permitted';
import { newsOf } from './run-news';
import { eventOf, logRows, stateOf } from './run-log';
import { checkRunId, runOf, selectSummaries, summaryOf, type RunSummary } from './run-row';
import { flowVersions, runs } from './schema';

/** Should a hint be lost. */
const lookMs = 250;

export type StepView = Pick<StepState, 'status' | 'attempt' | 'iteration' | 'itemsIn' | 'itemsOut' | 'many' | 'warnings' | 'startedAt' | 'finishedAt' | 'progress' | 'reason' | 'childRuns'> & { error?: Failure };
export type RunView = Omit<RunSummary, 'error'> & {
  steps: Record<string, StepView>;
  /** What the caller gave; null when nothing was given. */
  input: Json;
  output: Json;
  error: Failure | null;
  definition?: FlowDefinition;
};

export async function getRun(database: Database, access: Access, runId: string, options: { definition?: boolean | undefined } = {}) {
  return permitted(access, 'workspace.read', async (): Promise<{ run: RunView }> => {
    checkRunId(runId);
    // The status before what came of it: the other way round a run could be shown as ended without its output.
    const [summary] = await selectSummaries(database.db).where(eq(runs.id, runId));
    const row = await runOf(database.db, access, runId);
    const [[version], state, input, output] = await Promise.all([
      options.definition ? database.db.select({ definition: flowVersions.definition }).from(flowVersions).where(eq(flowVersions.id, row.flowVersionId)) : [],
      stateOf(database.sql, runId),
      row.inputRef === null ? null : getValue(database.db, access.workspaceId, row.inputRef),
      row.outputRef === null ? null : getValue(database.db, access.workspaceId, row.outputRef),
    ]);
    if (!summary) throw new Error(`run ${runId} lost its flow or version`);
    const error = failureShape.safeParse(row.error);
    return {
      run: {
        ...summaryOf(summary), steps: stepsOf(state), input: input ?? null, output: output ?? null, error: error.success ? error.data : null,
        ...(version ? { definition: storedDefinition(version.definition) } : {}),
      },
    };
  });
}

function stepsOf(state: RunState): Record<string, StepView> {
  return Object.fromEntries(Object.entries(state.steps).map(([id, step]): [string, StepView] => {
    const { status, attempt, iteration, itemsIn, itemsOut, many, warnings, startedAt, finishedAt, progress, reason, childRuns, error } = step;
    return [id, { status, attempt, iteration, itemsIn, itemsOut, many, warnings, startedAt, finishedAt, progress, reason, childRuns, ...(error ? { error } : {}) }];
  }));
}

export async function runEvents(database: Database, access: Access, runId: string, page: { after: number; limit: number }) {
  return permitted(access, 'workspace.read', async (): Promise<{ items: RunEvent[]; nextCursor: string | null }> => {
    await runOf(database.db, access, runId);
    const rows = await logRows(database.sql, [runId], { after: page.after, limit: page.limit + 1 });
    const items = rows.slice(0, page.limit).map(eventOf);
    return { items, nextCursor: rows.length > page.limit ? String(items.at(-1)?.seq ?? page.after) : null };
  });
}

type Seen = { status: RunState['status']; warnings: number; ready: boolean; error: unknown; encoding: string | null; body: Uint8Array | null };

/** Waits until the run has ended (or only answered its caller) or the seconds are over: `ended` and `answered` tell which. */
export async function waitForRun(database: Database, access: Access, runId: string, seconds: number, until: 'ended' | 'answered' = 'ended') {
  return permitted(access, 'workspace.read', async (): Promise<{ runId: string; status: string; ended: boolean; answered: boolean; output: Json; error: Failure | null; warnings: number }> => {
    checkRunId(runId);
    const deadline = Date.now() + seconds * 1_000;
    const news = await newsOf(database.sql, runId);
    try {
      for (let looks = 0; ; looks++) {
        const [row] = await database.sql<Seen[]>`select r.status, r.warnings, r.response_ready as ready, r.error, b.encoding, b.body from runs r
          left join blobs b on b.workspace_id = r.workspace_id and b.sha256 = r.output_ref and (r.finished_at is not null or r.response_ready) where r.id = ${runId} and r.workspace_id = ${access.workspaceId}`;
        if (row === undefined && looks === 0) {
          await runOf(database.db, access, runId); // says that there is none
          continue;
        }
        const ended = row === undefined || isEnded(row.status);
        const answered = row?.ready ?? false;
        if (row === undefined || ended || (answered && until === 'answered') || Date.now() >= deadline) {
          const error = failureShape.safeParse(row?.error);
          const output = row?.encoding && row.body ? valueOf({ encoding: row.encoding, body: row.body }) : null;
          return { runId, status: row?.status ?? 'cancelled', ended, answered, output, error: error.success ? error.data : null, warnings: row?.warnings ?? 0 };
        }
        await news.heard(Math.min(lookMs, Math.max(1, deadline - Date.now())));
      }
    } finally {
      news.close();
    }
  });
}
