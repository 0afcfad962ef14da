import { sql } from 'drizzle-orm';
import type postgres from 'postgres';
import { z } from 'zod';
import { isJsonObject, type Json } from '#flow/json';
import { eventVersion, parseRunEvent, type RunEvent } from '#flow/run-event';
import { foldEvents, initialRunState, type RunState } from '#flow/run-state';
import type { Database, Executor } from './client';

/** Reading a run's log: rows as stored (for the engine and the audit) and events as everybody else sees them. */
export type LogRow = {
  runId: string; seq: number; type: string; version: number; stepId: string | null; attempt: number | null; iteration: number | null; fence: number;
  at: Date; data: Json; blob: string | null; hash: string;
};

/** Rows of several runs in order. Plain queries parse JSON and times themselves. */
export async function logRows(db: postgres.ISql, runIds: readonly string[], range: { after?: number; limit?: number } = {}): Promise<LogRow[]> {
  return db<LogRow[]>`select run_id as "runId", seq, type, version, step_id as "stepId", attempt, iteration, fence, at, data, encode(blob, 'hex') as blob, encode(hash, 'hex') as hash
    from run_events where run_id = any(${runIds as string[]}::uuid[]) and seq > ${range.after ?? 0} order by run_id, seq limit ${range.limit ?? 1_000_000}`;
}

export function eventOf(row: LogRow): RunEvent {
  return parseRunEvent({
    seq: row.seq, at: row.at.toISOString(), type: row.type, data: row.data,
    ...(row.version === eventVersion ? {} : { version: row.version }),
    ...(row.stepId === null ? {} : { stepId: row.stepId }), ...(row.attempt === null ? {} : { attempt: row.attempt }), ...(row.iteration === null ? {} : { iteration: row.iteration }),
  });
}

export async function stateOf(db: Database['sql'], runId: string): Promise<RunState> {
  return foldEvents(initialRunState, (await logRows(db, [runId])).map(eventOf));
}

const refRow = z.object({ blob: z.string() });

/** The blob with what the step gave last, or null when it gave nothing. */
export async function outputRef(db: Executor, runId: string, stepId: string): Promise<string | null> {
  const rows = await db.execute(sql`select encode(blob, 'hex') as blob from run_events
    where run_id = ${runId} and step_id = ${stepId} and type = 'step.succeeded' and blob is not null order by seq desc limit 1`);
  const parsed = refRow.safeParse(rows[0]);
  return parsed.success ? parsed.data.blob : null;
}

/** `{model, loaded}` as a workflow records it: the instance's model and the model as it was loaded. */
export function modelOf(recorded: Json | undefined) {
  const model = isJsonObject(recorded) ? (recorded['model'] ?? null) : null;
  const loaded = isJsonObject(recorded) ? (recorded['loaded'] ?? null) : null;
  return isJsonObject(model) && isJsonObject(loaded) ? { model, loaded } : null;
}
