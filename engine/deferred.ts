import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Database, Executor } from '#db/client';
import { fail } from '#flow/failure';
import type { Json } from '#flow/json';
import type { RunState } from '#flow/run-state';
import type { EntryWrite } from '#flow/steps/capabilities';
import { text } from '#flow/text';
import type { LiveRun } from './live-run';
import type { Plan } from './plan';

/**
 * The queue of deferred writes is no table of its own: the steps that fill it record their operations as the result of
 * their effects, so it is as durable as those and is filled once, whatever dies. What an apply step takes follows from
 * the places of the steps alone.
 */
export const deferredKind = 'entry.deferred';
const mostQueued = 100_000;
const json: z.ZodType<Json> = z.json();
const queued = z.object({
  writes: z.array(z.object({
    componentId: z.string(), entryId: z.number().nullable(), remove: z.boolean(), data: z.record(z.string(), json), name: z.string().nullable().exactOptional(), loadedAt: z.string().exactOptional(), noTracking: z.boolean(),
  })),
});

/** Steps whose operations are still queued before `stepId`, or at the end of the flow. */
export function queuesBefore(plan: Plan, state: RunState, stepId: string | null): string[] {
  let filled: string[] = [];
  for (const id of plan.graph.order) {
    if (id === stepId) break;
    const type = plan.types.get(id);
    if (type?.kind !== 'dataflow' || state.steps[id]?.status !== 'succeeded') continue;
    if (type.deferred === 'queues') filled.push(id);
    if (type.deferred === 'applies') filled = [];
  }
  return filled;
}

export async function deferredWrites(database: Database, run: LiveRun, stepIds: readonly string[]): Promise<EntryWrite[]> {
  const writes: EntryWrite[] = [];
  for (const stepId of stepIds) {
    const iteration = run.state.steps[stepId]?.iteration ?? 0;
    const rows = await database.sql<{ result: unknown }[]>`select result from run_effects
      where run_id = ${run.facts.id} and step_id = ${stepId} and iteration = ${iteration} and kind = ${deferredKind} and state = 'recorded' order by item_index`;
    for (const row of rows) writes.push(...queued.parse(row.result).writes);
  }
  return writes;
}

export async function refuseFullQueue(tx: Executor, runId: string, more: number): Promise<void> {
  const [row] = await tx.execute<{ count: number }>(sql`select coalesce(sum(jsonb_array_length(result->'writes')), 0)::int as count from run_effects where run_id = ${runId} and kind = ${deferredKind}`);
  if ((row?.count ?? 0) + more > mostQueued) fail('LIMIT_EXCEEDED', text(`More than ${mostQueued} operations are queued in this run. Apply them earlier.`, `Plus de ${mostQueued} opérations sont en file dans cette exécution. Appliquez-les plus tôt.`));
}
