import { z } from 'zod';
import { id } from '#flow/id';
import { described, entryIdText, iso, json, listOf, operation, pageQuery, text, truth } from './operation';

const person = z.object({ id, name: z.string() });
const task = z.object({
  id, state: z.enum(['open', 'answered', 'expired', 'closed']), question: text, options: z.array(z.object({ value: json, label: text })), dueAt: iso.nullable(), createdAt: iso, recipients: z.array(person),
  answer: json, answeredBy: person.nullable(), answeredAt: iso.nullable(), flow: z.object({ id, name: z.string() }), runId: z.string(), stepId: id, instanceId: id.nullable(), componentId: id, entryId: z.int().nullable(),
  entryName: z.string().nullable(), startedBy: z.object({ id: id.nullable(), name: z.string() }), lockedFields: z.array(z.string()), isMine: z.boolean(),
}).meta({ id: 'Task', ...described('A question that a workflow waits for.', 'Une question dont un flux de travail attend la réponse.') });
const notification = z.object({
  id, kind: z.enum(['message', 'task', 'mention', 'warning']), subject: text, body: text, createdAt: iso, readAt: iso.nullable(),
  link: z.object({ flowId: id.optional(), runId: z.string().optional(), stepId: id.optional(), componentId: id.optional(), entryId: z.int().optional(), taskId: id.optional(), commentId: id.optional(), scheduleId: id.optional(), exportId: id.optional() }),
}).meta({ id: 'Notification' });

export const inbox = {
  listTasks: operation({
    method: 'GET', path: '/tasks', right: 'workspace.read', summary: { en: 'Questions that wait for the caller’s answer; `whose=all` shows those of others, `state` those that are over.', fr: 'Les questions qui attendent la réponse de l’appelant ; `whose=all` montre celles des autres, `state` celles qui sont closes.' },
    query: z.object({
      ...pageQuery, state: z.enum(['open', 'answered', 'expired', 'closed', 'all']).default('open'), whose: z.enum(['mine', 'all']).default('mine'),
      componentId: id.optional(), entryId: entryIdText.optional(), runId: z.uuid().optional(),
    }),
    answers: { 200: listOf(task) },
  }),
  getTask: operation({ method: 'GET', path: '/tasks/:taskId', right: 'workspace.read', summary: { en: 'A question.', fr: 'Une question.' }, params: z.object({ taskId: id }), answers: { 200: task }, errors: ['TASK_NOT_FOUND'] }),
  answerTask: operation({
    method: 'POST', path: '/tasks/:taskId/answer', right: 'tasks.answer', summary: { en: 'Answers with the value of one of the options. The first answer counts; only those who are asked may give it.', fr: 'Répond par la valeur d’une des options. La première réponse compte ; seules les personnes interrogées peuvent la donner.' },
    params: z.object({ taskId: id }), body: z.strictObject({ value: json }), answers: { 200: task }, errors: ['TASK_NOT_FOUND', 'VALIDATION_FAILED', 'CONFIRMATION_ANSWERED', 'CONFIRMATION_TIMEOUT', 'STATE_INVALID'],
  }),
  listNotifications: operation({
    method: 'GET', path: '/notifications', right: 'workspace.read', summary: { en: 'The caller’s own notifications, newest first, and how many are unread. Kept 90 days.', fr: 'Les notifications de l’appelant, de la plus récente à la plus ancienne, et combien ne sont pas lues. Gardées 90 jours.' },
    query: z.object({ ...pageQuery, unread: truth.optional() }), answers: { 200: listOf(notification).extend({ unread: z.int() }) },
  }),
  readNotifications: operation({
    method: 'POST', path: '/notifications/read', right: 'workspace.read', summary: { en: 'Marks some of one’s own notifications as read, or all of them.', fr: 'Marque comme lues certaines de ses propres notifications, ou toutes.' },
    body: z.strictObject({ ids: z.union([z.array(id).min(1).max(200), z.literal('all')]) }), answers: { 200: z.object({ unread: z.int() }) }, errors: ['NOT_FOUND'],
  }),
};
