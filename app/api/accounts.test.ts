import { afterAll, beforeAll, expect, test } from 'vitest';
import { GET as authGet, POST as authPost } from './auth/[...all]/route';
import { cookieOf, createWorld, origin, password, send, signUp, type World } from './_testing/world';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const auth = (path: string, body: unknown, headers: Record<string, string> = {}) => authPost(new Request(`${origin}/api/auth/${path}`, {
  method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: typeof body === 'string' ? body : JSON.stringify(body),
}), { params: Promise.resolve({}) });
const signIn = (email: string, given: string, headers?: Record<string, string>) => auth('sign-in/email', { email, password: given }, headers);

test('the first account owns the first workspace; the next needs an invitation', async () => {
  const me = await (await send('GET', '/me', world.cookies.owner)).json();
  expect(me.user).toMatchObject({ name: 'owner', email: 'owner@example.com' });
  expect(me.workspaces[0]).toMatchObject({ id: world.workspaceId, role: 'owner' });
  const refused = await signUp('nobody');
  expect(refused.status).toBe(403);
  const answer = await refused.json();
  expect(answer.error).toMatchObject({ code: 'INVITATION_REQUIRED' });
  expect(answer.code).toBe('INVITATION_REQUIRED');
});

test('an invitation is used once, by sign-up or by accepting', async () => {
  const made = await send('POST', '/invitations', world.cookies.owner, { body: { role: 'editor' } });
  expect(made.status).toBe(201);
  const { token, url } = await made.json();
  expect(url).toBe(`${origin}/invite/${token}`);
  const joined = await send('POST', '/invitations/accept', world.cookies.stranger, { body: { token } });
  expect(await joined.json()).toEqual({ workspaceId: world.workspaceId, role: 'editor' });
  expect((await send('GET', '/workspace', world.cookies.stranger)).status).toBe(200);
  expect((await signUp('late', token)).status).toBe(403);
  expect((await send('POST', '/invitations/accept', world.cookies.viewer, { body: { token } })).status).toBe(404);
  await send('DELETE', '/members/:userId', world.cookies.owner, { params: { userId: world.userIds.stranger } });
});

test('a session keeps the workspace it chose, X-Workspace names another for one request', async () => {
  const { cookies, strangeWorkspaceId, workspaceId } = world;
  expect((await send('PATCH', '/me', cookies.owner, { body: { workspaceId: strangeWorkspaceId } })).status).toBe(200);
  expect(await (await send('GET', '/workspace', cookies.owner)).json()).toMatchObject({ id: strangeWorkspaceId, name: 'Elsewhere', role: 'owner' });
  expect((await (await send('GET', '/workspace', cookies.owner, { headers: { 'X-Workspace': workspaceId } })).json()).id).toBe(workspaceId);
  await send('PATCH', '/me', cookies.owner, { body: { workspaceId } });
  expect((await send('PATCH', '/me', cookies.viewer, { body: { workspaceId: strangeWorkspaceId } })).status).toBe(404);
});

test('signing in gives a new session, which can be listed and revoked, and sign-out ends one', async () => {
  const first = await signIn('viewer@example.com', password, { origin });
  expect(first.status).toBe(200);
  const cookie = cookieOf(first);
  const listed = await (await send('GET', '/sessions', cookie)).json();
  expect(listed.items.length).toBeGreaterThanOrEqual(2);
  const current = listed.items.filter((each: { current: boolean }) => each.current);
  expect(current).toHaveLength(1);
  expect(JSON.stringify(listed)).not.toContain('token');
  const foreign = await send('DELETE', '/sessions/:sessionId', world.cookies.owner, { params: { sessionId: current[0].id } });
  expect(foreign.status).toBe(404);
  expect((await send('DELETE', '/sessions/:sessionId', world.cookies.viewer, { params: { sessionId: current[0].id } })).status).toBe(200);
  expect((await send('GET', '/me', cookie)).status).toBe(401);
  const second = cookieOf(await signIn('viewer@example.com', password));
  expect((await auth('sign-out', {}, { cookie: second, origin })).status).toBe(200);
  expect((await send('GET', '/me', second)).status).toBe(401);
});

test('a wrong password is LOGIN_FAILED in the caller’s language and says the same for an unknown address', async () => {
  const wrong = await signIn('viewer@example.com', 'not the password', { 'accept-language': 'fr' });
  const unknown = await signIn('unknown@example.com', 'not the password', { 'accept-language': 'fr' });
  expect([wrong.status, unknown.status]).toEqual([401, 401]);
  const [first, second] = [await wrong.json(), await unknown.json()];
  expect(first).toEqual(second);
  expect(first.error).toEqual({ code: 'LOGIN_FAILED', message: 'L’adresse électronique ou le mot de passe est faux. Réessayez.' });
});

test('better-auth’s paths refuse bad JSON, long names, foreign origins and unknown paths in the one error shape', async () => {
  const codes = async (reply: Response) => [reply.status, (await reply.json()).error?.code];
  expect(await codes(await auth('sign-in/email', '{'))).toEqual([400, 'INVALID_JSON']);
  expect(await codes(await auth('sign-in/email', '[]'))).toEqual([400, 'PARAM_INVALID']);
  expect(await codes(await auth('sign-in/email', { email: 1, password: {} }))).toEqual([400, 'PARAM_INVALID']);
  expect(await codes(await auth('sign-up/email', { name: 'n'.repeat(10_000), email: 'n@example.com', password }))).toEqual([400, 'PARAM_INVALID']);
  expect(await codes(await auth('sign-up/email', { name: 'N', email: 'no address', password }))).toEqual([400, 'PARAM_INVALID']);
  expect(await codes(await signIn('viewer@example.com', password, { origin: 'https://evil.example' }))).toEqual([403, 'ORIGIN_REFUSED']);
  expect(await codes(await signIn('viewer@example.com', password, { origin: 'null' }))).toEqual([403, 'ORIGIN_REFUSED']);
  expect(await codes(await auth('sign-out', {}, { cookie: world.cookies.viewer }))).toEqual([403, 'ORIGIN_REFUSED']);
  for (const shut of ['delete-user', 'list-sessions', 'change-email', 'unlink-account', 'request-password-reset']) expect(await codes(await auth(shut, {}, { cookie: world.cookies.viewer, origin }))).toEqual([404, 'NOT_FOUND']);
  expect(await codes(await auth('update-user', { name: 'n'.repeat(10_000) }, { cookie: world.cookies.viewer, origin }))).toEqual([400, 'PARAM_INVALID']);
  expect(await codes(await auth('change-password', { currentPassword: 'wrong', newPassword: 'another password' }, { cookie: world.cookies.viewer, origin }))).toEqual([400, 'LOGIN_FAILED']);
  expect(await codes(await authGet(new Request(`${origin}/api/auth/nothing-here`), { params: Promise.resolve({}) }))).toEqual([404, 'NOT_FOUND']);
});

test('the last owner stays; an admin makes no owner', async () => {
  const params = { userId: world.userIds.owner };
  expect((await (await send('PATCH', '/members/:userId', world.cookies.owner, { params, body: { role: 'viewer' } })).json()).error.code).toBe('LAST_ADMIN');
  expect((await send('DELETE', '/members/:userId', world.cookies.owner, { params })).status).toBe(409);
  const byAdmin = await send('PATCH', '/members/:userId', world.cookies.admin, { params: { userId: world.userIds.editor }, body: { role: 'owner' } });
  expect(byAdmin.status).toBe(403);
});

test('an API key acts with its role, in its workspace, without an Origin, and is dead once revoked', async () => {
  const { id, key } = await (await send('POST', '/api-keys', world.cookies.owner, { body: { name: 'CI', role: 'viewer' } })).json();
  const headers = { authorization: `Bearer ${key}` };
  expect(await (await send('GET', '/me', null, { headers })).json()).toMatchObject({ user: null, workspaces: [{ id: world.workspaceId, role: 'viewer' }] });
  expect((await send('POST', '/components', null, { headers, body: { title: 'X' } })).status).toBe(403);
  expect((await send('GET', '/members', null, { headers: { ...headers, 'X-Workspace': world.strangeWorkspaceId } })).status).toBe(404);
  expect(JSON.stringify(await (await send('GET', '/api-keys', world.cookies.owner)).json())).not.toContain(key);
  await send('DELETE', '/api-keys/:keyId', world.cookies.owner, { params: { keyId: id } });
  expect((await send('GET', '/members', null, { headers })).status).toBe(401);
});

test('a short list pages by cursor', async () => {
  const seen: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page = await (await send('GET', '/members', world.cookies.viewer, { query: { limit: '2', ...(cursor ? { cursor } : {}) } })).json();
    seen.push(...page.items.map((each: { id: string }) => each.id));
    cursor = page.nextCursor;
  }
  expect(new Set(seen)).toEqual(new Set([world.userIds.owner, world.userIds.admin, world.userIds.editor, world.userIds.operator, world.userIds.viewer]));
  expect(seen).toHaveLength(5);
  expect((await send('GET', '/members', world.cookies.viewer, { query: { cursor: 'nowhere' } })).status).toBe(400);
});
