import { bigint, boolean, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { anyJson, at, bytea } from './columns';
import { components } from './components';
import { session, user } from './users';
import { apiKeys, workspaces } from './workspaces';

export const flows = pgTable('flows', {
  id: text().primaryKey(),
  workspaceId: text('workspace_id').notNull().references(() => workspaces.id, { onDelete: 'cascade' }),
  componentId: text('component_id').notNull().references(() => components.id, { onDelete: 'cascade' }),
  kind: text().notNull(),
  /** Copies of what the document says, for lists: the document is the truth. */
  name: text().notNull(),
  description: text(),
  restrictAccess: boolean('restrict_access').notNull().default(false),
  /** How many of its runs may be at work at once; null: as many as there are places. */
  concurrency: integer(),
  publishedVersionId: text('published_version_id'),
  createdBy: text('created_by'),
  createdAt: at('created_at').notNull().defaultNow(),
  updatedAt: at('updated_at').notNull().defaultNow(),
  deletedAt: at('deleted_at'),
}, (table) => [index('flows_workspace').on(table.workspaceId), index('flows_component').on(table.componentId)]);

/** Immutable. `number` is null for a frozen draft. */
export const flowVersions = pgTable('flow_versions', {
  id: text().primaryKey(),
  flowId: text('flow_id').notNull().references(() => flows.id, { onDelete: 'cascade' }),
  number: integer(),
  contentHash: text('content_hash').notNull(),
  definition: jsonb().notNull(),
  /** The document's position (flow_updates.seq) it was taken at. */
  updateSeq: bigint('update_seq', { mode: 'number' }).notNull().default(0),
  message: text(),
  createdBy: text('created_by'),
  createdAt: at('created_at').notNull().defaultNow(),
}, (table) => [uniqueIndex('flow_versions_number').on(table.flowId, table.number), index('flow_versions_hash').on(table.flowId, table.contentHash)]);

/** The edit log: append only; the primary key is also the fence against two owners of one room. */
export const flowUpdates = pgTable('flow_updates', {
  flowId: text('flow_id').notNull().references(() => flows.id, { onDelete: 'cascade' }),
  seq: bigint({ mode: 'number' }).notNull(),
  userId: text('user_id'),
  sessionId: text('session_id'),
  clientId: bigint('client_id', { mode: 'number' }),
  /** edit, import, restore, migrate. */
  kind: text().notNull().default('edit'),
  payload: bytea().notNull(),
  at: at('at').notNull().defaultNow(),
}, (table) => [primaryKey({ columns: [table.flowId, table.seq] })]);

/** The same edits as people read them, written in the same transaction. */
export const flowChanges = pgTable('flow_changes', {
  flowId: text('flow_id').notNull().references(() => flows.id, { onDelete: 'cascade' }),
  seq: bigint({ mode: 'number' }).notNull(),
  idx: integer().notNull(),
  userId: text('user_id'),
  stepId: text('step_id'),
  key: text().notNull(),
  op: text().notNull(),
  old: anyJson(),
  new: anyJson(),
  at: at('at').notNull().defaultNow(),
}, (table) => [primaryKey({ columns: [table.flowId, table.seq, table.idx] }), index('flow_changes_step').on(table.flowId, table.stepId, table.seq)]);

export const flowSnapshots = pgTable('flow_snapshots', {
  flowId: text('flow_id').notNull().references(() => flows.id, { onDelete: 'cascade' }),
  seq: bigint({ mode: 'number' }).notNull(),
  state: bytea().notNull(),
  at: at('at').notNull().defaultNow(),
}, (table) => [primaryKey({ columns: [table.flowId, table.seq] })]);

/** Which Yjs client id belongs to whom: an update may only carry its sender's. */
export const flowClients = pgTable('flow_clients', {
  flowId: text('flow_id').notNull().references(() => flows.id, { onDelete: 'cascade' }),
  clientId: bigint('client_id', { mode: 'number' }).notNull(),
  userId: text('user_id').notNull(),
  at: at('at').notNull().defaultNow(),
}, (table) => [primaryKey({ columns: [table.flowId, table.clientId] })]);

/** Writes that do not come from a socket (API, import, restore): carried out by the room's owner, answered in place. */
export const flowIntents = pgTable('flow_intents', {
  id: text().primaryKey(),
  flowId: text('flow_id').notNull().references(() => flows.id, { onDelete: 'cascade' }),
  userId: text('user_id'),
  /** `{kind:'replace', definition}`, `{kind:'settings', …}` or `{kind:'restore', …}`. */
  payload: jsonb().notNull(),
  result: jsonb(),
  createdAt: at('created_at').notNull().defaultNow(),
  doneAt: at('done_at'),
}, (table) => [index('flow_intents_open').on(table.createdAt)]);

/** Which web process owns a flow's room; the lease is on the database's clock. */
export const roomLeases = pgTable('room_leases', {
  flowId: text('flow_id').primaryKey().references(() => flows.id, { onDelete: 'cascade' }),
  owner: text().notNull(),
  leaseUntil: at('lease_until').notNull(),
});

/** A moment of the edit log that somebody gave a name. */
export const flowCheckpoints = pgTable('flow_checkpoints', {
  id: text().primaryKey(),
  flowId: text('flow_id').notNull().references(() => flows.id, { onDelete: 'cascade' }),
  seq: bigint({ mode: 'number' }).notNull(),
  name: text().notNull(),
  createdBy: text('created_by'),
  createdAt: at('created_at').notNull().defaultNow(),
}, (table) => [index('flow_checkpoints_flow').on(table.flowId, table.seq)]);

/** Up to where in a flow's edit log a person has seen it. */
export const flowSeen = pgTable('flow_seen', {
  flowId: text('flow_id').notNull().references(() => flows.id, { onDelete: 'cascade' }),
  userId: text('user_id').notNull().references(() => user.id, { onDelete: 'cascade' }),
  seq: bigint({ mode: 'number' }).notNull(),
  at: at('at').notNull().defaultNow(),
}, (table) => [primaryKey({ columns: [table.flowId, table.userId] })]);

/** Admissions to a flow's socket, each for one use: whoever deletes the row has used it. Hashes only. */
export const flowTickets = pgTable('flow_tickets', {
  tokenHash: text('token_hash').primaryKey(),
  flowId: text('flow_id').notNull().references(() => flows.id, { onDelete: 'cascade' }),
  workspaceId: text('workspace_id').notNull().references(() => workspaces.id, { onDelete: 'cascade' }),
  /** Of whom it was given out to, one of the two: it admits no further than they still reach. */
  sessionId: text('session_id').references(() => session.id, { onDelete: 'cascade' }),
  apiKeyId: text('api_key_id').references(() => apiKeys.id, { onDelete: 'cascade' }),
  expiresAt: at('expires_at').notNull(),
}, (table) => [index('flow_tickets_expiry').on(table.expiresAt)]);
