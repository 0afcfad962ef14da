import { eq } from 'drizzle-orm';
import type { FlowSettings } from '#flow/flow';
import type { Database } from './client';
import { recordChange } from './record-change';
import { flows } from './schema';

type Shown = { name: string; restrictAccess?: boolean | undefined; settings?: FlowSettings | undefined };

/** Brings the columns that lists read in line with the document, and tells open lists. */
export async function mirrorFlow(database: Database, workspaceId: string, flowId: string, { name, restrictAccess, settings }: Shown): Promise<void> {
  const shown = { name, restrictAccess: restrictAccess ?? false, description: settings?.description ?? null };
  await database.db.transaction(async (tx) => {
    const [before] = await tx.select({ name: flows.name, restrictAccess: flows.restrictAccess, description: flows.description }).from(flows).where(eq(flows.id, flowId));
    await tx.update(flows).set({
      ...shown, concurrency: settings?.concurrency ?? null, updatedAt: new Date(),
    }).where(eq(flows.id, flowId));
    // A plain edit changes nothing that lists and other editors show: only who looks at the edit history hears of it.
    const isPlain = before?.name === shown.name && before.restrictAccess === shown.restrictAccess && before.description === shown.description;
    await recordChange(tx, { workspaceId, topic: isPlain ? 'history' : 'flow', objectId: flowId });
  });
}
