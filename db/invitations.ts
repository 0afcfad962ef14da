import { randomBytes } from 'node:crypto';
import { and, desc, eq, gt, isNull, sql } from 'drizzle-orm';
import { failure, type Failure } from '#flow/failure';
import { newId } from '#flow/id';
import { denied, type Access, type Role } from './access';
import { recordAudit } from './audit';
import { invitationMail } from './invitation-mail';
import { enqueueMail, type Mail } from './mail';
import { recordChange } from './record-change';
import type { Database, Executor } from './client';
import { invitations, members, user, workspaces } from './schema';
import { hashToken } from './session-token';
import { parseRole } from './workspaces';

const lifetimeMs = 14 * 24 * 3_600_000;

export type Invitation = { id: string; role: Role; email: string | null; createdAt: string; expiresAt: string };

/** `mailTo` makes the address of a token, where mail can be sent. */
export type InvitationOptions = { role: Role; email?: string | undefined; mailTo?: ((token: string) => string) | undefined };

/** The token is answered once and never stored: only its hash is. A mail that carries it waits sealed. */
export async function createInvitation(database: Database, access: Access, wanted: InvitationOptions):
Promise<{ ok: true; id: string; token: string; mailed: boolean } | { ok: false; failure: Failure }> {
  const refused = denied(access, 'people.manage');
  if (refused) return { ok: false, failure: refused };
  if (wanted.role === 'owner' && access.role !== 'owner') return { ok: false, failure: ownersInviteOwners };
  const token = randomBytes(24).toString('base64url');
  const id = newId('inv');
  const mailed = wanted.email !== undefined && wanted.mailTo !== undefined;
  await database.db.transaction(async (db) => {
    await db.insert(invitations).values({
      id, workspaceId: access.workspaceId, tokenHash: hashToken(token), role: wanted.role, email: wanted.email?.toLowerCase() ?? null,
      createdBy: access.user?.id ?? null, expiresAt: new Date(Date.now() + lifetimeMs),
    });
    await recordAudit(db, { workspaceId: access.workspaceId, userId: access.user?.id ?? null, action: 'invitation.created', objectId: id, data: { role: wanted.role } });
    if (wanted.email !== undefined && wanted.mailTo) await enqueueMail(db, await mailFor(db, access, { to: wanted.email, role: wanted.role, url: wanted.mailTo(token) }));
  });
  return { ok: true, id, token, mailed };
}

async function mailFor(db: Executor, access: Access, invited: { to: string; role: Role; url: string }): Promise<Mail> {
  const [workspace] = await db.select({ name: workspaces.name }).from(workspaces).where(eq(workspaces.id, access.workspaceId));
  const [inviter] = access.user ? await db.select({ locale: user.locale }).from(user).where(eq(user.id, access.user.id)) : [];
  return invitationMail({ ...invited, workspaceName: workspace?.name ?? '', inviter: access.user?.name ?? access.apiKeyName ?? 'Millrace', locale: inviter?.locale ?? null });
}

export async function listInvitations(database: Database, access: Access): Promise<Invitation[]> {
  const rows = await database.db.select().from(invitations)
    .where(and(eq(invitations.workspaceId, access.workspaceId), isNull(invitations.acceptedAt), isNull(invitations.revokedAt), gt(invitations.expiresAt, sql`now()`)))
    .orderBy(desc(invitations.createdAt));
  return rows.map((row) => ({
    id: row.id, role: parseRole(row.role), email: row.email, createdAt: row.createdAt.toISOString(), expiresAt: row.expiresAt.toISOString(),
  }));
}

export async function revokeInvitation(database: Database, access: Access, invitationId: string): Promise<{ ok: true } | { ok: false; failure: Failure }> {
  const refused = denied(access, 'people.manage');
  if (refused) return { ok: false, failure: refused };
  const gone = await database.db.update(invitations).set({ revokedAt: new Date() })
    .where(and(eq(invitations.id, invitationId), eq(invitations.workspaceId, access.workspaceId), isNull(invitations.acceptedAt), isNull(invitations.revokedAt)))
    .returning({ id: invitations.id });
  return gone.length > 0 ? { ok: true } : { ok: false, failure: invitationInvalid };
}

/** True when the token could be used now (by this address, when the invitation names one). */
export async function isInvited(db: Executor, token: string, email: string): Promise<boolean> {
  const [row] = await db.select({ id: invitations.id }).from(invitations).where(openInvitation(token, email));
  return row !== undefined;
}

/** The people of the workspace an invitation leads to. */
export async function teamOf(db: Executor, token: string): Promise<string[]> {
  const rows = await db.select({ id: members.userId }).from(invitations).innerJoin(members, eq(members.workspaceId, invitations.workspaceId)).where(eq(invitations.tokenHash, hashToken(token)));
  return rows.map((row) => row.id);
}

/** What whoever holds the link may know of it before joining; null when it cannot be used any more. */
export async function findInvitation(db: Executor, token: string): Promise<{ workspaceName: string; role: Role; email: string | null } | null> {
  const [row] = await db.select({ workspaceName: workspaces.name, role: invitations.role, email: invitations.email })
    .from(invitations).innerJoin(workspaces, eq(invitations.workspaceId, workspaces.id))
    .where(and(eq(invitations.tokenHash, hashToken(token)), isNull(invitations.acceptedAt), isNull(invitations.revokedAt), gt(invitations.expiresAt, sql`now()`)));
  return row ? { ...row, role: parseRole(row.role) } : null;
}

/** Single use in one statement: of two acceptances at once, one joins. Runs in the caller's transaction. */
export async function acceptInvitation(db: Executor, token: string, person: { id: string; email: string }):
Promise<{ ok: true; workspaceId: string; role: Role } | { ok: false; failure: Failure }> {
  const [row] = await db.update(invitations).set({ acceptedBy: person.id, acceptedAt: new Date() })
    .where(openInvitation(token, person.email)).returning();
  if (!row) return { ok: false, failure: invitationInvalid };
  await db.insert(members).values({ workspaceId: row.workspaceId, userId: person.id, role: row.role }).onConflictDoNothing();
  await recordAudit(db, { workspaceId: row.workspaceId, userId: person.id, action: 'invitation.accepted', objectId: row.id });
  await recordChange(db, { workspaceId: row.workspaceId, topic: 'member', objectId: person.id });
  return { ok: true, workspaceId: row.workspaceId, role: parseRole(row.role) };
}

function openInvitation(token: string, email: string) {
  return and(
    eq(invitations.tokenHash, hashToken(token)), isNull(invitations.acceptedAt), isNull(invitations.revokedAt),
    gt(invitations.expiresAt, sql`now()`), sql`coalesce(${invitations.email}, ${email.toLowerCase()}) = ${email.toLowerCase()}`,
  );
}

export const invitationInvalid = failure('INVITATION_NOT_FOUND', {
  en: 'This invitation does not exist, was used, withdrawn, is for another address or has expired. Ask for a new one.',
  fr: 'Cette invitation n’existe pas, a été utilisée, retirée, vise une autre adresse ou a expiré. Demandez-en une nouvelle.',
});
const ownersInviteOwners = failure('ACCESS_DENIED', {
  en: 'Only an owner may invite an owner. Choose another role.', fr: 'Seul un propriétaire peut inviter un propriétaire. Choisissez un autre rôle.',
});
