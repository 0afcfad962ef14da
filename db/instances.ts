import { and, desc, eq, lt, or, sql } from 'drizzle-orm';
import { z } from 'zod';
import { fail } from '#flow/failure';
import { newId } from '#flow/id';
import { text } from '#flow/text';
import type { Access } from './access';
import type { Database, Executor } from './client';
import { decodeCursor, paged, type Listed, type Page } from './page';
import { permitted } from './permitted';
import { recordChange } from './record-change';
import type { Starter } from './run-request';
import { signalRun, starterOf } from './run-signal';
import { components, flows, instances, runs } from './schema';

/** Workflow instances (concepts.md §4). Their state follows their newest run, in the transaction of its events. */
export const instanceStates = ['draft', 'running', 'waiting', 'finished', 'failed', 'cancelled'] as const;
export type InstanceState = (typeof instanceStates)[number];
export type InstanceView = {
  id: string; flowId: string; flowName: string; componentId: string; entryId: number | null; state: string; attempt: number;
  runs: string[]; createdAt: string; updatedAt: string;
};

/** A new instance, or the next attempt of one that was reset; refused while one is active for the same entry. */
export async function openInstance(tx: Executor, { by, ...at }: { workspaceId: string; componentId: string; flowId: string; entryId: number | null; by: Starter }): Promise<{ id: string; attempt: number }> {
  const move = { movedBy: by, movedRun: null, movedStep: null, movedReason: 'started' };
  if (at.entryId !== null) {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`instance ${at.flowId} ${at.entryId}`}, 0))`);
    const [active] = await tx.select({ id: instances.id, state: instances.state }).from(instances)
      .where(and(eq(instances.flowId, at.flowId), eq(instances.entryId, at.entryId), or(eq(instances.state, 'running'), eq(instances.state, 'waiting'))));
    if (active) alreadyRunning(at.entryId, active.id);
    const [draft] = await tx.update(instances).set({ state: 'running', attempt: sql`${instances.attempt} + 1`, updatedAt: new Date(), ...move })
      .where(sql`id = (select id from instances where flow_id = ${at.flowId} and entry_id = ${at.entryId} and state = 'draft' order by updated_at desc limit 1)`)
      .returning({ id: instances.id, attempt: instances.attempt });
    if (draft) return changed(tx, at.workspaceId, draft);
  }
  const made = { id: newId('ins'), attempt: 1 };
  await tx.insert(instances).values({ ...made, ...at, state: 'running', ...move });
  return changed(tx, at.workspaceId, made);
}

async function changed<T extends { id: string }>(tx: Executor, workspaceId: string, instance: T): Promise<T> {
  await recordChange(tx, { workspaceId, topic: 'instance', objectId: instance.id });
  return instance;
}

function alreadyRunning(entryId: number, instanceId: string): never {
  return fail('WORKFLOW_ALREADY_RUNNING', text(
    `This workflow is already at work on entry ${entryId} (instance ${instanceId}). Wait for it, or cancel it first.`,
    `Ce workflow travaille déjà sur l’entrée ${entryId} (instance ${instanceId}). Attendez sa fin, ou annulez-la d’abord.`), { details: { instanceId } });
}

export async function listInstances(database: Database, access: Access, componentId: string, page: { entryId?: number | undefined } & Page) {
  return permitted(access, 'workspace.read', async (): Promise<Listed<InstanceView>> => {
    const [component] = await database.db.select({ id: components.id }).from(components).where(and(eq(components.id, componentId), eq(components.workspaceId, access.workspaceId)));
    if (!component) fail('COMPONENT_NOT_FOUND', text(`There is no component "${componentId}".`, `Il n’y a pas de composant « ${componentId} ».`));
    const after = decodeCursor(page.cursor, z.tuple([z.iso.datetime(), z.string()]));
    const rows = await database.db.select({
      id: instances.id, flowId: instances.flowId, flowName: flows.name, componentId: instances.componentId, entryId: instances.entryId, state: instances.state, attempt: instances.attempt,
      createdAt: instances.createdAt, updatedAt: instances.updatedAt,
      runs: sql<string[]>`array(select id from runs where instance_id = ${instances.id} order by id desc limit 50)`,
    }).from(instances).innerJoin(flows, eq(instances.flowId, flows.id))
      .where(and(eq(instances.componentId, componentId), page.entryId === undefined ? undefined : eq(instances.entryId, page.entryId),
        after ? or(lt(instances.createdAt, new Date(after[0])), and(eq(instances.createdAt, new Date(after[0])), lt(instances.id, after[1]))) : undefined))
      .orderBy(desc(instances.createdAt), desc(instances.id)).limit(page.limit + 1);
    return paged(rows, page.limit, (row) => [row.createdAt.toISOString(), row.id], (row) => ({ ...row, createdAt: row.createdAt.toISOString(), updatedAt: row.updatedAt.toISOString() }));
  });
}

/** Back to draft: an ended instance at once, an active one by way of its run. Values and history stay. */
export async function resetInstance(database: Database, access: Access, instanceId: string) {
  return permitted(access, 'runs.control', async () => database.db.transaction(async (tx) => {
    const [instance] = await tx.select({ state: instances.state }).from(instances)
      .where(and(eq(instances.id, instanceId), eq(instances.workspaceId, access.workspaceId))).for('update');
    if (!instance) fail('INSTANCE_NOT_FOUND', text(`There is no instance "${instanceId}".`, `Il n’y a pas d’instance « ${instanceId} ».`));
    if (instance.state === 'draft') fail('STATE_INVALID', text('This instance is a draft already.', 'Cette instance est déjà un brouillon.'));
    if (instance.state === 'running' || instance.state === 'waiting') {
      const [run] = await tx.select({ id: runs.id }).from(runs).where(eq(runs.instanceId, instanceId)).orderBy(desc(runs.id)).limit(1);
      if (run) await signalRun(tx, run.id, 'reset', starterOf(access));
    } else {
      await tx.update(instances).set({ state: 'draft', updatedAt: new Date(), movedBy: starterOf(access), movedRun: null, movedStep: null, movedReason: 'reset' }).where(eq(instances.id, instanceId));
      await recordChange(tx, { workspaceId: access.workspaceId, topic: 'instance', objectId: instanceId });
    }
    return { id: instanceId };
  }));
}
