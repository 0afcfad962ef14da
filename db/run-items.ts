import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { fail } from '#flow/failure';
import { flowDefinition, stepsOf, type FlowDefinition, type SourcePort } from '#flow/flow';
import { forkedDefinition } from '#flow/fork';
import type { Json, JsonObject } from '#flow/json';
import type { Fork } from '#flow/run-event';
import { text } from '#flow/text';
import type { Access } from './access';
import { getItems, getValue, type ItemSlice } from './blobs';
import type { Database } from './client';
import { permitted } from './permitted';
import { eventOf, logRows, modelOf, outputRef, type LogRow } from './run-log';
import { runOf, type RunRow } from './run-row';
import { flowVersions } from './schema';

export type ItemQuery = { side: 'in' | 'out'; port?: SourcePort | undefined; offset: number; limit: number };

/** What a step took in or gave out, as recorded. Before it ran, and where it was skipped, that is nothing. */
export async function runItems(database: Database, access: Access, runId: string, stepId: string, query: ItemQuery) {
  return permitted(access, 'workspace.read', async (): Promise<ItemSlice> => {
    const run = await runOf(database.db, access, runId);
    const [version] = await database.db.select({ definition: flowVersions.definition }).from(flowVersions).where(eq(flowVersions.id, run.flowVersionId));
    const first = firstEvent(await logRows(database.sql, [runId], { limit: 1 }));
    const whole = flowDefinition.parse(version?.definition);
    const definition = first.fork ? forkedDefinition(whole, first.fork).definition : whole;
    const step = stepsOf(definition).find((each) => each.id === stepId);
    if (!step) return fail('STEP_NOT_FOUND', text(`This run has no step "${stepId}".`, `Cette exécution n’a pas d’étape « ${stepId} ».`));
    const given = query.side === 'in' && first.fork?.fromStep === stepId ? first.given : null;
    if (definition.kind === 'workflow') return workflowItems(database, access, run, stepId, query, given);
    if (given !== null) return givenItems(await getValue(database.db, access.workspaceId, given), query);
    const from = query.side === 'out' ? producer(definition, stepId) : sourceOf(definition, stepId, query.port);
    const ref = from === null ? null : await outputRef(database.db, runId, from);
    const slice = ref === null ? null : await getItems(database.db, access.workspaceId, ref, query);
    return slice ?? { items: [], total: 0, many: false };
  });
}

function firstEvent([row]: readonly LogRow[]): { fork: Fork | null; given: string | null } {
  const event = row ? eventOf(row) : null;
  return { fork: event?.type === 'run.requested' ? (event.data.fork ?? null) : null, given: row?.blob ?? null };
}

const itemLists = z.record(z.string(), z.object({ items: z.array(z.record(z.string(), z.json())), many: z.boolean() }));

/** What was edited by hand for the step a fork began at. */
function givenItems(stored: Json | undefined, { port, offset, limit }: ItemQuery): ItemSlice {
  const lists = itemLists.parse(stored);
  const list = lists[port ?? 'source'] ?? lists['left'] ?? { items: [], many: false };
  return { items: list.items.slice(offset, offset + limit), total: list.items.length, many: list.many };
}

function sourceOf(definition: FlowDefinition, stepId: string, port: SourcePort | undefined): string | null {
  const sources = stepsOf(definition).find((each) => each.id === stepId)?.sources;
  const source = port ? sources?.[port] : (sources?.source ?? sources?.left);
  return source === undefined ? null : producer(definition, source);
}

/** A disabled step passes on what its source gave. */
export function producer(definition: FlowDefinition, stepId: string): string | null {
  const steps = new Map(stepsOf(definition).map((each) => [each.id, each]));
  let step = steps.get(stepId);
  for (let hops = 0; step?.disabled && hops < steps.size; hops++) step = steps.get(step.sources?.source ?? step.sources?.left ?? '');
  return step && !step.disabled ? step.id : null;
}

/** A workflow's steps work on one model: in is the model as the step before left it. */
async function workflowItems(database: Database, access: Access, run: RunRow, stepId: string, query: ItemQuery, given: string | null): Promise<ItemSlice> {
  const rows = (await logRows(database.sql, [run.id])).filter((row) => row.blob !== null);
  const place = rows.findLastIndex((row) => row.stepId === stepId);
  const before = place >= 0 ? rows[place - 1] : rows.at(-1);
  const ref = given ?? (query.side === 'out' ? rows[place] : before)?.blob ?? null;
  const recorded = ref === null ? null : modelOf(await getValue(database.db, access.workspaceId, ref));
  const items: JsonObject[] = recorded ? [recorded.model] : [];
  return { items: items.slice(query.offset, query.offset + query.limit), total: items.length, many: false };
}
