import { and, desc, eq, inArray, isNull, lt, or, sql } from 'drizzle-orm';
import { z } from 'zod';
import { fail, type Result } from '#flow/failure';
import { newId } from '#flow/id';
import { bothTexts, text, type Text } from '#flow/text';
import type { Access } from './access';
import type { Database, Executor } from './client';
import { storable } from './event-hash';
import { enqueueMail, mail } from './mail';
import { decodeCursor, paged, type Listed, type Page } from './page';
import { permitted } from './permitted';
import { recordChange } from './record-change';
import { members, notifications, user } from './schema';

/** What people are told, in the bell and the inbox. It is written in the transaction of what it tells of. */
export const notificationKinds = ['message', 'task', 'mention', 'warning'] as const;
export type NotificationKind = (typeof notificationKinds)[number];
export type Channel = 'inApp' | 'smtp' | 'mail';

const link = z.object({
  flowId: z.string().optional(), runId: z.string().optional(), stepId: z.string().optional(), componentId: z.string().optional(), entryId: z.number().optional(),
  taskId: z.string().optional(), commentId: z.string().optional(), scheduleId: z.string().optional(), exportId: z.string().optional(),
});
export type NotificationLink = z.infer<typeof link>;
export type NewNotification = {
  workspaceId: string; userIds: readonly string[]; kind: NotificationKind;
  /** By e-mail each waits as a side job; those without an address are left out. */
  channel?: Channel;
  subject: Text; body: Text; link?: NotificationLink;
};
export type NotificationView = { id: string; kind: NotificationKind; subject: Text; body: Text; link: NotificationLink; createdAt: string; readAt: string | null };

export const keptDays = 90;
/** A statement has at most 65,535 parameters. */
const rowsPerInsert = 1_000;
const lengths = { subject: 300, body: 10_000 };

/** One notification for each of them who is a member of the workspace, once; returns what was written. */
export async function notify(tx: Executor, given: NewNotification): Promise<{ id: string; userId: string }[]> {
  if (given.userIds.length === 0) return [];
  const { workspaceId, kind, channel = 'inApp' } = given;
  const people = await tx.select({ userId: members.userId, email: user.email, locale: user.locale }).from(members).innerJoin(user, eq(user.id, members.userId))
    .where(and(eq(members.workspaceId, workspaceId), inArray(members.userId, [...new Set(given.userIds)])));
  const told = people.filter(({ email }) => channel === 'inApp' || mail.shape.to.safeParse(email).success).map((each) => ({ ...each, id: newId('ntf') }));
  const made = told.map(({ id, userId }) => ({ id, userId }));
  if (made.length === 0) return [];
  const [subject, body] = [cut(given.subject, lengths.subject), cut(given.body, lengths.body)];
  const rows = made.map((each) => ({ ...each, workspaceId, kind, channel, subject, body, link: given.link ?? {}, status: channel === 'inApp' ? 'sent' : 'queued' }));
  for (let start = 0; start < rows.length; start += rowsPerInsert) await tx.insert(notifications).values(rows.slice(start, start + rowsPerInsert));
  if (channel === 'inApp') for (const each of made) await recordChange(tx, { workspaceId, topic: 'notification', objectId: each.id });
  else await enqueueMail(tx, ...told.map(({ id, email, locale }) => ({ to: email, subject: locale === 'fr' ? subject.fr : subject.en, text: locale === 'fr' ? body.fr : body.en, notificationId: id })));
  return made;
}

const cut = ({ en, fr }: Text, length: number): Text => text(storable(en.slice(0, length)), storable(fr.slice(0, length)));

/** A person's own, newest first; programs have none. */
export async function listNotifications(database: Database, access: Access, { unread, ...page }: { unread?: boolean | undefined } & Page): Promise<Result<Listed<NotificationView> & { unread: number }>> {
  return permitted(access, 'workspace.read', async () => {
    const after = decodeCursor(page.cursor, z.tuple([z.iso.datetime(), z.string()]));
    const rows = await database.db.select().from(notifications).where(and(
      mine(access), unread ? isNull(notifications.readAt) : undefined,
      after ? or(lt(notifications.createdAt, new Date(after[0])), and(eq(notifications.createdAt, new Date(after[0])), lt(notifications.id, after[1]))) : undefined,
    )).orderBy(desc(notifications.createdAt), desc(notifications.id)).limit(page.limit + 1);
    return { ...paged(rows, page.limit, (row) => [row.createdAt.toISOString(), row.id], viewOf), unread: await database.db.$count(notifications, and(mine(access), isNull(notifications.readAt))) };
  });
}

const mine = (access: Access) => and(eq(notifications.workspaceId, access.workspaceId), eq(notifications.userId, access.user?.id ?? ''), eq(notifications.channel, 'inApp'));

type Row = typeof notifications.$inferSelect;
export function viewOf(row: Row): NotificationView {
  return {
    id: row.id, kind: notificationKinds.find((each) => each === row.kind) ?? 'message', subject: bothTexts.parse(row.subject), body: bothTexts.parse(row.body), link: link.parse(row.link),
    createdAt: row.createdAt.toISOString(), readAt: row.readAt?.toISOString() ?? null,
  };
}

/** Marks some, or all, of one's own as read; those of others are as if they did not exist. */
export async function readNotifications(database: Database, access: Access, ids: readonly string[] | 'all'): Promise<Result<{ unread: number }>> {
  return permitted(access, 'workspace.read', () => database.db.transaction(async (tx) => {
    if (ids !== 'all') await refuseUnknown(tx, access, ids);
    const read = await tx.update(notifications).set({ readAt: sql`clock_timestamp()`, status: 'read' })
      .where(and(mine(access), isNull(notifications.readAt), ids === 'all' ? undefined : inArray(notifications.id, [...ids]))).returning({ id: notifications.id });
    // The person's other windows count again; one word is enough for all of them.
    const [first] = read;
    if (first) await recordChange(tx, { workspaceId: access.workspaceId, topic: 'notification', objectId: first.id });
    return { unread: await tx.$count(notifications, and(mine(access), isNull(notifications.readAt))) };
  }));
}

async function refuseUnknown(tx: Executor, access: Access, ids: readonly string[]): Promise<void> {
  const known = await tx.select({ id: notifications.id }).from(notifications).where(and(mine(access), inArray(notifications.id, [...ids])));
  const missing = ids.find((id) => !known.some((each) => each.id === id));
  if (missing !== undefined) fail('NOT_FOUND', text(`There is no notification "${missing}".`, `Il n’y a pas de notification « ${missing} ».`));
}

/** Those of a person's windows that are open: rows by id, whoever they are for. */
export async function notificationsById(database: Database, ids: readonly string[]): Promise<(NotificationView & { workspaceId: string; userId: string })[]> {
  if (ids.length === 0) return [];
  const rows = await database.db.select().from(notifications).where(inArray(notifications.id, [...ids]));
  return rows.map((row) => ({ ...viewOf(row), workspaceId: row.workspaceId, userId: row.userId }));
}

export async function unreadOf(database: Database, who: { workspaceId: string; userId: string }): Promise<number> {
  return database.db.$count(notifications, and(eq(notifications.workspaceId, who.workspaceId), eq(notifications.userId, who.userId), eq(notifications.channel, 'inApp'), isNull(notifications.readAt)));
}

/** What became of an e-mail. One that was read or is gone stays as it is. */
export async function noteDelivery(sqlOf: Database['sql'], id: string, status: 'sent' | 'failed'): Promise<void> {
  await sqlOf`update notifications set status = ${status} where id = ${id} and status = 'queued'`;
}

export async function trimNotifications(sqlOf: Database['sql']): Promise<void> {
  await sqlOf`delete from notifications where created_at < now() - make_interval(days => ${keptDays})`;
}
