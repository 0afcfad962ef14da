import { and, asc, count, eq } from 'drizzle-orm';
import { fail, type Result } from '#flow/failure';
import { newId } from '#flow/id';
import { text } from '#flow/text';
import type { Access } from './access';
import type { Database, Executor } from './client';
import { headOf, type Person } from './flow-history';
import { findFlow } from './flows';
import { permitted } from './permitted';
import { recordChange } from './record-change';
import { flowCheckpoints, flowUpdates, user } from './schema';

/** Moments of a flow's edit log that somebody gave a name, to find them again. */
export type Checkpoint = { id: string; seq: number; at: string; name: string; createdBy: Person | null; createdAt: string };

/** A history with more names than this is none to find anything in. */
const most = 200;

export async function listCheckpoints(database: Database, access: Access, flowId: string): Promise<Result<{ items: Checkpoint[] }>> {
  return permitted(access, 'workspace.read', async () => {
    await findFlow(database.db, access.workspaceId, flowId);
    return { items: await select(database.db, flowId) };
  });
}

/** Names the moment `seq`, or what the flow is now. */
export async function createCheckpoint(database: Database, access: Access, flowId: string, { name, seq }: { name: string; seq?: number | undefined }): Promise<Result<Checkpoint>> {
  return permitted(access, 'flows.edit', () => database.db.transaction(async (db) => {
    await findFlow(db, access.workspaceId, flowId);
    const head = await headOf(db, flowId);
    const place = seq ?? head;
    if (place > head) fail('MOMENT_NOT_FOUND', text(`The flow's history has no moment ${place} yet; the last is ${head}.`, `L’historique du flux n’a pas encore de moment ${place} ; le dernier est ${head}.`));
    const [held] = await db.select({ count: count() }).from(flowCheckpoints).where(eq(flowCheckpoints.flowId, flowId));
    if ((held?.count ?? 0) >= most) fail('LIMIT_EXCEEDED', text(`A flow has at most ${most} checkpoints. Delete some first.`, `Un flux a au plus ${most} repères. Supprimez-en d’abord.`));
    const id = newId('chk');
    await db.insert(flowCheckpoints).values({ id, flowId, seq: place, name, createdBy: access.user?.id ?? null });
    await recordChange(db, { workspaceId: access.workspaceId, topic: 'history', objectId: flowId });
    return only(await select(db, flowId, id));
  }));
}

export async function renameCheckpoint(database: Database, access: Access, flowId: string, id: string, name: string): Promise<Result<Checkpoint>> {
  return permitted(access, 'flows.edit', () => database.db.transaction(async (db) => {
    await findFlow(db, access.workspaceId, flowId);
    const renamed = await db.update(flowCheckpoints).set({ name }).where(and(eq(flowCheckpoints.id, id), eq(flowCheckpoints.flowId, flowId))).returning({ id: flowCheckpoints.id });
    if (renamed.length === 0) missing(id);
    await recordChange(db, { workspaceId: access.workspaceId, topic: 'history', objectId: flowId });
    return only(await select(db, flowId, id));
  }));
}

/** The name goes; the moment stays in the log. */
export async function deleteCheckpoint(database: Database, access: Access, flowId: string, id: string): Promise<Result<object>> {
  return permitted(access, 'flows.edit', () => database.db.transaction(async (db) => {
    await findFlow(db, access.workspaceId, flowId);
    const gone = await db.delete(flowCheckpoints).where(and(eq(flowCheckpoints.id, id), eq(flowCheckpoints.flowId, flowId))).returning({ id: flowCheckpoints.id });
    if (gone.length === 0) missing(id);
    await recordChange(db, { workspaceId: access.workspaceId, topic: 'history', objectId: flowId });
    return {};
  }));
}

async function select(db: Executor, flowId: string, id?: string): Promise<Checkpoint[]> {
  const rows = await db.select({
    id: flowCheckpoints.id, seq: flowCheckpoints.seq, at: flowUpdates.at, name: flowCheckpoints.name, userId: flowCheckpoints.createdBy, userName: user.name, createdAt: flowCheckpoints.createdAt,
  }).from(flowCheckpoints).innerJoin(flowUpdates, and(eq(flowUpdates.flowId, flowCheckpoints.flowId), eq(flowUpdates.seq, flowCheckpoints.seq))).leftJoin(user, eq(user.id, flowCheckpoints.createdBy))
    .where(and(eq(flowCheckpoints.flowId, flowId), id === undefined ? undefined : eq(flowCheckpoints.id, id))).orderBy(asc(flowCheckpoints.seq), asc(flowCheckpoints.createdAt));
  return rows.map(({ userId, userName, at, createdAt, ...row }) => ({ ...row, at: at.toISOString(), createdAt: createdAt.toISOString(), createdBy: userId === null ? null : { id: userId, name: userName ?? '' } }));
}

function only([row]: Checkpoint[]): Checkpoint {
  return row ?? missing('');
}

function missing(id: string): never {
  return fail('CHECKPOINT_NOT_FOUND', text(`The flow has no checkpoint "${id}".`, `Le flux n’a pas de repère « ${id} ».`));
}
