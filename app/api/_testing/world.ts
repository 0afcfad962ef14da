import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Role } from '#db/access';
import { createTestDatabase } from '#db/testing';
import { serverContext } from '../../_server/context';
import type { Method, Operation } from '../_operations/operation';
import { POST as authPost } from '../auth/[...all]/route';
import type { Handler } from '../_route';

/**
 * The API without a server: its exported handlers are called with requests, on a database of the test file's own.
 * One workspace has a person of every role; a stranger owns another one.
 */
export const origin = 'http://localhost:3000';
export type Caller = Role | 'stranger';
export type World = { workspaceId: string; strangeWorkspaceId: string; cookies: Record<Caller, string>; userIds: Record<Caller, string>; close(): Promise<void> };
export type Asked = { params?: Record<string, string> | undefined; query?: Record<string, string> | undefined; body?: unknown; headers?: Record<string, string> | undefined };

const apiFolder = fileURLToPath(new URL('..', import.meta.url));
export const password = 'a long password';

export async function createWorld(): Promise<World> {
  const database = await createTestDatabase();
  Object.assign(process.env, { DATABASE_URL: database.url, SECRET_KEY: 'x'.repeat(32), PUBLIC_URL: origin, SIGN_UP: 'invite' });
  const cookies: Record<string, string> = {};
  const userIds: Record<string, string> = {};
  const enter = async (who: string, invitationToken?: string) => {
    const reply = await signUp(who, invitationToken);
    if (reply.status !== 200) throw new Error(`${who} could not sign up: ${await reply.text()}`);
    cookies[who] = cookieOf(reply);
    userIds[who] = (await reply.json()).user.id;
  };
  await enter('owner');
  const owner = cookies['owner'] ?? '';
  const me = await (await send('GET', '/me', owner)).json();
  for (const role of ['admin', 'editor', 'operator', 'viewer']) {
    await enter(role, (await (await send('POST', '/invitations', owner, { body: { role } })).json()).token);
  }
  const other = await (await send('POST', '/workspaces', owner, { body: { name: 'Elsewhere' } })).json();
  await enter('stranger', (await (await send('POST', '/invitations', owner, { body: { role: 'owner' }, headers: { 'X-Workspace': other.id } })).json()).token);
  await send('PATCH', '/me', owner, { body: { workspaceId: me.workspaceId } });
  return {
    workspaceId: me.workspaceId, strangeWorkspaceId: other.id,
    cookies: cookies as World['cookies'], userIds: userIds as World['userIds'], // filled for every caller above
    close: async () => {
      await serverContext().database.close();
      await database.drop();
    },
  };
}

export async function signUp(who: string, invitationToken?: string): Promise<Response> {
  const body = { name: who, email: `${who}@example.com`, password, ...(invitationToken ? { invitationToken } : {}) };
  return authPost(new Request(`${origin}/api/auth/sign-up/email`, { method: 'POST', headers: { 'content-type': 'application/json', origin }, body: JSON.stringify(body) }), { params: Promise.resolve({}) });
}

export function cookieOf(reply: Response): string {
  return reply.headers.getSetCookie().map((each) => each.split(';')[0]).join('; ');
}

/** Sends to the handler of the path, as a signed-in page does: cookie, our own origin, JSON. An empty header is left out. */
export async function send(method: Method, path: string, cookie: string | null, asked: Asked = {}): Promise<Response> {
  const query = new URLSearchParams(asked.query).toString();
  const url = `${origin}/api/v1${fill(path, asked.params)}${query ? `?${query}` : ''}`;
  const { headers, payload } = payloadOf(asked.body);
  if (cookie !== null) Object.assign(headers, { cookie, origin });
  Object.assign(headers, asked.headers);
  for (const [name, value] of Object.entries(headers)) if (value === '') delete headers[name];
  const handlers = await handlersOf(path.replaceAll(/:(\w+)/g, '[$1]'));
  return handlers[method](new Request(url, { method, headers, ...(payload === undefined ? {} : { body: payload }) }), { params: Promise.resolve(asked.params ?? {}) });
}

export async function sendTo(operation: Operation, cookie: string | null, asked: Asked = {}): Promise<Response> {
  return send(operation.method, operation.path, cookie, asked);
}

function payloadOf(body: unknown): { headers: Record<string, string>; payload?: string | FormData } {
  if (body === undefined) return { headers: {} };
  if (body instanceof FormData) return { headers: {}, payload: body };
  return { headers: { 'content-type': 'application/json' }, payload: typeof body === 'string' ? body : JSON.stringify(body) };
}

function fill(path: string, params: Record<string, string> = {}): string {
  return path.replaceAll(/:(\w+)/g, (_all, name: string) => encodeURIComponent(params[name] ?? ''));
}

export async function handlersOf(file: string): Promise<Record<Method, Handler>> {
  const module: Record<Method, Handler> = await import(join(apiFolder, 'v1', file, 'route.ts'));
  return module;
}

/** Folders below v1 that answer, for example `flows/[flowId]/runs`. */
export function routeFiles(): string[] {
  const found = readdirSync(join(apiFolder, 'v1'), { recursive: true, withFileTypes: true }).filter((each) => each.name === 'route.ts');
  return found.map((each) => relative(join(apiFolder, 'v1'), each.parentPath).replaceAll('\\', '/'));
}
