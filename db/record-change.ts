import type { Executor } from './client';
import { changes } from './schema';

export type ChangeTopic = 'component' | 'entry' | 'flow' | 'member' | 'file' | 'instance' | 'integration' | 'history' | 'comment' | 'notification' | 'export' | 'task';
export type Change = { workspaceId: string; topic: ChangeTopic; objectId: string; entryId?: number; deleted?: boolean };

/** Tells every browser that shows it, once the surrounding transaction commits (see table `changes`). */
export async function recordChange(db: Executor, change: Change): Promise<void> {
  await db.insert(changes).values({ ...change, entryId: change.entryId ?? null, deleted: change.deleted ?? false });
}

export async function recordChanges(db: Executor, list: readonly Change[]): Promise<void> {
  if (list.length > 0) await db.insert(changes).values(list.map((change) => ({ ...change, entryId: change.entryId ?? null, deleted: change.deleted ?? false })));
}
