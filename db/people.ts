import { and, asc, eq, inArray } from 'drizzle-orm';
import type { Asked, Person } from '#flow/steps/capabilities';
import { allows } from './access';
import type { Executor } from './client';
import { members, user } from './schema';
import { parseRole } from './workspaces';

/** Members of a workspace, by id in the order asked for, or by role by name; with `mayAnswer` only who may answer questions. */
export async function peopleOf(db: Executor, workspaceId: string, asked: Asked, mayAnswer = false): Promise<Person[]> {
  if ('ids' in asked && asked.ids.length === 0) return [];
  const rows = await db.select({ id: user.id, name: user.name, role: members.role }).from(members).innerJoin(user, eq(user.id, members.userId))
    .where(and(eq(members.workspaceId, workspaceId), 'ids' in asked ? inArray(user.id, [...asked.ids]) : eq(members.role, asked.role))).orderBy(asc(user.name), asc(user.id));
  const people = rows.filter((row) => !mayAnswer || allows(parseRole(row.role), 'tasks.answer')).map(({ id, name }) => ({ id, name }));
  return 'ids' in asked ? [...new Set(asked.ids)].flatMap((id) => people.filter((each) => each.id === id)) : people;
}
