import { bigint, index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { at, bytea } from './columns';
import { user } from './users';
import { apiKeys, workspaces } from './workspaces';

/** Large lists as files, prepared by a side job and kept for a week. Asked for by a person or by an API key. */
export const fileExports = pgTable('exports', {
  id: text().primaryKey(),
  workspaceId: text('workspace_id').notNull().references(() => workspaces.id, { onDelete: 'cascade' }),
  userId: text('user_id').references(() => user.id, { onDelete: 'cascade' }),
  apiKeyId: text('api_key_id').references(() => apiKeys.id, { onDelete: 'cascade' }),
  /** `ExportRequest` of flow/export-request.ts. */
  request: jsonb().notNull(),
  name: text().notNull(),
  /** preparing, ready, failed. */
  state: text().notNull().default('preparing'),
  /** Where the next page begins, and the columns the first one had. */
  progress: jsonb(),
  parts: integer().notNull().default(0),
  rows: integer().notNull().default(0),
  sizeBytes: bigint('size_bytes', { mode: 'number' }).notNull().default(0),
  error: jsonb(),
  createdAt: at('created_at').notNull().defaultNow(),
  finishedAt: at('finished_at'),
  expiresAt: at('expires_at').notNull(),
}, (table) => [index('exports_user').on(table.workspaceId, table.userId, table.createdAt.desc()), index('exports_key').on(table.apiKeyId), index('exports_expiry').on(table.expiresAt)]);

/** The content of an export, piece by piece, in `blobs`. */
export const exportParts = pgTable('export_parts', {
  exportId: text('export_id').notNull().references(() => fileExports.id, { onDelete: 'cascade' }),
  position: integer().notNull(),
  sha256: bytea().notNull(),
}, (table) => [primaryKey({ columns: [table.exportId, table.position] }), index('export_parts_content').on(table.sha256)]);
