import { bigint, index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { at } from './columns';
import { flows } from './flows';
import { user } from './users';

/**
 * What people say about a flow, a step, a parameter, a run or a moment of one: not part of the document. A thread is
 * its first comment (`threadId` = `id`) with the answers; only the first has an anchor and a resolution.
 */
export const comments = pgTable('comments', {
  id: text().primaryKey(),
  /** Order of writing; what a reader has read is told by it. */
  pos: bigint({ mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
  flowId: text('flow_id').notNull().references(() => flows.id, { onDelete: 'cascade' }),
  threadId: text('thread_id').notNull(),
  stepId: text('step_id'),
  param: text(),
  runId: text('run_id'),
  runSeq: integer('run_seq'),
  text: text().notNull(),
  /** `[{id, name}]`: who is meant by `@name` in the text. */
  mentions: jsonb().notNull().default([]),
  /** null: a program with an API key, named in `authorName`. */
  authorId: text('author_id'),
  authorName: text('author_name').notNull(),
  createdAt: at('created_at').notNull().defaultNow(),
  editedAt: at('edited_at'),
  resolvedAt: at('resolved_at'),
  resolvedBy: text('resolved_by'),
  /** A first comment with answers stays as an empty place. */
  deletedAt: at('deleted_at'),
}, (table) => [index('comments_flow').on(table.flowId, table.pos), index('comments_thread').on(table.threadId, table.pos), index('comments_run').on(table.runId)]);

/** Up to which comment a person has read a thread. */
export const commentReads = pgTable('comment_reads', {
  threadId: text('thread_id').notNull().references(() => comments.id, { onDelete: 'cascade' }),
  userId: text('user_id').notNull().references(() => user.id, { onDelete: 'cascade' }),
  pos: bigint({ mode: 'number' }).notNull(),
}, (table) => [primaryKey({ columns: [table.threadId, table.userId] })]);
