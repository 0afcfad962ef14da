import { and, eq, isNull, sql } from 'drizzle-orm';
import { failureShape } from '#flow/run-event';
import { text, type Text } from '#flow/text';
import type { Database, Executor } from './client';
import { notify, type NotificationLink } from './notifications';
import { members, notifications } from './schema';

/**
 * Nobody watches a scheduled run, so whoever made the schedule is told when it goes wrong; when they have left, the
 * owners are. While they have not read of it, nothing more is said: a schedule of every minute fills no inbox.
 * That it was switched off (`isLast`) is said in any case.
 */
export type Scheduled = { id: string; workspaceId: string; componentId: string; createdBy: string | null };
const mostAtOnce = 100;

export async function tellOfSchedule(tx: Executor, schedule: Scheduled, { subject, body, link = {}, isLast = false }: { subject: Text; body: Text; link?: NotificationLink; isLast?: boolean }): Promise<void> {
  const people = await whoCares(tx, schedule);
  const unread = isLast ? [] : await tx.selectDistinct({ userId: notifications.userId }).from(notifications)
    .where(and(eq(notifications.workspaceId, schedule.workspaceId), isNull(notifications.readAt), sql`${notifications.link}->>'scheduleId' = ${schedule.id}`));
  const userIds = people.filter((id) => !unread.some((each) => each.userId === id));
  await notify(tx, { workspaceId: schedule.workspaceId, userIds, kind: 'warning', subject, body, link: { ...link, scheduleId: schedule.id, componentId: schedule.componentId } });
}

async function whoCares(tx: Executor, { workspaceId, createdBy }: Scheduled): Promise<string[]> {
  const rows = await tx.select({ id: members.userId, role: members.role }).from(members).where(eq(members.workspaceId, workspaceId));
  const maker = rows.find((each) => each.id === createdBy);
  return maker ? [maker.id] : rows.filter((each) => each.role === 'owner').map((each) => each.id);
}

type Ended = Scheduled & { at: string; runId: string; flowId: string; flowName: string; status: string; error: string | null };

/** Looks once at each scheduled run that has ended, whichever of many workers does. */
export async function settleTicks(database: Database): Promise<number> {
  return database.db.transaction(async (tx) => {
    const ended = await tx.execute<Ended>(sql`
      select s.id, s.workspace_id as "workspaceId", s.component_id as "componentId", s.created_by as "createdBy", t.at::text as at, r.id as "runId", r.flow_id as "flowId", f.name as "flowName", r.status, r.error::text as error
      from schedule_ticks t join schedules s on s.id = t.schedule_id join runs r on r.id = t.run_id::uuid join flows f on f.id = r.flow_id
      where t.outcome = 'run' and not t.settled and r.finished_at is not null order by t.at limit ${mostAtOnce} for update of t skip locked`);
    for (const { at, runId, flowId, flowName, status, error, ...schedule } of ended) {
      await tx.execute(sql`update schedule_ticks set settled = true where schedule_id = ${schedule.id} and at = ${at}::timestamptz`);
      if (status !== 'failed' && status !== 'quarantined') continue;
      const why = failureShape.safeParse(JSON.parse(error ?? 'null')).data?.text ?? text('Its workers died again and again.', 'Ses travailleurs se sont arrêtés à répétition.');
      await tellOfSchedule(tx, schedule, { subject: text(`The scheduled run of "${flowName}" failed`, `L’exécution planifiée de « ${flowName} » a échoué`), body: why, link: { flowId, runId } });
    }
    return ended.length;
  });
}
