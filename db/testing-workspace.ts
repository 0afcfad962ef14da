import { newId } from '#flow/id';
import { roles, type Access, type Role } from './access';
import type { Database } from './client';
import { members, user, workspaces } from './schema';

/** A bare workspace with one person of each role, for tests of queries: no samples, no sessions. */
export type TestWorkspace = { id: string; as: Record<Role, Access> };

export async function insertTestWorkspace(database: Database): Promise<TestWorkspace> {
  const id = newId('wks');
  await database.db.insert(workspaces).values({ id, name: 'Test' });
  const access = async (role: Role): Promise<Access> => {
    const person = { id: newId('usr'), name: `The ${role}` };
    await database.db.insert(user).values({ ...person, email: `${person.id}@example.com` });
    await database.db.insert(members).values({ workspaceId: id, userId: person.id, role });
    return { workspaceId: id, role, user: person, via: 'session' };
  };
  const [owner, admin, editor, operator, viewer] = [await access(roles[0]), await access(roles[1]), await access(roles[2]), await access(roles[3]), await access(roles[4])];
  return { id, as: { owner, admin, editor, operator, viewer } };
}
