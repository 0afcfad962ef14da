import { and, asc, desc, eq, inArray, lt, or, sql } from 'drizzle-orm';
import { z } from 'zod';
import { equal } from '#flow/compare';
import { fail, type Result } from '#flow/failure';
import { newId } from '#flow/id';
import type { Json } from '#flow/json';
import type { Person, Question, TaskOption, TaskState } from '#flow/steps/capabilities';
import { bothTexts, text, type Text } from '#flow/text';
import type { Access } from './access';
import type { Database, Executor } from './client';
import { storable, storableJson } from './event-hash';
import { notify } from './notifications';
import { decodeCursor, paged, type Listed, type Page } from './page';
import { permitted } from './permitted';
import { recordChange } from './record-change';
import { hintNewWork } from './run-hint';
import { starterOf } from './run-signal';
import { entries, flows, members, runs, taskRecipients, tasks, user } from './schema';

/**
 * Questions that workflows wait for. The row decides who was first: whoever moves it out of `open` has won. The run's
 * slot is always locked before the task, as the engine's appends do.
 */
export const taskStates = ['open', 'answered', 'expired', 'closed'] as const;
const options = z.array(z.object({ value: z.json(), label: bothTexts }));

export type TaskOrigin = {
  workspaceId: string; runId: string; stepId: string; iteration: number; instanceId: string | null; flowId: string; flowName: string; componentId: string; entryId: number | null;
  lockedFields: readonly string[];
};

/** In the transaction of the step's record: the question, whom it is put to, and their notification. */
export async function openTask(tx: Executor, origin: TaskOrigin, asked: Question): Promise<{ taskId: string }> {
  const { flowName, lockedFields, ...at } = origin;
  const taskId = newId('tsk');
  const question = text(storable(asked.question.en.slice(0, 2_000)), storable(asked.question.fr.slice(0, 2_000)));
  await tx.insert(tasks).values({ id: taskId, ...at, question, options: storableJson(asked.options), lockedFields: [...lockedFields], dueAt: asked.dueAt === null ? null : new Date(asked.dueAt) });
  await tx.insert(taskRecipients).values(asked.people.map(({ id }) => ({ taskId, userId: id })));
  await notify(tx, {
    workspaceId: at.workspaceId, userIds: asked.people.map((each) => each.id), kind: 'task', subject: question, body: text(`${flowName} waits for your answer.`, `${flowName} attend votre réponse.`),
    link: { taskId, flowId: at.flowId, runId: at.runId, stepId: at.stepId, componentId: at.componentId, ...(at.entryId === null ? {} : { entryId: at.entryId }) },
  });
  await recordChange(tx, { workspaceId: at.workspaceId, topic: 'task', objectId: taskId });
  return { taskId };
}

export async function taskState(db: Executor, workspaceId: string, taskId: string): Promise<TaskState | null> {
  const [row] = await db.select({ task: tasks, isDue: sql<boolean>`coalesce(${tasks.dueAt} <= clock_timestamp(), false)` }).from(tasks).where(and(eq(tasks.id, taskId), eq(tasks.workspaceId, workspaceId)));
  if (!row) return null;
  const { task } = row;
  return {
    state: stateOf(task.state), isDue: row.isDue, dueAt: task.dueAt?.toISOString() ?? null, people: (await recipientsOf(db, [taskId])).get(taskId) ?? [],
    question: bothTexts.parse(task.question), options: options.parse(task.options), answer: z.json().parse(task.answer ?? null),
    answeredBy: task.answeredBy === null ? null : { id: task.answeredBy, name: task.answeredByName ?? '' },
  };
}

/** The due time of a question nobody answered: with an answer of the workflow's own, or without. */
export async function expireTask(tx: Executor, at: { workspaceId: string; runId: string }, taskId: string, answer: Json): Promise<void> {
  await tx.execute(sql`select 1 from run_slots where run_id = ${at.runId} for share`);
  const rows = await tx.update(tasks).set({ state: 'expired', answer: storableJson(answer), closedAt: sql`clock_timestamp()` }).where(and(eq(tasks.id, taskId), eq(tasks.state, 'open'))).returning({ id: tasks.id });
  if (rows.length > 0) await recordChange(tx, { workspaceId: at.workspaceId, topic: 'task', objectId: taskId });
}

/** Without its question a wait is over: answers that come later are refused. The slot must be locked. */
export async function closeTasks(tx: Executor, workspaceId: string, runId: string): Promise<number> {
  const closed = await tx.update(tasks).set({ state: 'closed', closedAt: sql`clock_timestamp()` }).where(and(eq(tasks.runId, runId), eq(tasks.workspaceId, workspaceId), eq(tasks.state, 'open'))).returning({ id: tasks.id });
  for (const { id } of closed) await recordChange(tx, { workspaceId, topic: 'task', objectId: id });
  return closed.length;
}

export type TaskView = {
  id: string; state: (typeof taskStates)[number]; question: Text; options: TaskOption[]; dueAt: string | null; createdAt: string; recipients: Person[];
  answer: Json; answeredBy: Person | null; answeredAt: string | null;
  flow: { id: string; name: string }; runId: string; stepId: string; instanceId: string | null; componentId: string; entryId: number | null; entryName: string | null; startedBy: { id: string | null; name: string };
  lockedFields: string[];
  /** Whether the one who asks is among those who are asked. */
  isMine: boolean;
};
export type TaskFilter = { state?: (typeof taskStates)[number] | 'all' | undefined; whose?: 'mine' | 'all' | undefined; componentId?: string | undefined; entryId?: number | undefined; runId?: string | undefined };

/** Newest first; one's own open ones unless asked otherwise. */
export async function listTasks(database: Database, access: Access, { state = 'open', whose = 'mine', componentId, entryId, runId, ...page }: TaskFilter & Page): Promise<Result<Listed<TaskView>>> {
  return permitted(access, 'workspace.read', async () => {
    const after = decodeCursor(page.cursor, z.tuple([z.iso.datetime(), z.string()]));
    const rows = await selectTasks(database.db).where(and(
      eq(tasks.workspaceId, access.workspaceId), state === 'all' ? undefined : eq(tasks.state, state), whose === 'mine' ? isMine(access) : undefined,
      componentId === undefined ? undefined : eq(tasks.componentId, componentId), entryId === undefined ? undefined : eq(tasks.entryId, entryId), runId === undefined ? undefined : eq(tasks.runId, runId),
      after ? or(lt(tasks.createdAt, new Date(after[0])), and(eq(tasks.createdAt, new Date(after[0])), lt(tasks.id, after[1]))) : undefined,
    )).orderBy(desc(tasks.createdAt), desc(tasks.id)).limit(page.limit + 1);
    const people = await recipientsOf(database.db, rows.map((row) => row.task.id));
    return paged(rows, page.limit, (row) => [row.task.createdAt.toISOString(), row.task.id], (row) => viewOf(row, people.get(row.task.id) ?? [], access));
  });
}

export async function getTask(database: Database, access: Access, taskId: string): Promise<Result<{ task: TaskView }>> {
  return permitted(access, 'workspace.read', async () => ({ task: await viewTask(database.db, access, taskId) }));
}

/** How many questions wait for a person. */
export async function openTasksOf(database: Database, access: Access): Promise<number> {
  return database.db.$count(tasks, and(eq(tasks.workspaceId, access.workspaceId), eq(tasks.state, 'open'), isMine(access)));
}

/** The first answer is the answer; everybody who is later learns whose it was. The run goes on by its owner. */
export async function answerTask(database: Database, access: Access, taskId: string, value: Json): Promise<Result<{ task: TaskView }>> {
  const done = await permitted(access, 'tasks.answer', () => database.db.transaction(async (tx) => {
    const before = await viewTask(tx, access, taskId);
    if (!before.isMine) fail('ACCESS_DENIED', text('This question was put to others. Only they may answer it.', 'Cette question a été posée à d’autres. Eux seuls peuvent y répondre.'));
    await tx.execute(sql`update run_slots set wakes = wakes + 1, ready_at = least(ready_at, now()) where run_id = ${before.runId}`);
    const [locked] = await tx.select().from(tasks).where(eq(tasks.id, taskId)).for('update');
    if (!locked) throw new Error(`task ${taskId} disappeared`);
    refuseLate(stateOf(locked.state), locked.answeredByName ?? '');
    const option = before.options.find((each) => equal(each.value, value));
    if (!option) fail('VALIDATION_FAILED', notOffered(before.options), { path: 'value' });
    const by = starterOf(access);
    await tx.update(tasks).set({ state: 'answered', answer: storableJson(option.value), answeredBy: by.id, answeredByName: by.name, answeredAt: sql`clock_timestamp()`, closedAt: sql`clock_timestamp()` }).where(eq(tasks.id, taskId));
    await tx.execute(sql`insert into run_inbox (run_id, kind, dedupe_key, payload) values (${before.runId}, 'answer', ${`answer:${taskId}`}, ${JSON.stringify({ by, stepId: before.stepId })}::jsonb) on conflict (run_id, dedupe_key) do nothing`);
    await recordChange(tx, { workspaceId: access.workspaceId, topic: 'task', objectId: taskId });
    return { task: await viewTask(tx, access, taskId) };
  }));
  if (done.ok) hintNewWork(database.sql, done.task.runId);
  return done;
}

function refuseLate(state: (typeof taskStates)[number], by: string): void {
  if (state === 'answered') fail('CONFIRMATION_ANSWERED', text(`Already answered by ${by}.`, `Déjà répondu par ${by}.`), { details: { answeredBy: by } });
  if (state === 'expired') fail('CONFIRMATION_TIMEOUT', text('The time to answer is over.', 'Le délai pour répondre est passé.'));
  if (state === 'closed') fail('STATE_INVALID', text('This question is closed: its workflow was reset, cancelled or failed.', 'Cette question est fermée : son flux de travail a été réinitialisé, annulé ou a échoué.'));
}

function notOffered(offered: readonly TaskOption[]): Text {
  const shown = (locale: 'en' | 'fr') => offered.map((each) => `${JSON.stringify(each.value)} (${each.label[locale]})`).join(', ');
  return text(`This is not one of the answers: ${shown('en')}.`, `Ce n’est pas une des réponses : ${shown('fr')}.`);
}

async function viewTask(db: Executor, access: Access, taskId: string): Promise<TaskView> {
  const [row] = await selectTasks(db).where(and(eq(tasks.id, taskId), eq(tasks.workspaceId, access.workspaceId)));
  if (!row) fail('TASK_NOT_FOUND', text(`There is no task "${taskId}".`, `Il n’y a pas de tâche « ${taskId} ».`));
  return viewOf(row, (await recipientsOf(db, [taskId])).get(taskId) ?? [], access);
}

function selectTasks(db: Executor) {
  return db.select({ task: tasks, flowName: flows.name, entryName: entries.name, startedBy: runs.startedBy, startedByName: runs.startedByName }).from(tasks)
    .innerJoin(flows, eq(flows.id, tasks.flowId)).innerJoin(runs, eq(runs.id, tasks.runId))
    .leftJoin(entries, and(eq(entries.componentId, tasks.componentId), eq(entries.id, tasks.entryId))).$dynamic();
}

type Row = Awaited<ReturnType<typeof selectTasks>>[number];

function viewOf({ task, ...row }: Row, recipients: Person[], access: Access): TaskView {
  return {
    id: task.id, state: stateOf(task.state), question: bothTexts.parse(task.question), options: options.parse(task.options), dueAt: task.dueAt?.toISOString() ?? null, createdAt: task.createdAt.toISOString(), recipients,
    answer: z.json().parse(task.answer ?? null), answeredBy: task.answeredBy === null ? null : { id: task.answeredBy, name: task.answeredByName ?? '' }, answeredAt: task.answeredAt?.toISOString() ?? null,
    flow: { id: task.flowId, name: row.flowName }, runId: task.runId, stepId: task.stepId, instanceId: task.instanceId, componentId: task.componentId, entryId: task.entryId, entryName: row.entryName,
    startedBy: { id: row.startedBy, name: row.startedByName }, lockedFields: z.array(z.string()).parse(task.lockedFields), isMine: recipients.some((each) => each.id === access.user?.id),
  };
}

const stateOf = (stored: string) => taskStates.find((each) => each === stored) ?? 'closed';
const isMine = (access: Access) => sql`exists (select 1 from task_recipients r where r.task_id = ${tasks.id} and r.user_id = ${access.user?.id ?? ''})`;

/** Who is asked and still a member. */
async function recipientsOf(db: Executor, taskIds: readonly string[]): Promise<Map<string, Person[]>> {
  const found = new Map<string, Person[]>();
  if (taskIds.length === 0) return found;
  const rows = await db.select({ taskId: taskRecipients.taskId, id: user.id, name: user.name }).from(taskRecipients).innerJoin(tasks, eq(tasks.id, taskRecipients.taskId))
    .innerJoin(members, and(eq(members.userId, taskRecipients.userId), eq(members.workspaceId, tasks.workspaceId))).innerJoin(user, eq(user.id, taskRecipients.userId))
    .where(inArray(taskRecipients.taskId, [...taskIds])).orderBy(asc(user.name), asc(user.id));
  for (const { taskId, id, name } of rows) found.set(taskId, [...(found.get(taskId) ?? []), { id, name }]);
  return found;
}

/** For those whose windows are open: tasks by id with whom they are for. */
export async function tasksById(database: Database, ids: readonly string[]): Promise<{ id: string; workspaceId: string; state: string; question: Text; userIds: string[] }[]> {
  if (ids.length === 0) return [];
  const rows = await database.db.select({ id: tasks.id, workspaceId: tasks.workspaceId, state: tasks.state, question: tasks.question }).from(tasks).where(inArray(tasks.id, [...ids]));
  const people = await recipientsOf(database.db, ids);
  return rows.map((row) => ({ ...row, question: bothTexts.parse(row.question), userIds: (people.get(row.id) ?? []).map((each) => each.id) }));
}

/** Open questions whose last recipient this person was. */
export async function orphanedTasks(db: Executor, workspaceId: string, userId: string): Promise<{ id: string; question: Text; runId: string; flowId: string }[]> {
  const rows = await db.select({ id: tasks.id, question: tasks.question, runId: tasks.runId, flowId: tasks.flowId }).from(tasks).innerJoin(taskRecipients, and(eq(taskRecipients.taskId, tasks.id), eq(taskRecipients.userId, userId)))
    .where(and(eq(tasks.workspaceId, workspaceId), eq(tasks.state, 'open')));
  const left = await recipientsOf(db, rows.map((row) => row.id));
  return rows.filter((row) => !left.has(row.id)).map((row) => ({ ...row, question: bothTexts.parse(row.question) }));
}
