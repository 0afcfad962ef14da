import { and, asc, desc, eq, gt, isNull, sql } from 'drizzle-orm';
import { z } from 'zod';
import { nextTimes, readCron, type OverlapRule } from '#flow/cron';
import { fail, type Failure, type Result } from '#flow/failure';
import { newId } from '#flow/id';
import { failureShape } from '#flow/run-event';
import { text } from '#flow/text';
import { allows, type Access } from './access';
import { recordAudit } from './audit';
import type { Database, Executor } from './client';
import { checkInputFlow, missingComponent } from './components';
import { memberIdentity } from './deliveries';
import { decodeCursor, paged, type Listed, type Page } from './page';
import { permitted } from './permitted';
import { recordChange } from './record-change';
import { components, flows, schedules, scheduleTicks, user } from './schema';

/** The cron of a component (concepts.md §6): when its input dataflow runs, and as whom. */
export type ScheduleWish = { cron: string; timeZone: string; overlap: OverlapRule; catchUp: boolean; runAs: string | null; enabled: boolean; flowId?: string | undefined };
export type Tick = { at: string; outcome: string; runId: string | null; failure: Failure | null };
export type ScheduleView = {
  id: string; componentId: string; componentTitle: string; flowId: string | null; flowName: string | null; cron: string; timeZone: string; overlap: OverlapRule; catchUp: boolean;
  runAs: { id: string; name: string } | null; enabled: boolean; waiting: number; createdAt: string; updatedAt: string;
  /** The next three times, none while it is off. */
  next: string[];
  /** What became of the last ticks, newest first. */
  ticks: Tick[];
};

const shownTicks = 5;

export async function createSchedule(database: Database, access: Access, componentId: string, wish: ScheduleWish): Promise<Result<{ schedule: ScheduleView }>> {
  return permitted(access, 'flows.publish', () => database.db.transaction(async (tx) => {
    await lockedComponent(tx, access, componentId);
    const [there] = await tx.select({ id: schedules.id }).from(schedules).where(eq(schedules.componentId, componentId));
    if (there) fail('CONFLICT', text(`This component has a schedule already (${there.id}). Change that one.`, `Ce composant a déjà une planification (${there.id}). Modifiez-la.`), { details: { scheduleId: there.id } });
    const id = newId('sch');
    const { flowId, ...own } = wish;
    await checkRunAs(tx, access, own.runAs, null);
    await chooseInput(tx, access, componentId, flowId);
    await tx.insert(schedules).values({ id, workspaceId: access.workspaceId, componentId, ...own, nextAt: await nextAt(tx, own), createdBy: access.user?.id ?? null });
    await noted(tx, access, 'schedule.created', { id, componentId });
    return { schedule: await viewOf(tx, access, id) };
  }));
}

export async function updateSchedule(database: Database, access: Access, id: string, wish: { [key in keyof ScheduleWish]?: ScheduleWish[key] | undefined }): Promise<Result<{ schedule: ScheduleView }>> {
  return permitted(access, 'flows.publish', () => database.db.transaction(async (tx) => {
    const [before] = await tx.select().from(schedules).where(scheduleIs(access, id)).for('update');
    if (!before) missingSchedule(id);
    await lockedComponent(tx, access, before.componentId);
    const cron = wish.cron ?? before.cron;
    const timeZone = wish.timeZone ?? before.timeZone;
    const enabled = wish.enabled ?? before.enabled;
    const runAs = wish.runAs === undefined ? before.runAs : wish.runAs;
    await checkRunAs(tx, access, runAs, before.runAs);
    await chooseInput(tx, access, before.componentId, wish.flowId);
    // Only another time begins anew: changing whom it runs as must not swallow a tick that is due.
    const moved = cron !== before.cron || timeZone !== before.timeZone || enabled !== before.enabled;
    await tx.update(schedules).set({
      cron, timeZone, enabled, runAs, overlap: wish.overlap ?? before.overlap, catchUp: wish.catchUp ?? before.catchUp, updatedAt: sql`now()`,
      ...(moved ? { nextAt: await nextAt(tx, { cron, timeZone }), waiting: 0 } : {}),
    }).where(eq(schedules.id, id));
    await noted(tx, access, 'schedule.changed', { id, componentId: before.componentId });
    return { schedule: await viewOf(tx, access, id) };
  }));
}

export async function deleteSchedule(database: Database, access: Access, id: string): Promise<Result<object>> {
  return permitted(access, 'flows.publish', () => database.db.transaction(async (tx) => {
    const [gone] = await tx.delete(schedules).where(scheduleIs(access, id)).returning({ componentId: schedules.componentId });
    if (!gone) missingSchedule(id);
    await noted(tx, access, 'schedule.deleted', { id, componentId: gone.componentId });
    return {};
  }));
}

export async function getSchedule(database: Database, access: Access, id: string): Promise<Result<{ schedule: ScheduleView }>> {
  return permitted(access, 'workspace.read', async () => ({ schedule: await viewOf(database.db, access, id) }));
}

export async function listSchedules(database: Database, access: Access, query: { componentId?: string | undefined } & Page): Promise<Result<Listed<ScheduleView>>> {
  return permitted(access, 'workspace.read', async () => {
    const after = decodeCursor(query.cursor, z.string());
    const rows = await selectSchedules(database.db)
      .where(and(eq(schedules.workspaceId, access.workspaceId), isNull(components.deletedAt), query.componentId === undefined ? undefined : eq(schedules.componentId, query.componentId), after === null ? undefined : gt(schedules.id, after)))
      .orderBy(asc(schedules.id)).limit(query.limit + 1);
    const page = paged(rows, query.limit, (row) => row.id, (row) => row);
    return { items: await Promise.all(page.items.map((row) => shown(database.db, row))), nextCursor: page.nextCursor };
  });
}

const scheduleIs = (access: Access, id: string) => and(eq(schedules.id, id), eq(schedules.workspaceId, access.workspaceId));

function selectSchedules(db: Executor) {
  return db.select({
    id: schedules.id, componentId: schedules.componentId, componentTitle: components.title, flowId: flows.id, flowName: flows.name, cron: schedules.cron, timeZone: schedules.timeZone, overlap: schedules.overlap,
    catchUp: schedules.catchUp, runAs: schedules.runAs, runAsName: user.name, enabled: schedules.enabled, waiting: schedules.waiting, nextAt: schedules.nextAt, createdAt: schedules.createdAt, updatedAt: schedules.updatedAt,
  }).from(schedules).innerJoin(components, eq(components.id, schedules.componentId)).leftJoin(user, eq(user.id, schedules.runAs))
    .leftJoin(flows, and(sql`${flows.id} = ${components.settings}->>'inputFlowId'`, eq(flows.componentId, components.id), isNull(flows.deletedAt))).$dynamic();
}

type Row = Awaited<ReturnType<typeof selectSchedules>>[number];

async function shown(db: Executor, { runAs, runAsName, nextAt: next, createdAt, updatedAt, overlap, ...row }: Row): Promise<ScheduleView> {
  const reading = readCron(row.cron, row.timeZone, new Date());
  const ticks = await db.select().from(scheduleTicks).where(eq(scheduleTicks.scheduleId, row.id)).orderBy(desc(scheduleTicks.at)).limit(shownTicks);
  return {
    ...row, overlap: overlap === 'queue' ? 'queue' : 'skip', runAs: runAs === null ? null : { id: runAs, name: runAsName ?? '' }, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString(),
    next: row.enabled && next !== null && reading.ok ? [next, ...nextTimes(reading, next, 2)].map((each) => each.toISOString()) : [],
    ticks: ticks.map((tick) => ({ at: tick.at.toISOString(), outcome: tick.outcome, runId: tick.runId, failure: failureShape.safeParse(tick.failure).data ?? null })),
  };
}

async function viewOf(db: Executor, access: Access, id: string): Promise<ScheduleView> {
  const [row] = await selectSchedules(db).where(and(scheduleIs(access, id), isNull(components.deletedAt)));
  return row ? shown(db, row) : missingSchedule(id);
}

/** The first time after the database's now; an expression that is none, or never fires, is refused. */
async function nextAt(tx: Executor, { cron, timeZone }: { cron: string; timeZone: string }): Promise<Date | null> {
  const [clock] = await tx.execute<{ now: string }>(sql`select to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as now`);
  const now = new Date(clock?.now ?? Date.now());
  const reading = readCron(cron, timeZone, now);
  return reading.ok ? reading.next(now) : fail('PARAM_INVALID', reading.text, { path: 'cron' });
}

/** An editor lends their own name only; who manages people may choose any member who may start runs. */
async function checkRunAs(tx: Executor, access: Access, runAs: string | null, before: string | null): Promise<void> {
  if (runAs === null || runAs === before) return;
  const identity = await memberIdentity(tx, access.workspaceId, runAs);
  if (!identity) fail('MEMBER_NOT_FOUND', text(`There is no member "${runAs}" in this workspace. GET /members lists them.`, `Il n’y a pas de membre « ${runAs} » dans cet espace. GET /members les liste.`), { path: 'runAs' });
  if (!allows(identity.role, 'runs.start')) fail('ACCESS_DENIED', text(`${identity.user?.name ?? ''} may not start runs. Choose somebody with the role operator or more.`, `${identity.user?.name ?? ''} ne peut pas lancer d’exécution. Choisissez quelqu’un qui a au moins le rôle opérateur.`), { path: 'runAs' });
  if (runAs !== access.user?.id && !allows(access.role, 'people.manage')) fail('ACCESS_DENIED', text('Only an admin may let a schedule run as somebody else. Choose yourself, or nobody.', 'Seul un administrateur peut planifier au nom d’autrui. Choisissez-vous, ou personne.'), { path: 'runAs' });
}

async function lockedComponent(tx: Executor, access: Access, componentId: string): Promise<void> {
  const [row] = await tx.select({ id: components.id }).from(components)
    .where(and(eq(components.id, componentId), eq(components.workspaceId, access.workspaceId), isNull(components.deletedAt))).for('update');
  if (!row) missingComponent(componentId);
}

async function chooseInput(tx: Executor, access: Access, componentId: string, flowId: string | undefined): Promise<void> {
  if (flowId === undefined) return;
  await checkInputFlow(tx, access.workspaceId, componentId, flowId);
  await tx.update(components).set({ settings: sql`${components.settings} || ${JSON.stringify({ inputFlowId: flowId })}::jsonb` }).where(eq(components.id, componentId));
}

async function noted(tx: Executor, access: Access, action: string, { id, componentId }: { id: string; componentId: string }): Promise<void> {
  await recordAudit(tx, { workspaceId: access.workspaceId, userId: access.user?.id ?? null, action, objectId: id, data: { componentId } });
  await recordChange(tx, { workspaceId: access.workspaceId, topic: 'component', objectId: componentId });
}

function missingSchedule(id: string): never {
  return fail('SCHEDULE_NOT_FOUND', text(`There is no schedule "${id}" in this workspace. GET /schedules lists them.`, `Il n’y a pas de planification « ${id} » dans cet espace. GET /schedules les liste.`));
}
