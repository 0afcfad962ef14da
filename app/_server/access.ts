import 'server-only';
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { cache } from 'react';
import { denied, type Access, type Right } from '#db/access';
import { pathHeader } from '#db/auth';
import { authenticate, notSignedIn, signedInUser } from '#db/authenticate';
import { anyWorkspace } from '#db/workspaces';
import type { Failure } from '#flow/failure';
import { serverContext } from './context';

/** The person's access, once per request; null when not signed in or without a workspace. */
export const currentAccess = cache(async (): Promise<{ access: Access | null; failure: Failure | null }> => {
  const { database, auth } = serverContext();
  const found = await authenticate(database, auth, { headers: await headers() });
  return found.ok ? { access: found.access, failure: null } : { access: null, failure: found.failure };
});

/** For pages: the access, or off to sign in (or up, on a fresh installation). */
export async function requireAccess(): Promise<Access> {
  const { access, failure } = await currentAccess();
  if (access) return access;
  if (failure?.code === 'WORKSPACE_NOT_FOUND') redirect('/welcome');
  const fresh = !(await anyWorkspace(serverContext().database.db));
  redirect(fresh ? '/sign-up' : signInPath((await headers()).get(pathHeader)));
}

/** Signing in leads back to the page that was asked for. */
function signInPath(asked: string | null): string {
  const base = 'http://millrace.invalid';
  if (asked === null || !URL.canParse(asked, base)) return '/sign-in';
  const { pathname, searchParams } = new URL(asked, base);
  searchParams.delete('_rsc');
  const next = searchParams.size > 0 ? `${pathname}?${searchParams}` : pathname;
  return next === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(next)}`;
}

/** For server actions, which are open to anybody who can post: the access with the right, or the failure to show. */
export async function actionAccess(right: Right): Promise<{ ok: true; access: Access } | { ok: false; failure: Failure }> {
  const { access, failure } = await currentAccess();
  if (!access) return { ok: false, failure: failure ?? notSignedIn };
  const refused = denied(access, right);
  return refused ? { ok: false, failure: refused } : { ok: true, access };
}

export async function currentUser() {
  const { database, auth } = serverContext();
  return signedInUser(database, auth, await headers());
}
