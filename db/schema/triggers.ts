import { sql } from 'drizzle-orm';
import { boolean, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { at } from './columns';
import { components } from './components';
import { flows } from './flows';
import { user } from './users';
import { workspaces } from './workspaces';

/** Addresses that start a dataflow from outside. Only a hash of the token is kept; the signing secret is derived from SECRET_KEY, id and generation. */
export const hooks = pgTable('hooks', {
  id: text().primaryKey(),
  workspaceId: text('workspace_id').notNull().references(() => workspaces.id, { onDelete: 'cascade' }),
  flowId: text('flow_id').notNull().references(() => flows.id, { onDelete: 'cascade' }),
  name: text().notNull(),
  tokenHash: text('token_hash').notNull(),
  prefix: text().notNull(),
  /** Grows with each rotation: secrets of earlier ones no longer sign. */
  generation: integer().notNull().default(1),
  /** Only signed requests are taken. */
  signed: boolean().notNull().default(false),
  createdBy: text('created_by').references(() => user.id, { onDelete: 'set null' }),
  createdAt: at('created_at').notNull().defaultNow(),
  lastUsedAt: at('last_used_at'),
  revokedAt: at('revoked_at'),
}, (table) => [uniqueIndex('hooks_token').on(table.tokenHash), index('hooks_flow').on(table.flowId)]);

/** Signatures seen within the tolerance of their time: the same message is not taken twice. */
export const hookSignatures = pgTable('hook_signatures', {
  hookId: text('hook_id').notNull().references(() => hooks.id, { onDelete: 'cascade' }),
  signature: text().notNull(),
  at: at('at').notNull().defaultNow(),
}, (table) => [primaryKey({ columns: [table.hookId, table.signature] })]);

/** The cron of a component: runs its input dataflow (`inputFlowId` of its settings). */
export const schedules = pgTable('schedules', {
  id: text().primaryKey(),
  workspaceId: text('workspace_id').notNull().references(() => workspaces.id, { onDelete: 'cascade' }),
  componentId: text('component_id').notNull().references(() => components.id, { onDelete: 'cascade' }),
  cron: text().notNull(),
  timeZone: text('time_zone').notNull(),
  /** skip: a tick while its last run goes on is noted and dropped; queue: it waits for the end. */
  overlap: text().notNull(),
  /** Ticks missed while nothing was running are made up for by one run. */
  catchUp: boolean('catch_up').notNull(),
  /** A user id without a reference: who leaves must not turn the runs into the platform's. null is the platform. */
  runAs: text('run_as'),
  enabled: boolean().notNull().default(true),
  /** On the database's clock; null when it will not fire any more. */
  nextAt: at('next_at'),
  /** Ticks that wait for the run before them. */
  waiting: integer().notNull().default(0),
  createdBy: text('created_by').references(() => user.id, { onDelete: 'set null' }),
  createdAt: at('created_at').notNull().defaultNow(),
  updatedAt: at('updated_at').notNull().defaultNow(),
}, (table) => [
  uniqueIndex('schedules_component').on(table.componentId), index('schedules_workspace').on(table.workspaceId),
  index('schedules_due').on(table.nextAt).where(sql`enabled`),
]);

/** What became of each tick: run, queued, skipped, missed or refused. */
export const scheduleTicks = pgTable('schedule_ticks', {
  scheduleId: text('schedule_id').notNull().references(() => schedules.id, { onDelete: 'cascade' }),
  at: at('at').notNull(),
  outcome: text().notNull(),
  runId: text('run_id'),
  /** Why nothing ran. */
  failure: jsonb(),
  recordedAt: at('recorded_at').notNull().defaultNow(),
  /** The end of its run was looked at: whoever made the schedule knows if it failed. */
  settled: boolean().notNull().default(false),
}, (table) => [primaryKey({ columns: [table.scheduleId, table.at] }), index('schedule_ticks_open').on(table.scheduleId).where(sql`outcome = 'run' and not settled`)]);
