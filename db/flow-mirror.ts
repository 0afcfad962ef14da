import { eq } from 'drizzle-orm';
import type { FlowDefinition } from '#flow/flow';
import type { Database } from './client';
import { recordChange } from './record-change';
import { flows } from './schema';

/** Brings the columns that lists read in line with the document, and tells open lists. */
export async function mirrorFlow(database: Database, workspaceId: string, flowId: string, definition: FlowDefinition): Promise<void> {
  await database.db.transaction(async (tx) => {
    await tx.update(flows).set({
      name: definition.name, restrictAccess: definition.restrictAccess ?? false, description: definition.settings?.description ?? null, concurrency: definition.settings?.concurrency ?? null, updatedAt: new Date(),
    }).where(eq(flows.id, flowId));
    await recordChange(tx, { workspaceId, topic: 'flow', objectId: flowId });
  });
}
