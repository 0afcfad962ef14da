import { getValue } from '#db/blobs';
import { calledFlow } from '#db/run-dataflow';
import type { Json } from '#flow/json';
import { failureShape } from '#flow/run-event';
import type { ChildRun, StepUse } from '#flow/steps/capabilities';
import type { Engine } from '../engine';
import type { LiveRun } from '../live-run';

/** Runs that a step has begun, as they stand now. */
type Reads = Pick<StepUse, 'childRun' | 'childRuns' | 'childOutputs' | 'calledFlow'>;
type Row = { id: string; status: string; instanceState: string | null; entryId: number | null; output: string | null; responded: boolean; finishedAt: Date | null; error: unknown };

export function childRunReads({ database }: Engine, { facts }: LiveRun, stepId: string): Reads {
  const { workspaceId } = facts;
  const rowsOf = (ids: readonly string[]) => database.sql<Row[]>`${columns(database)} where r.id = any(${ids}::uuid[]) and r.workspace_id = ${workspaceId}`;
  const outputOf = async (ref: string | null): Promise<Json> => (ref === null ? null : ((await getValue(database.db, workspaceId, ref)) ?? null));
  return {
    childRun: async (runId) => {
      const [row] = await rowsOf([runId]);
      return row ? { ...stateOf(row, null), output: await outputOf(row.output) } : null;
    },
    childRuns: async () => {
      const rows = await database.sql<Row[]>`${columns(database)} where r.parent_run_id = ${facts.id} and r.parent_step_id = ${stepId} and r.status <> 'succeeded'`;
      const resumedAt = rows.some((row) => hasEnded(row.status)) ? await lastResumed(database, facts.id) : null;
      return new Map(rows.map((row) => [row.id, stateOf(row, resumedAt)]));
    },
    childOutputs: async (runIds) => {
      const outputs = new Map<string, Json>();
      for (const row of await rowsOf(runIds)) outputs.set(row.id, await outputOf(row.output));
      return outputs;
    },
    calledFlow: (called) => calledFlow(database.db, facts, called),
  };
}

const columns = ({ sql }: Engine['database']) => sql`select r.id, r.status, i.state as "instanceState", r.entry_id as "entryId", encode(r.output_ref, 'hex') as output,
  r.response_ready as responded, r.finished_at as "finishedAt", r.error from runs r left join instances i on i.id = r.instance_id`;
const hasEnded = (status: string) => status === 'failed' || status === 'cancelled' || status === 'quarantined' || status === 'reset';

function stateOf(row: Row, resumedAt: Date | null): ChildRun {
  const error = failureShape.safeParse(row.error);
  return {
    status: childStatus(row.status), state: row.instanceState ?? row.status, entryId: row.entryId, output: null, responded: row.responded,
    ...(error.success ? { failure: error.data } : {}), ...(resumedAt !== null && row.finishedAt !== null && row.finishedAt < resumedAt ? { beforeResume: true } : {}),
  };
}

async function lastResumed({ sql }: Engine['database'], runId: string): Promise<Date | null> {
  const [row] = await sql<{ at: Date }[]>`select at from run_events where run_id = ${runId} and type = 'run.resumed' order by seq desc limit 1`;
  return row?.at ?? null;
}

function childStatus(status: string): ChildRun['status'] {
  if (status === 'waiting' || status === 'succeeded' || status === 'failed' || status === 'cancelled') return status;
  if (status === 'quarantined') return 'failed';
  return status === 'reset' ? 'cancelled' : 'running';
}
