import { and, asc, eq, isNull } from 'drizzle-orm';
import { definitionOf } from '#flow/document';
import type { Result } from '#flow/failure';
import { flowDefinition, stepsOf, type FlowDefinition } from '#flow/flow';
import type { Access } from './access';
import type { Database, Executor } from './client';
import { readConnector } from './connectors';
import { readEndpoint } from './endpoints';
import { loadDocument } from './flow-documents';
import { lockSystem } from './integrations';
import { permitted } from './permitted';
import { flows, flowVersions } from './schema';

/** Flows that would break if it were deleted, with the steps that name it: in the draft, in what is published, or both. */
export type IntegrationUse = { flowId: string; name: string; steps: string[]; published: boolean };
export type Used = { kind: 'system' | 'connector' | 'endpoint'; id: string };

const params = { system: 'system', connector: 'connector', endpoint: 'queryPath' } as const;

export async function integrationUses(database: Database, access: Access, used: Used): Promise<Result<{ items: IntegrationUse[] }>> {
  return permitted(access, 'integrations.manage', () => database.db.transaction(async (tx) => {
    await ensure(tx, access, used);
    const rows = await tx.select({ id: flows.id, name: flows.name, published: flowVersions.definition }).from(flows).leftJoin(flowVersions, eq(flowVersions.id, flows.publishedVersionId))
      .where(and(eq(flows.workspaceId, access.workspaceId), isNull(flows.deletedAt))).orderBy(asc(flows.name), asc(flows.id));
    const items: IntegrationUse[] = [];
    for (const row of rows) {
      const published = row.published === null ? [] : stepsNaming(flowDefinition.parse(row.published), used);
      const draft = stepsNaming(definitionOf((await loadDocument(tx, row.id)).doc), used);
      const steps = [...new Set([...draft, ...published])];
      if (steps.length > 0) items.push({ flowId: row.id, name: row.name, steps, published: published.length > 0 });
    }
    return { items };
  }));
}

function stepsNaming(definition: FlowDefinition, { kind, id }: Used): string[] {
  return stepsOf(definition).filter((step) => step.params?.[params[kind]] === id).map((step) => step.name);
}

async function ensure(tx: Executor, access: Access, { kind, id }: Used): Promise<void> {
  if (kind === 'system') await lockSystem(tx, access.workspaceId, id);
  else if (kind === 'connector') await readConnector(tx, access.workspaceId, id);
  else await readEndpoint(tx, access.workspaceId, id);
}
