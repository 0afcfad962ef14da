import { failure, type Failure } from '#flow/failure';
import type { Access } from './access';
import { accessOfApiKey } from './api-keys';
import type { Auth } from './auth';
import type { Database } from './client';
import { workspaceNotFound, workspacesOf } from './workspaces';

export type SignedIn = { user: { id: string; name: string; email: string }; sessionId: string; lastWorkspaceId: string | null };
export type Credentials = { headers: Headers; apiKey?: string | undefined; workspaceId?: string | undefined };
export type Authenticated = { ok: true; access: Access } | { ok: false; failure: Failure };

/** The person behind the session cookie, or null. */
export async function signedInUser(database: Database, auth: Auth, headers: Headers): Promise<SignedIn | null> {
  if (!headers.get('cookie')) return null;
  const found = await auth.api.getSession({ headers });
  if (!found) return null;
  const { user, session } = found;
  const [row] = await database.sql<{ workspace_id: string | null }[]>`select workspace_id from session where id = ${session.id}`;
  return { user: { id: user.id, name: user.name, email: user.email }, sessionId: session.id, lastWorkspaceId: row?.workspace_id ?? null };
}

/**
 * Who asks, in which workspace, as what: by API key (`Authorization: Bearer`, or given), else by session cookie. The
 * workspace is the one named (`X-Workspace`, or given), else the session's last one, else the first one joined.
 */
export async function authenticate(database: Database, auth: Auth, credentials: Credentials): Promise<Authenticated> {
  const wanted = credentials.workspaceId ?? credentials.headers.get('x-workspace') ?? null;
  const key = credentials.apiKey ?? bearer(credentials.headers);
  if (key !== null) return byKey(database, key, wanted);
  const person = await signedInUser(database, auth, credentials.headers);
  if (!person) return { ok: false, failure: notSignedIn };
  const mine = await workspacesOf(database.db, person.user.id);
  const chosen = wanted !== null ? mine.find((each) => each.id === wanted) : (mine.find((each) => each.id === person.lastWorkspaceId) ?? mine[0]);
  if (!chosen) return { ok: false, failure: wanted !== null ? workspaceNotFound(wanted) : noWorkspace };
  const { id, name } = person.user;
  return { ok: true, access: { workspaceId: chosen.id, role: chosen.role, user: { id, name }, via: 'session', sessionId: person.sessionId } };
}

async function byKey(database: Database, key: string, wanted: string | null): Promise<Authenticated> {
  const access = await accessOfApiKey(database, key);
  if (!access) return { ok: false, failure: unknownKey };
  if (wanted !== null && wanted !== access.workspaceId) return { ok: false, failure: workspaceNotFound(wanted) };
  return { ok: true, access };
}

function bearer(headers: Headers): string | null {
  return /^Bearer\s+(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1] ?? null;
}

export const notSignedIn = failure('NOT_SIGNED_IN', {
  en: 'Sign in first, or send an API key as "Authorization: Bearer <key>".', fr: 'Connectez-vous d’abord, ou envoyez une clé d’API avec « Authorization: Bearer <clé> ».',
});
const unknownKey = failure('NOT_SIGNED_IN', { en: 'This API key is not known or was revoked. Make a new one under /api-keys.', fr: 'Cette clé d’API est inconnue ou révoquée. Créez-en une nouvelle sous /api-keys.' });
const noWorkspace = failure('WORKSPACE_NOT_FOUND', {
  en: 'This account belongs to no workspace. Accept an invitation, or make one with POST /workspaces.',
  fr: 'Ce compte n’appartient à aucun espace. Acceptez une invitation, ou créez-en un avec POST /workspaces.',
});
