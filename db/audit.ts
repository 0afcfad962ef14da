import { newId } from '#flow/id';
import type { Json } from '#flow/json';
import type { Executor } from './client';
import { audit } from './schema';

/** Records what a person did, in the transaction that did it. */
export async function recordAudit(db: Executor, act: { workspaceId: string | null; userId: string | null; action: string; objectId?: string; data?: Json }): Promise<void> {
  await db.insert(audit).values({
    id: newId('aud'), workspaceId: act.workspaceId, userId: act.userId, action: act.action, objectId: act.objectId ?? null, data: act.data ?? {},
  });
}
