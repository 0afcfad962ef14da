import { index, jsonb, pgTable, text } from 'drizzle-orm/pg-core';
import { at } from './columns';
import { user } from './users';
import { workspaces } from './workspaces';

/** What a person is told: in the bell and the inbox, or by e-mail. Kept 90 days. */
export const notifications = pgTable('notifications', {
  id: text().primaryKey(),
  workspaceId: text('workspace_id').notNull().references(() => workspaces.id, { onDelete: 'cascade' }),
  userId: text('user_id').notNull().references(() => user.id, { onDelete: 'cascade' }),
  /** message (a flow's step), task, mention, warning. */
  kind: text().notNull(),
  /** inApp, smtp, mail. */
  channel: text().notNull().default('inApp'),
  /** `{en, fr}` both: what people wrote is the same in each. */
  subject: jsonb().notNull(),
  body: jsonb().notNull(),
  /** Where it leads: ids of flow, run, step, component, entry, task, comment. */
  link: jsonb().notNull().default({}),
  /** queued, sent, failed, read. */
  status: text().notNull().default('sent'),
  createdAt: at('created_at').notNull().defaultNow(),
  readAt: at('read_at'),
}, (table) => [index('notifications_user').on(table.workspaceId, table.userId, table.createdAt.desc(), table.id.desc()), index('notifications_age').on(table.createdAt)]);
