import { and, eq } from 'drizzle-orm';
import { fail } from '#flow/failure';
import { text } from '#flow/text';
import { allows, roles, type Right } from './access';
import type { Executor } from './client';
import { members } from './schema';

/**
 * A run acts for whoever started it, with the rights that person has now: roles change while runs wait. Keys and the
 * platform (no user) were judged when they started it.
 */
export async function requireRunRight(db: Executor, run: { workspaceId: string; startedBy: { id: string | null; name: string } }, right: Right): Promise<void> {
  const { id, name } = run.startedBy;
  if (id === null) return;
  const [member] = await db.select({ role: members.role }).from(members).where(and(eq(members.workspaceId, run.workspaceId), eq(members.userId, id)));
  if (roleAllows(member?.role, right)) return;
  const role = roles.find((each) => each === member?.role);
  fail('ACCESS_DENIED', role === undefined
    ? text(`${name}, for whom this run acts, is no longer a member of the workspace. Somebody who is must start it.`, `${name}, pour qui cette exécution agit, n’est plus membre de l’espace de travail. Un membre doit la lancer.`)
    : text(`The role "${role}" of ${name}, for whom this run acts, may not do this (${right}).`, `Le rôle « ${role} » de ${name}, pour qui cette exécution agit, ne le permet pas (${right}).`));
}

/** `role`: as it is stored; nobody's allows nothing. */
export function roleAllows(role: string | null | undefined, right: Right): boolean {
  const known = roles.find((each) => each === role);
  return known !== undefined && allows(known, right);
}
