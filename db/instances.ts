import { and, desc, eq, inArray, isNull, lt, or, sql } from 'drizzle-orm';
import { z } from 'zod';
import { fail, type Result } from '#flow/failure';
import { newId } from '#flow/id';
import { text } from '#flow/text';
import type { Access } from './access';
import type { Database, Executor } from './client';
import { decodeCursor, paged, type Listed, type Page } from './page';
import { permitted } from './permitted';
import { recordChange } from './record-change';
import { hintNewWork } from './run-hint';
import type { Starter } from './run-request';
import { signalRun, starterOf } from './run-signal';
import { components, flows, instances, instanceTransitions, runs } from './schema';
import { closeTasks } from './tasks';

/** Workflow instances (concepts.md §4). Their state follows their newest run, in the transaction of its events. */
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

const isNewest = sql`not exists (select 1 from instances newer where newer.component_id = ${instances.componentId} and newer.entry_id = ${instances.entryId} and (newer.created_at, newer.id) > (${instances.createdAt}, ${instances.id}))`;

export type InstanceQuery = { entryId?: number | readonly number[] | undefined; /** Of each entry only the one that began last. */ newest?: boolean | undefined };

export async function listInstances(database: Database, access: Access, componentId: string, page: InstanceQuery & Page) {
  return permitted(access, 'workspace.read', async (): Promise<Listed<InstanceView>> => {
    const [component] = await database.db.select({ id: components.id }).from(components).where(and(eq(components.id, componentId), eq(components.workspaceId, access.workspaceId), isNull(components.deletedAt)));
    if (!component) fail('COMPONENT_NOT_FOUND', text(`There is no component "${componentId}".`, `Il n’y a pas de composant « ${componentId} ».`));
    const after = decodeCursor(page.cursor, z.tuple([z.iso.datetime(), z.string()]));
    const rows = await database.db.select({
      id: instances.id, flowId: instances.flowId, flowName: flows.name, componentId: instances.componentId, entryId: instances.entryId, state: instances.state, attempt: instances.attempt,
      createdAt: instances.createdAt, updatedAt: instances.updatedAt,
      runs: sql<string[]>`array(select id from runs where instance_id = ${instances.id} order by id desc limit 50)`,
    }).from(instances).innerJoin(flows, eq(instances.flowId, flows.id))
      .where(and(eq(instances.componentId, componentId), page.entryId === undefined ? undefined : inArray(instances.entryId, [page.entryId].flat()), page.newest ? isNewest : undefined,
        after ? or(lt(instances.createdAt, new Date(after[0])), and(eq(instances.createdAt, new Date(after[0])), lt(instances.id, after[1]))) : undefined))
      .orderBy(desc(instances.createdAt), desc(instances.id)).limit(page.limit + 1);
    return paged(rows, page.limit, (row) => [row.createdAt.toISOString(), row.id], (row) => ({ ...row, createdAt: row.createdAt.toISOString(), updatedAt: row.updatedAt.toISOString() }));
  });
}

/**
 * Back to draft (concepts.md §4): one that waits by way of its run, one that ended at once; values and history stay. A
 * reset and an answer that meet are told apart by the open question: who closes it has won.
 */
export async function resetInstance(database: Database, access: Access, instanceId: string) {
  const done = await permitted(access, 'runs.control', async () => database.db.transaction(async (tx) => {
    const before = await stateOfInstance(tx, access, instanceId);
    const [run] = await tx.select({ id: runs.id }).from(runs).where(eq(runs.instanceId, instanceId)).orderBy(desc(runs.id)).limit(1);
    const isActive = run !== undefined && (await tx.execute(sql`select 1 from run_slots where run_id = ${run.id} for update`)).length > 0;
    const state = isActive ? await stateOfInstance(tx, access, instanceId) : before;
    if (state === 'draft') fail('STATE_INVALID', text('This instance is a draft already.', 'Cette instance est déjà un brouillon.'));
    if (isActive) {
      const closed = await closeTasks(tx, access.workspaceId, run.id);
      if (state !== 'waiting' || (closed === 0 && (await isAnswered(tx, run.id)))) fail('STATE_INVALID', text('This instance is at work. Wait until it asks or ends, or cancel it first.', 'Cette instance travaille. Attendez qu’elle demande ou se termine, ou annulez-la d’abord.'));
      await signalRun(tx, run.id, 'reset', starterOf(access));
      return { id: instanceId, runId: run.id };
    }
    const moved = await tx.update(instances).set({ state: 'draft', updatedAt: new Date(), movedBy: starterOf(access), movedRun: null, movedStep: null, movedReason: 'reset' })
      .where(and(eq(instances.id, instanceId), inArray(instances.state, ['finished', 'failed', 'cancelled']))).returning({ id: instances.id });
    if (moved.length === 0) fail('STATE_INVALID', text('This instance has just moved on. Look again.', 'Cette instance vient d’avancer. Regardez à nouveau.'));
    await recordChange(tx, { workspaceId: access.workspaceId, topic: 'instance', objectId: instanceId });
    return { id: instanceId, runId: null };
  }));
  if (done.ok && done.runId !== null) hintNewWork(database.sql, done.runId);
  return done;
}

async function stateOfInstance(tx: Executor, access: Access, instanceId: string): Promise<string> {
  const [instance] = await tx.select({ state: instances.state }).from(instances).where(and(eq(instances.id, instanceId), eq(instances.workspaceId, access.workspaceId)));
  if (!instance) fail('INSTANCE_NOT_FOUND', text(`There is no instance "${instanceId}".`, `Il n’y a pas d’instance « ${instanceId} ».`));
  return instance.state;
}

/** Somebody answered and the run has not gone on yet. */
async function isAnswered(tx: Executor, runId: string): Promise<boolean> {
  const found = await tx.execute(sql`select 1 from tasks t where t.run_id = ${runId} and t.state in ('answered', 'expired')
    and not exists (select 1 from run_events e where e.run_id = t.run_id and e.step_id = t.step_id and e.iteration = t.iteration and e.type = 'step.succeeded') limit 1`);
  return found.length > 0;
}

export type Transition = { from: string | null; to: string; attempt: number; runId: string | null; stepId: string | null; stepName: string | null; actor: Starter | null; reason: string; at: string };

/** Every move of an instance, newest first: from, to, at which step, by whom, why. */
export async function listTransitions(database: Database, access: Access, instanceId: string, page: Page): Promise<Result<Listed<Transition>>> {
  return permitted(access, 'workspace.read', async () => {
    await stateOfInstance(database.db, access, instanceId);
    const after = decodeCursor(page.cursor, z.int());
    const rows = await database.db.select({
      id: instanceTransitions.id, from: instanceTransitions.from, to: instanceTransitions.to, attempt: instanceTransitions.attempt, runId: instanceTransitions.runId, stepId: instanceTransitions.stepId,
      actor: instanceTransitions.actor, reason: instanceTransitions.reason, at: instanceTransitions.at,
      stepName: sql<string | null>`(select jsonb_path_query_first(v.definition, '$.lanes[*].stages[*].steps[*] ? (@.id == $id)', jsonb_build_object('id', ${instanceTransitions.stepId})) ->> 'name'
        from runs r join flow_versions v on v.id = r.flow_version_id where r.id = ${instanceTransitions.runId})`,
    }).from(instanceTransitions).where(and(eq(instanceTransitions.instanceId, instanceId), after === null ? undefined : lt(instanceTransitions.id, after))).orderBy(desc(instanceTransitions.id)).limit(page.limit + 1);
    return paged(rows, page.limit, (row) => row.id, ({ id: _id, ...row }) => ({ ...row, actor: actor.parse(row.actor), at: row.at.toISOString() }));
  });
}

const actor = z.object({ id: z.string().nullable(), name: z.string() }).nullable();
