import { and, asc, count, eq, sql } from 'drizzle-orm';
import { failure, type Failure } from '#flow/failure';
import { text } from '#flow/text';
import { denied, type Access, type Role } from './access';
import { recordAudit } from './audit';
import { recordChange } from './record-change';
import type { Database, Executor } from './client';
import { members, user } from './schema';
import { notify } from './notifications';
import { orphanedTasks } from './tasks';
import { parseRole } from './workspaces';

export type Member = { id: string; name: string; email: string; role: Role; joinedAt: string };
type Result = { ok: true } | { ok: false; failure: Failure };

export async function listMembers(database: Database, access: Access): Promise<Member[]> {
  const rows = await database.db.select({ id: user.id, name: user.name, email: user.email, role: members.role, joinedAt: members.createdAt })
    .from(members).innerJoin(user, eq(members.userId, user.id))
    .where(eq(members.workspaceId, access.workspaceId)).orderBy(asc(members.createdAt), asc(user.id));
  return rows.map((row) => ({ ...row, role: parseRole(row.role), joinedAt: row.joinedAt.toISOString() }));
}

export async function setMemberRole(database: Database, access: Access, userId: string, role: Role): Promise<Result> {
  return changeMember(database, access, userId, role, async (db) => {
    await db.update(members).set({ role }).where(memberIs(access, userId));
    await recordAudit(db, { workspaceId: access.workspaceId, userId: access.user?.id ?? null, action: 'member.role', objectId: userId, data: { role } });
  });
}

export async function removeMember(database: Database, access: Access, userId: string): Promise<Result> {
  return changeMember(database, access, userId, null, async (db) => {
    await db.delete(members).where(memberIs(access, userId));
    await warnOfOrphans(db, access.workspaceId, userId);
    await recordAudit(db, { workspaceId: access.workspaceId, userId: access.user?.id ?? null, action: 'member.removed', objectId: userId });
  });
}

/** Questions that nobody is left to answer: the owners are told, and the instance goes on waiting. */
async function warnOfOrphans(db: Executor, workspaceId: string, userId: string): Promise<void> {
  const orphans = await orphanedTasks(db, workspaceId, userId);
  if (orphans.length === 0) return;
  const chiefs = await db.select({ id: members.userId }).from(members).where(and(eq(members.workspaceId, workspaceId), eq(members.role, 'owner')));
  for (const task of orphans) {
    await notify(db, {
      workspaceId, userIds: chiefs.map((each) => each.id), kind: 'warning', subject: task.question, link: { taskId: task.id, runId: task.runId, flowId: task.flowId },
      body: text('Nobody who was asked is a member any more: this workflow waits for an answer that cannot come. Reset it to draft, or cancel it.', 'Aucune des personnes interrogées n’est encore membre : ce flux attend une réponse qui ne peut venir. Réinitialisez-le, ou annulez-le.'),
    });
  }
}

const memberIs = (access: Access, userId: string) => and(eq(members.workspaceId, access.workspaceId), eq(members.userId, userId));

/** Owners are changed by owners only, and the last one is protected under a lock: two demotions at once leave one. */
async function changeMember(database: Database, access: Access, userId: string, role: Role | null, write: (db: Executor) => Promise<void>): Promise<Result> {
  const refused = denied(access, 'people.manage');
  if (refused) return { ok: false, failure: refused };
  return database.db.transaction(async (db): Promise<Result> => {
    await db.execute(sql`select 1 from workspaces where id = ${access.workspaceId} for update`);
    const [before] = await db.select({ role: members.role }).from(members).where(memberIs(access, userId));
    if (!before) return { ok: false, failure: memberNotFound(userId) };
    const touchesOwner = before.role === 'owner' || role === 'owner';
    if (touchesOwner && access.role !== 'owner') return { ok: false, failure: ownersOnly };
    if (before.role === 'owner' && role !== 'owner' && (await owners(db, access)) <= 1) return { ok: false, failure: lastOwner };
    await write(db);
    await recordChange(db, { workspaceId: access.workspaceId, topic: 'member', objectId: userId, deleted: role === null });
    return { ok: true };
  });
}

async function owners(db: Executor, access: Access): Promise<number> {
  const [row] = await db.select({ owners: count() }).from(members).where(and(eq(members.workspaceId, access.workspaceId), eq(members.role, 'owner')));
  return row?.owners ?? 0;
}

const memberNotFound = (userId: string) => failure('MEMBER_NOT_FOUND', {
  en: `There is no member "${userId}" in this workspace. GET /members lists them.`,
  fr: `Il n’y a pas de membre « ${userId} » dans cet espace. GET /members les liste.`,
});
const ownersOnly = failure('ACCESS_DENIED', {
  en: 'Only an owner may make, change or remove an owner. Ask one of the owners.',
  fr: 'Seul un propriétaire peut nommer, modifier ou retirer un propriétaire. Demandez à l’un d’eux.',
});
const lastOwner = failure('LAST_ADMIN', {
  en: 'This is the last owner of the workspace. Make somebody else an owner first.',
  fr: 'C’est le dernier propriétaire de l’espace. Nommez d’abord un autre propriétaire.',
});
