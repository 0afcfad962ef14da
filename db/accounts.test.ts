import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eq } from 'drizzle-orm';
import { colourOf } from '#flow/presence';
import type { Access, Role } from './access';
import { accessOfApiKey, createApiKey, listApiKeys, revokeApiKey } from './api-keys';
import { addressHeader, createAuth, type Auth } from './auth';
import { authenticate, signedInUser } from './authenticate';
import { acceptInvitation, createInvitation, listInvitations, revokeInvitation } from './invitations';
import { listMembers, removeMember, setMemberRole } from './members';
import { apiKeys, invitations, members, session, user, workspaces } from './schema';
import { createTestDatabase, type TestDatabase } from './testing';
import { codeOf, got } from './testing-result';
import { insertTestWorkspace } from './testing-workspace';

let database: TestDatabase;
let auth: Auth;

const settings = { secret: 's'.repeat(64), baseUrl: 'http://localhost:3000', trustedOrigins: ['http://localhost:3000'] };
beforeEach(async () => {
  database = await createTestDatabase();
  auth = createAuth(database, { ...settings, signUp: 'invite' });
});
afterEach(() => database.drop());

const password = 'password-of-test-1';

/** As the browser sends it: the body of the request is what better-auth and our hooks see. */
function post(path: string, body: object, headers: Record<string, string> = {}, by: Auth = auth): Promise<Response> {
  return by.handler(new Request(`http://localhost:3000/api/auth${path}`, {
    method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', origin: 'http://localhost:3000', ...headers },
  }));
}
const signUp = (name: string, more: object = {}, by: Auth = auth) => post('/sign-up/email', { name, email: `${name.toLowerCase()}@example.com`, password, ...more }, {}, by);
const cookieOf = (response: Response) => response.headers.getSetCookie().map((each) => each.split(';')[0]).join('; ');
const person = async (name: string) => (await database.db.select({ id: user.id, email: user.email }).from(user).where(eq(user.email, `${name.toLowerCase()}@example.com`)))[0] ?? { id: '', email: '' };

async function accessFor(response: Response): Promise<Access> {
  const found = await authenticate(database, auth, { headers: new Headers({ cookie: cookieOf(response) }) });
  if (!found.ok) throw new Error(found.failure.message);
  return found.access;
}

describe('signing up', () => {
  test('two first accounts at once make one owner of one workspace, the other is asked for an invitation', async () => {
    const answers = await Promise.all(['Ana', 'Bo'].map((name) => signUp(name)));
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, 403]);
    expect(await database.db.select({ role: members.role }).from(members)).toEqual([{ role: 'owner' }]);
    expect(await database.db.select().from(user)).toHaveLength(1);
    expect(await database.db.select().from(workspaces)).toHaveLength(1);
  });

  test('afterwards nobody comes in without an invitation, unless SIGN_UP is open: then without a workspace', async () => {
    await signUp('Ana');
    const refused = await signUp('Bo');
    expect([refused.status, await refused.json()]).toMatchObject([403, { code: 'INVITATION_REQUIRED' }]);
    const open = createAuth(database, { ...settings, signUp: 'open' });
    expect((await signUp('Bo', {}, open)).status).toBe(200);
    expect(await database.db.select({ userId: members.userId }).from(members)).toHaveLength(1);
  });

  test('an account that was refused leaves nothing behind', async () => {
    await signUp('Ana');
    await signUp('Bo', { invitationToken: 'made-up' });
    expect(await database.db.select({ email: user.email }).from(user)).toEqual([{ email: 'ana@example.com' }]);
  });
});

describe('invitations', () => {
  let owner: Access;
  beforeEach(async () => {
    owner = await accessFor(await signUp('Ana'));
  });
  const invite = async (role: Role = 'editor', email?: string) => got(await createInvitation(database, owner, { role, email })).token;

  test('six people of a team have six colours', async () => {
    for (const name of ['Bo', 'Cy', 'Di', 'Ed', 'Flo']) expect((await signUp(name, { invitationToken: await invite() })).status).toBe(200);
    const team = await listMembers(database, owner);
    expect(team).toHaveLength(6);
    expect(new Set(team.map((each) => colourOf(each.id))).size).toBe(6);
  });

  test('of two sign-ups with one link at once, one joins with its role', async () => {
    const token = await invite('operator');
    const answers = await Promise.all(['Bo', 'Cy'].map((name) => signUp(name, { invitationToken: token })));
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, 403]);
    expect((await listMembers(database, owner)).map((each) => each.role)).toEqual(['owner', 'operator']);
    expect(await database.db.$count(user)).toBe(2);
  });

  test('the table keeps a hash of the token, never the token', async () => {
    const token = await invite();
    const [row] = await database.db.select().from(invitations);
    expect(JSON.stringify(row)).not.toContain(token);
    expect(row?.tokenHash).toHaveLength(43);
  });

  test('one for an address is for that address alone, in any case', async () => {
    const token = await invite('viewer', 'Bo@Example.com');
    expect((await signUp('Cy', { invitationToken: token })).status).toBe(403);
    expect((await signUp('Bo', { invitationToken: token })).status).toBe(200);
  });

  test('withdrawn or expired ones are worth nothing', async () => {
    const [withdrawn, expired] = [await invite(), await invite()];
    const listed = await listInvitations(database, owner);
    expect(listed).toHaveLength(2);
    const [first] = await database.db.select({ id: invitations.id }).from(invitations).orderBy(invitations.createdAt).limit(1);
    expect(codeOf(await revokeInvitation(database, owner, first?.id ?? ''))).toBe('ok');
    await database.sql`update invitations set expires_at = now() - interval '1 second' where id <> ${first?.id ?? ''}`;
    for (const token of [withdrawn, expired]) expect((await signUp('Bo', { invitationToken: token })).status).toBe(403);
  });

  test('one accepted by a person who is already in keeps that person’s role', async () => {
    const token = await invite('viewer');
    const ana = await person('Ana');
    await database.db.transaction((tx) => acceptInvitation(tx, token, ana));
    expect((await listMembers(database, owner)).map((each) => each.role)).toEqual(['owner']);
  });

  test('only owners invite owners, only owners and admins invite at all', async () => {
    const { as } = await insertTestWorkspace(database);
    const codes = async (access: Access) => [codeOf(await createInvitation(database, access, { role: 'owner' })), codeOf(await createInvitation(database, access, { role: 'editor' }))];
    expect(await codes(as.owner)).toEqual(['ok', 'ok']);
    expect(await codes(as.admin)).toEqual(['ACCESS_DENIED', 'ok']);
    for (const role of ['editor', 'operator', 'viewer'] as const) expect(await codes(as[role]), role).toEqual(['ACCESS_DENIED', 'ACCESS_DENIED']);
  });
});

describe('members', () => {
  test('of two owners who demote each other at once, one stays', async () => {
    const { as, id } = await insertTestWorkspace(database);
    got(await setMemberRole(database, as.owner, as.admin.user?.id ?? '', 'owner'));
    const second: Access = { ...as.admin, role: 'owner' };
    const answers = await Promise.all([setMemberRole(database, as.owner, second.user?.id ?? '', 'viewer'), setMemberRole(database, second, as.owner.user?.id ?? '', 'viewer')]);
    expect(answers.map(codeOf).toSorted()).toEqual(['LAST_ADMIN', 'ok']);
    const owners = (await listMembers(database, { ...as.owner, workspaceId: id })).filter((each) => each.role === 'owner');
    expect(owners).toHaveLength(1);
    expect(codeOf(await removeMember(database, { ...as.owner }, owners[0]?.id ?? ''))).toBe('LAST_ADMIN');
  });

  test('admins manage people below owners, everybody else nobody, and never those of another workspace', async () => {
    const [here, there] = [await insertTestWorkspace(database), await insertTestWorkspace(database)];
    const viewer = here.as.viewer.user?.id ?? '';
    expect(codeOf(await setMemberRole(database, here.as.admin, viewer, 'editor'))).toBe('ok');
    expect(codeOf(await setMemberRole(database, here.as.admin, viewer, 'owner'))).toBe('ACCESS_DENIED');
    expect(codeOf(await removeMember(database, here.as.admin, here.as.owner.user?.id ?? ''))).toBe('ACCESS_DENIED');
    for (const role of ['editor', 'operator', 'viewer'] as const) expect(codeOf(await removeMember(database, here.as[role], viewer)), role).toBe('ACCESS_DENIED');
    expect(codeOf(await setMemberRole(database, there.as.owner, viewer, 'viewer'))).toBe('MEMBER_NOT_FOUND');
    expect(codeOf(await removeMember(database, there.as.owner, viewer))).toBe('MEMBER_NOT_FOUND');
    expect(codeOf(await removeMember(database, here.as.owner, viewer))).toBe('ok');
  });
});

describe('API keys', () => {
  test('a key is shown once, stored as a hash, and opens its own workspace with its role until it is revoked', async () => {
    const { as, id } = await insertTestWorkspace(database);
    const made = got(await createApiKey(database, as.admin, { name: 'ci', role: 'operator' }));
    const [row] = await database.db.select().from(apiKeys);
    expect(JSON.stringify(row)).not.toContain(made.key);
    expect(row?.prefix).toBe(made.key.slice(0, 8));
    const headers = new Headers({ authorization: `Bearer ${made.key}` });
    expect(await authenticate(database, auth, { headers })).toMatchObject({ ok: true, access: { workspaceId: id, role: 'operator', user: null, via: 'api-key' } });
    const other = await insertTestWorkspace(database);
    expect(await authenticate(database, auth, { headers, workspaceId: other.id })).toMatchObject({ ok: false, failure: { code: 'WORKSPACE_NOT_FOUND' } });
    expect(codeOf(await revokeApiKey(database, other.as.owner, made.id))).toBe('API_KEY_NOT_FOUND');
    expect(got(await listApiKeys(database, as.owner)).items).toMatchObject([{ id: made.id, name: 'ci' }]);
    got(await revokeApiKey(database, as.owner, made.id));
    expect(await accessOfApiKey(database, made.key)).toBeNull();
    expect(await authenticate(database, auth, { headers })).toMatchObject({ ok: false, failure: { code: 'NOT_SIGNED_IN' } });
  });

  test('only owners make owner keys, only owners and admins make keys', async () => {
    const { as } = await insertTestWorkspace(database);
    expect(codeOf(await createApiKey(database, as.owner, { name: 'o', role: 'owner' }))).toBe('ok');
    expect(codeOf(await createApiKey(database, as.admin, { name: 'o', role: 'owner' }))).toBe('ACCESS_DENIED');
    for (const role of ['editor', 'operator', 'viewer'] as const) {
      expect(codeOf(await createApiKey(database, as[role], { name: 'k', role: 'viewer' })), role).toBe('ACCESS_DENIED');
      expect(codeOf(await listApiKeys(database, as[role])), role).toBe('ACCESS_DENIED');
    }
  });
});

describe('sessions', () => {
  test('the table holds a hash of the token: who reads it cannot sign in', async () => {
    const answer = await signUp('Ana');
    const cookie = cookieOf(answer);
    const token = decodeURIComponent(/session_token=([^;]+)/.exec(cookie)?.[1] ?? '').split('.')[0] ?? '';
    const [row] = await database.db.select().from(session);
    expect(token.length).toBeGreaterThan(20);
    expect(row?.token).not.toBe(token);
    expect(await signedInUser(database, auth, new Headers({ cookie }))).toMatchObject({ user: { email: 'ana@example.com' }, sessionId: row?.id });
    expect(await signedInUser(database, auth, new Headers({ cookie: cookie.replace(encodeURIComponent(token), encodeURIComponent(row?.token ?? '')) }))).toBeNull();
  });

  test('signing out ends the session in the database', async () => {
    const cookie = cookieOf(await signUp('Ana'));
    expect((await post('/sign-out', {}, { cookie })).status).toBe(200);
    expect(await signedInUser(database, auth, new Headers({ cookie }))).toBeNull();
    expect(await database.db.$count(session)).toBe(0);
  });

  test('a foreign workspace asked for by header is refused, one’s own is taken', async () => {
    const cookie = cookieOf(await signUp('Ana'));
    const other = await insertTestWorkspace(database);
    const ask = (workspaceId: string) => authenticate(database, auth, { headers: new Headers({ cookie, 'x-workspace': workspaceId }) });
    expect(await ask(other.id)).toMatchObject({ ok: false, failure: { code: 'WORKSPACE_NOT_FOUND' } });
    await database.db.insert(members).values({ workspaceId: other.id, userId: (await person('Ana')).id, role: 'viewer' });
    expect(await ask(other.id)).toMatchObject({ ok: true, access: { workspaceId: other.id, role: 'viewer' } });
  });

  test('the sixth wrong password closes the account for this address only, the right one included', async () => {
    await signUp('Ana');
    const from = (address: string, given: string) => post('/sign-in/email', { email: 'ana@example.com', password: given }, { [addressHeader]: address });
    for (let tries = 0; tries < 5; tries++) expect((await from('10.0.0.1', 'wrong-password')).status).toBe(401);
    const closed = await from('10.0.0.1', password);
    expect(closed.status).toBe(429);
    expect(Number(closed.headers.get('retry-after'))).toBeGreaterThan(20);
    expect((await from('10.0.0.2', password)).status).toBe(200);
  });

  test('an unknown account is answered like a wrong password', async () => {
    await signUp('Ana');
    const bodies = [];
    for (const email of ['ana@example.com', 'nobody@example.com']) {
      const answer = await post('/sign-in/email', { email, password: 'wrong-password' });
      bodies.push([answer.status, await answer.text()]);
    }
    expect(bodies[0]).toEqual(bodies[1]);
  });
});
