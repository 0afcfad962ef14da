import type { Executor } from './client';
import { acceptInvitation, isInvited } from './invitations';
import { anyWorkspace, claimFirstWorkspace } from './workspaces';

/** SIGN_UP=invite (default) asks for an invitation once a workspace exists; SIGN_UP=open lets anybody in, without a workspace. */
export type SignUpPolicy = 'invite' | 'open';
export type Newcomer = { id: string; name: string; email: string };

export async function maySignUp(db: Executor, policy: SignUpPolicy, email: string, token: string | null): Promise<boolean> {
  if (token !== null) return isInvited(db, token, email);
  return policy === 'open' || !(await anyWorkspace(db));
}

/**
 * Gives a new account its place: by invitation, or as owner of the first workspace. False when it lost the race for
 * the first workspace and nobody invited it: the account must then go.
 */
export async function settle(db: Executor, policy: SignUpPolicy, person: Newcomer, token: string | null): Promise<boolean> {
  if (token !== null) return (await acceptInvitation(db, token, person)).ok;
  const first = await claimFirstWorkspace(db, person.id, firstWorkspaceName(person.name));
  return first !== null || policy === 'open';
}

function firstWorkspaceName(personName: string): string {
  return `${personName.trim().split(/\s+/)[0] ?? 'Millrace'} & co`;
}
