import { sql } from 'drizzle-orm';
import { bigint, boolean, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { at, bytea } from './columns';
import { components } from './components';
import { flows, flowVersions } from './flows';
import { workspaces } from './workspaces';

/** Wide and cold: one insert, about three updates. A projection of the log for lists; the log is the truth. */
export const runs = pgTable('runs', {
  id: uuid().primaryKey(),
  workspaceId: text('workspace_id').notNull().references(() => workspaces.id, { onDelete: 'cascade' }),
  flowId: text('flow_id').notNull().references(() => flows.id, { onDelete: 'cascade' }),
  flowVersionId: text('flow_version_id').notNull().references(() => flowVersions.id),
  kind: text().notNull(),
  instanceId: text('instance_id'),
  entryId: integer('entry_id'),
  attempt: integer().notNull().default(1),
  trigger: text().notNull(),
  /** The hook, schedule, queue or key that asked, by its name then. */
  triggerName: text('trigger_name'),
  startedBy: text('started_by'),
  startedByName: text('started_by_name').notNull().default(''),
  parentRunId: uuid('parent_run_id'),
  parentStepId: text('parent_step_id'),
  /** A fork uses the recorded results of another run up to an event of its log. */
  forkedFrom: uuid('forked_from'),
  forkedAtSeq: integer('forked_at_seq'),
  depth: integer().notNull().default(0),
  status: text().notNull().default('queued'),
  warnings: integer().notNull().default(0),
  stepsTotal: integer('steps_total').notNull().default(0),
  stepsDone: integer('steps_done').notNull().default(0),
  itemsOut: integer('items_out'),
  /** Versions of called flows, pinned at the start. */
  pins: jsonb().notNull().default({}),
  lastFence: integer('last_fence').notNull().default(0),
  inputRef: bytea('input_ref'),
  outputRef: bytea('output_ref'),
  responseReady: boolean('response_ready').notNull().default(false),
  error: jsonb(),
  searchText: text('search_text').notNull().default(''),
  headSeq: integer('head_seq').notNull().default(0),
  headHash: bytea('head_hash'),
  createdAt: at('created_at').notNull().defaultNow(),
  startedAt: at('started_at'),
  finishedAt: at('finished_at'),
  /** W3C trace context of whoever asked, when traces are on: the run's spans hang below it. */
  traceparent: text(),
}, (table) => [
  index('runs_finished').on(table.workspaceId, table.finishedAt).where(sql`finished_at is not null`),
  index('runs_workspace').on(table.workspaceId, table.id.desc()),
  index('runs_flow').on(table.flowId, table.id.desc()),
  index('runs_status').on(table.workspaceId, table.status, table.id.desc()),
  index('runs_parent').on(table.parentRunId),
  index('runs_forked').on(table.forkedFrom).where(sql`forked_from is not null`),
]);

export const runKeys = pgTable('run_keys', {
  workspaceId: text('workspace_id').notNull().references(() => workspaces.id, { onDelete: 'cascade' }),
  key: text().notNull(),
  runId: uuid('run_id').notNull(),
  flowId: text('flow_id').notNull(),
  bodyHash: text('body_hash').notNull(),
  createdAt: at('created_at').notNull().defaultNow(),
}, (table) => [primaryKey({ columns: [table.workspaceId, table.key] })]);

/** Hot and narrow: one row per run that has not ended, deleted when it ends; the only table that churns. */
export const runSlots = pgTable('run_slots', {
  runId: uuid('run_id').primaryKey(),
  workspaceId: text('workspace_id').notNull(),
  flowId: text('flow_id').notNull(),
  /** ready, leased, waiting (waiting = parked until ready_at or a wake). */
  state: text().notNull().default('ready'),
  readyAt: at('ready_at').notNull().defaultNow(),
  priority: integer().notNull().default(0),
  fence: integer().notNull().default(0),
  owner: text(),
  headSeq: integer('head_seq').notNull().default(0),
  headHash: bytea('head_hash'),
  lastProgressSeq: integer('last_progress_seq').notNull().default(0),
  stalls: integer().notNull().default(0),
  wakes: integer().notNull().default(0),
  cancelRequested: boolean('cancel_requested').notNull().default(false),
}, (table) => [
  index('run_slots_ready').on(table.readyAt, table.priority).where(sql`state <> 'leased'`),
  /** Claims go round the flows, so that ten thousand queued runs of one do not hold up another's single run. */
  index('run_slots_flow').on(table.flowId, table.readyAt).where(sql`state <> 'leased'`),
  index('run_slots_owner').on(table.owner).where(sql`state = 'leased'`),
]);

/** Append only, partitioned by week of the run's id; its SQL stands in a custom migration. */
export const runEvents = pgTable('run_events', {
  runId: uuid('run_id').notNull(),
  seq: integer().notNull(),
  type: text().notNull(),
  version: integer().notNull().default(1),
  stepId: text('step_id'),
  attempt: integer(),
  iteration: integer(),
  fence: integer().notNull().default(0),
  at: at('at').notNull(),
  xid: text().notNull(),
  gpos: bigint({ mode: 'number' }).notNull(),
  data: jsonb().notNull(),
  /** sha256 of recorded items or of a value, see `blobs`. */
  blob: bytea(),
  hash: bytea().notNull(),
}, (table) => [primaryKey({ columns: [table.runId, table.seq] })]);

/** Effects are recorded per item under the effect key runId/stepId/iteration/itemIndex. */
export const runEffects = pgTable('run_effects', {
  runId: uuid('run_id').notNull(),
  stepId: text('step_id').notNull(),
  iteration: integer().notNull(),
  itemIndex: integer('item_index').notNull(),
  state: text().notNull(),
  kind: text().notNull().default(''),
  result: jsonb(),
  at: at('at').notNull().defaultNow(),
}, (table) => [primaryKey({ columns: [table.runId, table.stepId, table.iteration, table.itemIndex] })]);

/** Content by hash, gzip or plain; items in pages of 1,000. */
export const blobs = pgTable('blobs', {
  workspaceId: text('workspace_id').notNull().references(() => workspaces.id, { onDelete: 'cascade' }),
  sha256: bytea().notNull(),
  sizeBytes: bigint('size_bytes', { mode: 'number' }).notNull(),
  encoding: text().notNull(),
  body: bytea().notNull(),
  touchedAt: at('touched_at').notNull().defaultNow(),
}, (table) => [primaryKey({ columns: [table.workspaceId, table.sha256] })]);

/** Anyone may insert; only the run's owner turns a row into events. kind: cancel, pause, unpause, child_done, answer, resume. */
export const runInbox = pgTable('run_inbox', {
  id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  runId: uuid('run_id').notNull(),
  kind: text().notNull(),
  dedupeKey: text('dedupe_key').notNull(),
  payload: jsonb().notNull().default({}),
  at: at('at').notNull().defaultNow(),
  consumedSeq: integer('consumed_seq'),
}, (table) => [uniqueIndex('run_inbox_dedupe').on(table.runId, table.dedupeKey), index('run_inbox_open').on(table.runId).where(sql`consumed_seq is null`)]);

export const workers = pgTable('workers', {
  id: text().primaryKey(),
  epoch: integer().notNull().default(1),
  leaseUntil: at('lease_until').notNull(),
  host: text().notNull(),
  pid: integer().notNull(),
  build: text().notNull().default(''),
  draining: boolean().notNull().default(false),
  /** What `/metrics` shows of this engine, as its registry gives it; written every few seconds. */
  figures: jsonb(),
  /** Names under which this engine holds side jobs, so that a dead one's are freed. */
  jobWorkers: text('job_workers').array().notNull().default(sql`'{}'`),
});

/** Workflow instances: one active (running, waiting) per workflow and saved entry. */
export const instances = pgTable('instances', {
  id: text().primaryKey(),
  workspaceId: text('workspace_id').notNull().references(() => workspaces.id, { onDelete: 'cascade' }),
  componentId: text('component_id').notNull().references(() => components.id, { onDelete: 'cascade' }),
  flowId: text('flow_id').notNull().references(() => flows.id, { onDelete: 'cascade' }),
  entryId: integer('entry_id'),
  /** draft, running, waiting, finished, failed, cancelled. */
  state: text().notNull(),
  attempt: integer().notNull().default(1),
  /** Written with every change of `state`; a trigger copies them into `instance_transitions`, so that none is missed. */
  movedBy: jsonb('moved_by'),
  movedRun: uuid('moved_run'),
  movedStep: text('moved_step'),
  movedReason: text('moved_reason').notNull().default(''),
  createdAt: at('created_at').notNull().defaultNow(),
  updatedAt: at('updated_at').notNull().defaultNow(),
}, (table) => [
  uniqueIndex('instances_active').on(table.flowId, table.entryId).where(sql`state in ('running', 'waiting') and entry_id is not null`),
  index('instances_entry').on(table.componentId, table.entryId),
]);
