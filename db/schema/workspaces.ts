import { bigint, index, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { at, bytea } from './columns';
import { user } from './users';

export const workspaces = pgTable('workspaces', {
  id: text().primaryKey(),
  name: text().notNull(),
  settings: jsonb().notNull().default({}),
  createdBy: text('created_by').references(() => user.id, { onDelete: 'set null' }),
  createdAt: at('created_at').notNull().defaultNow(),
});

/** role: owner, admin, editor, operator, viewer. */
export const members = pgTable('members', {
  workspaceId: text('workspace_id').notNull().references(() => workspaces.id, { onDelete: 'cascade' }),
  userId: text('user_id').notNull().references(() => user.id, { onDelete: 'cascade' }),
  role: text().notNull(),
  createdAt: at('created_at').notNull().defaultNow(),
}, (table) => [primaryKey({ columns: [table.workspaceId, table.userId] }), index('members_user').on(table.userId)]);

/** Only a hash of the token is kept: the link is shown once. */
export const invitations = pgTable('invitations', {
  id: text().primaryKey(),
  workspaceId: text('workspace_id').notNull().references(() => workspaces.id, { onDelete: 'cascade' }),
  tokenHash: text('token_hash').notNull(),
  role: text().notNull(),
  email: text(),
  createdBy: text('created_by').references(() => user.id, { onDelete: 'set null' }),
  createdAt: at('created_at').notNull().defaultNow(),
  expiresAt: at('expires_at').notNull(),
  acceptedBy: text('accepted_by').references(() => user.id, { onDelete: 'set null' }),
  acceptedAt: at('accepted_at'),
  revokedAt: at('revoked_at'),
}, (table) => [uniqueIndex('invitations_token').on(table.tokenHash), index('invitations_workspace').on(table.workspaceId)]);

export const apiKeys = pgTable('api_keys', {
  id: text().primaryKey(),
  workspaceId: text('workspace_id').notNull().references(() => workspaces.id, { onDelete: 'cascade' }),
  name: text().notNull(),
  role: text().notNull(),
  keyHash: text('key_hash').notNull(),
  prefix: text().notNull(),
  createdBy: text('created_by').references(() => user.id, { onDelete: 'set null' }),
  createdAt: at('created_at').notNull().defaultNow(),
  lastUsedAt: at('last_used_at'),
  revokedAt: at('revoked_at'),
}, (table) => [uniqueIndex('api_keys_hash').on(table.keyHash), index('api_keys_workspace').on(table.workspaceId)]);

/** What people did: sign-ins, roles, publications. Append only; `seq` and `hash` chain the acts of a workspace, or those of no workspace. */
export const audit = pgTable('audit', {
  id: text().primaryKey(),
  workspaceId: text('workspace_id').references(() => workspaces.id, { onDelete: 'cascade' }),
  userId: text('user_id'),
  action: text().notNull(),
  objectId: text('object_id'),
  data: jsonb().notNull().default({}),
  at: at('at').notNull().defaultNow(),
  /** Empty in rows from before there was a chain. */
  seq: bigint({ mode: 'number' }),
  hash: bytea(),
}, (table) => [index('audit_workspace').on(table.workspaceId, table.at), index('audit_chain').on(table.workspaceId, table.seq)]);

/** The end of each chain; an act takes the row's lock, so that numbers follow commits. `chain` is a workspace or empty. */
export const auditHeads = pgTable('audit_heads', {
  chain: text().primaryKey(),
  seq: bigint({ mode: 'number' }).notNull(),
  hash: bytea().notNull(),
});
