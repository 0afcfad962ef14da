import { eq } from 'drizzle-orm';
import { fail } from '#flow/failure';
import { flowDefinition, stepsOf, type FlowDefinition, type SourcePort } from '#flow/flow';
import type { JsonObject } from '#flow/json';
import { text } from '#flow/text';
import type { Access } from './access';
import { getItems, getValue, type ItemSlice } from './blobs';
import type { Database } from './client';
import { permitted } from './permitted';
import { logRows, modelOf, outputRef } from './run-log';
import { runOf, type RunRow } from './run-row';
import { flowVersions } from './schema';

export type ItemQuery = { side: 'in' | 'out'; port?: SourcePort | undefined; offset: number; limit: number };

/** What a step took in or gave out, as recorded. Before it ran, and where it was skipped, that is nothing. */
export async function runItems(database: Database, access: Access, runId: string, stepId: string, query: ItemQuery) {
  return permitted(access, 'workspace.read', async (): Promise<ItemSlice> => {
    const run = await runOf(database.db, access, runId);
    const [version] = await database.db.select({ definition: flowVersions.definition }).from(flowVersions).where(eq(flowVersions.id, run.flowVersionId));
    const definition = flowDefinition.parse(version?.definition);
    const step = stepsOf(definition).find((each) => each.id === stepId);
    if (!step) return fail('STEP_NOT_FOUND', text(`This run has no step "${stepId}".`, `Cette exécution n’a pas d’étape « ${stepId} ».`));
    if (definition.kind === 'workflow') return workflowItems(database, access, run, stepId, query);
    const from = query.side === 'out' ? producer(definition, stepId) : sourceOf(definition, stepId, query.port);
    const ref = from === null ? null : await outputRef(database.db, runId, from);
    const slice = ref === null ? null : await getItems(database.db, access.workspaceId, ref, query);
    return slice ?? { items: [], total: 0, many: false };
  });
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
async function workflowItems(database: Database, access: Access, run: RunRow, stepId: string, query: ItemQuery): Promise<ItemSlice> {
  const rows = (await logRows(database.sql, [run.id])).filter((row) => row.blob !== null);
  const place = rows.findLastIndex((row) => row.stepId === stepId);
  const before = place >= 0 ? rows[place - 1] : rows.at(-1);
  const ref = (query.side === 'out' ? rows[place] : before)?.blob ?? null;
  const recorded = ref === null ? null : modelOf(await getValue(database.db, access.workspaceId, ref));
  const items: JsonObject[] = recorded ? [recorded.model] : [];
  return { items: items.slice(query.offset, query.offset + query.limit), total: items.length, many: false };
}
