import { bigint, index, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { anyJson, at } from './columns';
import { instances } from './runs';
import { user } from './users';
import { workspaces } from './workspaces';

/** Questions a workflow waits for. A step that is tried again after its time was over asks again; the answer that is written here first is the answer. */
export const tasks = pgTable('tasks', {
  id: text().primaryKey(),
  workspaceId: text('workspace_id').notNull().references(() => workspaces.id, { onDelete: 'cascade' }),
  runId: uuid('run_id').notNull(),
  stepId: text('step_id').notNull(),
  iteration: integer().notNull().default(0),
  instanceId: text('instance_id'),
  flowId: text('flow_id').notNull(),
  componentId: text('component_id').notNull(),
  entryId: integer('entry_id'),
  /** `{en, fr}`; a question that people wrote is the same in both. */
  question: jsonb().notNull(),
  /** `[{value, label: {en, fr}}]` in the order offered. */
  options: jsonb().notNull(),
  /** Fields of the entry the workflow works with: read-only for others until the answer. */
  lockedFields: jsonb('locked_fields').notNull().default([]),
  /** open, answered, expired, closed. */
  state: text().notNull().default('open'),
  dueAt: at('due_at'),
  answer: anyJson(),
  answeredBy: text('answered_by'),
  answeredByName: text('answered_by_name'),
  answeredAt: at('answered_at'),
  createdAt: at('created_at').notNull().defaultNow(),
  closedAt: at('closed_at'),
}, (table) => [
  index('tasks_run').on(table.runId, table.stepId),
  index('tasks_workspace').on(table.workspaceId, table.createdAt.desc(), table.id.desc()),
  index('tasks_entry').on(table.componentId, table.entryId),
]);

export const taskRecipients = pgTable('task_recipients', {
  taskId: text('task_id').notNull().references(() => tasks.id, { onDelete: 'cascade' }),
  userId: text('user_id').notNull().references(() => user.id, { onDelete: 'cascade' }),
}, (table) => [primaryKey({ columns: [table.taskId, table.userId] }), index('task_recipients_user').on(table.userId)]);

/** Every change of an instance's state (concepts.md §4). Append only. */
export const instanceTransitions = pgTable('instance_transitions', {
  id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  instanceId: text('instance_id').notNull().references(() => instances.id, { onDelete: 'cascade' }),
  attempt: integer().notNull(),
  /** null for the first start. */
  from: text('from_state'),
  to: text('to_state').notNull(),
  runId: uuid('run_id'),
  stepId: text('step_id'),
  /** `{id, name}`; null is the platform. */
  actor: jsonb(),
  /** started, answered, finished, failed, …: a word the interface translates. */
  reason: text().notNull(),
  at: at('at').notNull().defaultNow(),
}, (table) => [index('instance_transitions_instance').on(table.instanceId, table.id)]);
