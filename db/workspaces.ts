import { and, asc, eq, sql } from 'drizzle-orm';
import { failure, FailureError, type Failure, type Result } from '#flow/failure';
import { newId } from '#flow/id';
import { z } from 'zod';
import { limitsFrom, type LimitsChange, type WorkspaceLimits } from '#flow/limits';
import { denied, roles, type Access, type Role } from './access';
import { recordAudit } from './audit';
import type { Database, Executor } from './client';
import { members, session, workspaces } from './schema';
import { retentionSettings, type RetentionSettings } from './retention-settings';
import { seedSamples } from './seed-samples';

const storedSettings = z.looseObject({ retention: retentionSettings.optional() });
export type WorkspaceOfUser = { id: string; name: string; role: Role };

export function parseRole(stored: string): Role {
  const role = roles.find((each) => each === stored);
  if (!role) throw new Error(`unknown role "${stored}" in table members`);
  return role;
}

export async function workspacesOf(db: Executor, userId: string): Promise<WorkspaceOfUser[]> {
  const rows = await db.select({ id: workspaces.id, name: workspaces.name, role: members.role })
    .from(members).innerJoin(workspaces, eq(members.workspaceId, workspaces.id))
    .where(eq(members.userId, userId)).orderBy(asc(members.createdAt), asc(workspaces.id));
  return rows.map((row) => ({ ...row, role: parseRole(row.role) }));
}

/** Runs inside the caller's transaction, so that an account, its workspace and the samples come together or not at all. */
export async function insertWorkspace(db: Executor, ownerId: string, name: string): Promise<string> {
  const id = newId('wks');
  await db.insert(workspaces).values({ id, name, createdBy: ownerId });
  await db.insert(members).values({ workspaceId: id, userId: ownerId, role: 'owner' });
  await recordAudit(db, { workspaceId: id, userId: ownerId, action: 'workspace.created' });
  await seedSamples(db, id, ownerId);
  return id;
}

/** The first account owns the first workspace: two first sign-ups at once make one owner, the advisory lock sees to it. */
export async function claimFirstWorkspace(db: Executor, ownerId: string, name: string): Promise<string | null> {
  await db.execute(sql`select pg_advisory_xact_lock(hashtext('millrace.first-workspace'))`);
  const [any] = await db.select({ id: workspaces.id }).from(workspaces).limit(1);
  return any ? null : insertWorkspace(db, ownerId, name);
}

export async function anyWorkspace(db: Executor): Promise<boolean> {
  const [any] = await db.select({ id: workspaces.id }).from(workspaces).limit(1);
  return any !== undefined;
}

export type WorkspaceView = WorkspaceOfUser & { limits: WorkspaceLimits; retention: RetentionSettings | null };

/** The workspace an access is for; the access itself is the right to read it. */
export async function getWorkspace(database: Database, access: Access): Promise<WorkspaceView> {
  const [row] = await database.db.select({ id: workspaces.id, name: workspaces.name, settings: workspaces.settings }).from(workspaces).where(eq(workspaces.id, access.workspaceId));
  if (!row) throw new FailureError(workspaceNotFound(access.workspaceId));
  const { settings, ...rest } = row;
  return { ...rest, role: access.role, limits: limitsFrom(settings), retention: storedSettings.parse(settings).retention ?? null };
}

/** `retention` null: what holds for the installation. */
export type WorkspaceChange = { name?: string | undefined; limits?: LimitsChange | undefined; retention?: RetentionSettings | null | undefined };

/** Changes what is named; a limit of null is the default again. */
export async function updateWorkspace(database: Database, access: Access, { name, limits, retention }: WorkspaceChange): Promise<Result<object>> {
  const refused = denied(access, 'settings.manage');
  if (refused) return { ok: false, failure: refused };
  await database.db.transaction(async (tx) => {
    if (name !== undefined) await tx.update(workspaces).set({ name }).where(eq(workspaces.id, access.workspaceId));
    if (retention !== undefined) {
      const settings = retention === null ? sql`settings - 'retention'` : sql`settings || jsonb_build_object('retention', ${JSON.stringify(retention)}::jsonb)`;
      await tx.update(workspaces).set({ settings }).where(eq(workspaces.id, access.workspaceId));
      await recordAudit(tx, { workspaceId: access.workspaceId, userId: access.user?.id ?? null, action: 'workspace.retention', data: retention });
    }
    if (limits === undefined) return;
    await tx.execute(sql`update workspaces set settings = jsonb_set(settings, '{limits}', jsonb_strip_nulls(coalesce(settings -> 'limits', '{}') || ${JSON.stringify(limits)}::jsonb)) where id = ${access.workspaceId}`);
    await recordAudit(tx, { workspaceId: access.workspaceId, userId: access.user?.id ?? null, action: 'workspace.limits' });
  });
  return { ok: true };
}

/** Remembers the workspace a session used last; false when the user is not a member of it. */
export async function useWorkspace(database: Database, userId: string, sessionId: string, workspaceId: string): Promise<Result<object>> {
  const [member] = await database.db.select({ role: members.role }).from(members)
    .where(and(eq(members.workspaceId, workspaceId), eq(members.userId, userId)));
  if (!member) return { ok: false, failure: workspaceNotFound(workspaceId) };
  await database.db.update(session).set({ workspaceId }).where(and(eq(session.id, sessionId), eq(session.userId, userId)));
  return { ok: true };
}

export function workspaceNotFound(workspaceId: string): Failure {
  return failure('WORKSPACE_NOT_FOUND', {
    en: `There is no workspace "${workspaceId}" for this account. GET /me lists yours.`,
    fr: `Il n’y a pas d’espace « ${workspaceId} » pour ce compte. GET /me liste les vôtres.`,
  });
}
