import { eq, sql } from 'drizzle-orm';
import { readCron } from '#flow/cron';
import { fail, FailureError, type Failure } from '#flow/failure';
import { text } from '#flow/text';
import type { Database, Executor } from './client';
import { deliverIn, runAsIdentity } from './deliveries';
import { hintNewWork } from './run-hint';
import { schedules } from './schema';
import { tellOfSchedule } from './schedule-news';

/**
 * Fires what is due, once, however many workers ask: the schedule's row is locked, moved on and its run requested in one
 * transaction, and nobody else sees the row meanwhile. Everything goes by the database's clock unless a test gives one.
 */
export type Fired = { scheduleId: string; at: string; outcome: TickOutcome; runId: string | null };
export type TickOutcome = 'run' | 'queued' | 'skipped' | 'missed' | 'refused';

/** A tick this late was missed: workers look every second. */
const lateMs = 90_000;
const mostWaiting = 100;
const keptTicks = 50;

type Due = {
  id: string; workspaceId: string; componentId: string; createdBy: string | null; title: string; flowId: string | null; cron: string; timeZone: string; overlap: string; catchUp: boolean; runAs: string | null;
  nextAt: string | null; waiting: number; due: boolean; busy: boolean; now: string;
};

/** One schedule's next step, or null when there is nothing to do. */
export async function fireNextSchedule(database: Database, clock: Date | null = null): Promise<Fired | null> {
  const fired = await database.db.transaction(async (tx) => {
    const schedule = await lockDue(tx, clock);
    return schedule && (schedule.due ? tick(tx, schedule) : release(tx, schedule));
  });
  if (fired?.runId) hintNewWork(database.sql, fired.runId);
  return fired;
}

async function lockDue(tx: Executor, clock: Date | null): Promise<Due | null> {
  const now = clock === null ? sql`now()` : sql`${clock.toISOString()}::timestamptz`;
  const iso = (time: ReturnType<typeof sql>) => sql`to_char(${time} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
  const busy = sql`exists (select 1 from run_slots z join runs r on r.id = z.run_id where z.flow_id = c.settings->>'inputFlowId' and r.trigger = 'cron')`;
  const [row] = await tx.execute<Due>(sql`
    select s.id, s.workspace_id as "workspaceId", s.component_id as "componentId", s.created_by as "createdBy", c.title, c.settings->>'inputFlowId' as "flowId", s.cron, s.time_zone as "timeZone", s.overlap, s.catch_up as "catchUp", s.run_as as "runAs",
      ${iso(sql`s.next_at`)} as "nextAt", s.waiting, coalesce(s.next_at <= ${now}, false) as due, ${busy} as busy, ${iso(now)} as now
    from schedules s join components c on c.id = s.component_id and c.deleted_at is null
    where s.enabled and (s.next_at <= ${now} or (s.waiting > 0 and not ${busy}))
    order by s.next_at limit 1 for update of s skip locked`);
  return row ?? null;
}

async function tick(tx: Executor, schedule: Due): Promise<Fired> {
  const at = schedule.nextAt ?? schedule.now;
  const now = new Date(schedule.now);
  const reading = readCron(schedule.cron, schedule.timeZone, now);
  const late = now.getTime() - new Date(at).getTime() > lateMs;
  let waiting = schedule.waiting;
  let made: { outcome: TickOutcome; runId: string | null; failure: Failure | null };
  if (late && !schedule.catchUp) made = { outcome: 'missed', runId: null, failure: null };
  else if (!schedule.busy && waiting === 0) made = await start(tx, schedule);
  else if (schedule.overlap === 'queue' && waiting < mostWaiting) {
    waiting += 1;
    made = { outcome: 'queued', runId: null, failure: null };
  } else made = { outcome: 'skipped', runId: null, failure: null };
  const next = reading.ok ? reading.next(now) : null;
  // A rule that was readable once (its time zone may have gone since) would stay silent for good.
  await tx.update(schedules).set({ nextAt: next, waiting, ...(next === null ? { enabled: false } : {}) }).where(eq(schedules.id, schedule.id));
  await record(tx, schedule.id, at, made);
  if (made.failure && next !== null) await tellOfRefusal(tx, schedule, made.failure);
  if (next === null) await tellOfSchedule(tx, schedule, { subject: text(`The schedule of "${schedule.title}" was switched off`, `La planification de « ${schedule.title} » a été désactivée`), body: reading.ok ? neverAgain : reading.text, isLast: true });
  return { scheduleId: schedule.id, at, outcome: made.outcome, runId: made.runId };
}

const neverAgain = text('Its time never comes again. Give it another one.', 'Son heure ne reviendra plus. Donnez-en une autre.');

function tellOfRefusal(tx: Executor, schedule: Due, { text: body }: Failure): Promise<void> {
  return tellOfSchedule(tx, schedule, { subject: text(`The schedule of "${schedule.title}" cannot run`, `La planification de « ${schedule.title} » ne peut pas s’exécuter`), body });
}

/** A queued tick whose turn has come. It stays under the time it was due at. */
async function release(tx: Executor, schedule: Due): Promise<Fired> {
  const [oldest] = await tx.execute<{ at: string }>(sql`select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at from schedule_ticks where schedule_id = ${schedule.id} and outcome = 'queued' order by at limit 1`);
  const made = await start(tx, schedule);
  await tx.update(schedules).set({ waiting: schedule.waiting - 1 }).where(eq(schedules.id, schedule.id));
  const at = oldest?.at ?? schedule.now;
  await record(tx, schedule.id, at, made);
  if (made.failure) await tellOfRefusal(tx, schedule, made.failure);
  return { scheduleId: schedule.id, at, outcome: made.outcome, runId: made.runId };
}

/** The run, or why there is none: what goes wrong with one schedule is its own affair and stands in its ticks. */
async function start(tx: Executor, { workspaceId, flowId, title, runAs }: Due): Promise<{ outcome: TickOutcome; runId: string | null; failure: Failure | null }> {
  try {
    const { runId } = await tx.transaction(async (inner) => {
      if (flowId === null) fail('FLOW_NOT_FOUND', text('This component has no input dataflow. Choose one in its settings.', 'Ce composant n’a pas de flux d’entrée. Choisissez-en un dans ses paramètres.'));
      const identity = await runAsIdentity(inner, workspaceId, runAs);
      return deliverIn(inner, { workspaceId, flowId, trigger: 'cron', triggerName: title, identity, input: undefined });
    });
    return { outcome: 'run', runId, failure: null };
  } catch (error) {
    if (error instanceof FailureError) return { outcome: 'refused', runId: null, failure: error.failure };
    throw error;
  }
}

async function record(tx: Executor, scheduleId: string, at: string, { outcome, runId, failure }: { outcome: TickOutcome; runId: string | null; failure: Failure | null }): Promise<void> {
  await tx.execute(sql`insert into schedule_ticks (schedule_id, at, outcome, run_id, failure) values (${scheduleId}, ${at}, ${outcome}, ${runId}, ${failure === null ? null : JSON.stringify(failure)}::jsonb)
    on conflict (schedule_id, at) do update set outcome = excluded.outcome, run_id = excluded.run_id, failure = excluded.failure, recorded_at = now()`);
  await tx.execute(sql`delete from schedule_ticks where schedule_id = ${scheduleId} and outcome <> 'queued' and at < (
    select at from schedule_ticks where schedule_id = ${scheduleId} order by at desc offset ${keptTicks} limit 1)`);
}
