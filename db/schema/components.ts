import { sql } from 'drizzle-orm';
import { bigint, boolean, index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { anyJson, at, xid8 } from './columns';
import { workspaces } from './workspaces';

export const components = pgTable('components', {
  id: text().primaryKey(),
  workspaceId: text('workspace_id').notNull().references(() => workspaces.id, { onDelete: 'cascade' }),
  title: text().notNull(),
  /** `ComponentField[]` and `ComponentSettings` of flow/component-model.ts. */
  fields: jsonb().notNull().default([]),
  settings: jsonb().notNull().default({}),
  modelVersion: integer('model_version').notNull().default(1),
  lastEntryId: integer('last_entry_id').notNull().default(0),
  createdBy: text('created_by'),
  createdAt: at('created_at').notNull().defaultNow(),
  updatedAt: at('updated_at').notNull().defaultNow(),
  deletedAt: at('deleted_at'),
}, (table) => [index('components_workspace').on(table.workspaceId)]);

export const entries = pgTable('entries', {
  componentId: text('component_id').notNull().references(() => components.id, { onDelete: 'cascade' }),
  id: integer().notNull(),
  name: text(),
  data: jsonb().notNull(),
  createdAt: at('created_at').notNull().defaultNow(),
  updatedAt: at('updated_at').notNull().defaultNow(),
  /** User ids; null is the platform. */
  createdBy: text('created_by'),
  changedBy: text('changed_by'),
  deletedAt: at('deleted_at'),
}, (table) => [primaryKey({ columns: [table.componentId, table.id] })]);

/** One row per live entry of a component with primary-key fields: `key` is the canonical JSON of its key values. */
export const entryKeys = pgTable('entry_keys', {
  componentId: text('component_id').notNull().references(() => components.id, { onDelete: 'cascade' }),
  key: text().notNull(),
  entryId: integer('entry_id').notNull(),
}, (table) => [primaryKey({ columns: [table.componentId, table.key] }), index('entry_keys_entry').on(table.componentId, table.entryId)]);

/** Who or which run and step changed which field, when. `field` is `$created`, `$deleted`, `name` or a data field. */
export const entryChanges = pgTable('entry_changes', {
  id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  componentId: text('component_id').notNull().references(() => components.id, { onDelete: 'cascade' }),
  entryId: integer('entry_id').notNull(),
  field: text().notNull(),
  before: anyJson(),
  after: anyJson(),
  userId: text('user_id'),
  runId: text('run_id'),
  stepId: text('step_id'),
  at: at('at').notNull().defaultNow(),
}, (table) => [index('entry_changes_entry').on(table.componentId, table.entryId, table.id)]);

export const files = pgTable('files', {
  id: text().primaryKey(),
  workspaceId: text('workspace_id').notNull().references(() => workspaces.id, { onDelete: 'cascade' }),
  name: text().notNull(),
  extension: text().notNull(),
  mimeType: text('mime_type').notNull(),
  sizeBytes: bigint('size_bytes', { mode: 'number' }).notNull(),
  sha256: text().notNull(),
  runId: text('run_id'),
  stepId: text('step_id'),
  createdBy: text('created_by'),
  createdAt: at('created_at').notNull().defaultNow(),
  deletedAt: at('deleted_at'),
}, (table) => [index('files_workspace').on(table.workspaceId, table.createdAt)]);

/**
 * What changed in a workspace, for browsers that show it: written in the transaction of the change, followed by
 * (xid, gpos) below the oldest running transaction so that no commit is missed, trimmed by age.
 */
export const changes = pgTable('changes', {
  gpos: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  xid: xid8().notNull().default(sql`pg_current_xact_id()`),
  workspaceId: text('workspace_id').notNull(),
  /** component, entry, flow, member, file, instance, history, comment. */
  topic: text().notNull(),
  objectId: text('object_id').notNull(),
  entryId: integer('entry_id'),
  deleted: boolean().notNull().default(false),
  at: at('at').notNull().defaultNow(),
}, (table) => [index('changes_tail').on(table.xid, table.gpos)]);
