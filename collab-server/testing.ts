import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { io, type Socket } from 'socket.io-client';
import WebSocket from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import type { Role } from '#db/access';
import { createAuth } from '#db/auth';
import { connect } from '#db/client';
import { readEnv, type Env } from '#db/env';
import { insertDocument } from '#db/flow-documents';
import { components, flows, members, workspaces } from '#db/schema/index';
import { createTestDatabase, type TestDatabase } from '#db/testing';
import { emptyDefinition } from '#flow/canonical';
import { createDocument } from '#flow/document';
import type { FlowDefinition } from '#flow/flow';
import { newId } from '#flow/id';
import { until } from '#flow/testing-until';
import { startWeb } from './main';

/** A web process in this one, on a database and port of its own, with people in it. Next's part answers 404. */
export type Person = { id: string; name: string; cookie: string };
export type TestWeb = Awaited<ReturnType<typeof startTestWeb>>;

export async function startTestWeb(options: { evictAfterMs?: number } = {}) {
  const database = await createTestDatabase();
  const env = await testEnv(database.url);
  let web = await startPart(env, options);
  const workspaceId = newId('wks');
  await database.db.insert(workspaces).values({ id: workspaceId, name: 'Test' });
  return {
    database, env, workspaceId,
    url: `http://127.0.0.1:${env.port}`,
    /** Another web process on the same database. */
    startSecond: async () => {
      const second = await testEnv(database.url);
      return { env: second, ...(await startPart(second, options)) };
    },
    restart: async (pause: () => Promise<void> = async () => {}) => {
      await web.close();
      await pause();
      web = await startPart(env, options);
    },
    stop: async () => {
      await web.close();
      await database.drop();
    },
  };
}

async function startPart(env: Env, options: { evictAfterMs?: number }) {
  const database = connect(env.databaseUrl, { max: 6 });
  const web = await startWeb({
    env, database, ...options,
    handleRequest: (_request, response) => void response.writeHead(404).end(),
    handleUpgradeForNext: (_request, socket) => socket.destroy(),
    closeNext: async () => {},
  });
  return { close: async () => {
    await web.close();
    await database.close();
  } };
}

export async function testEnv(databaseUrl: string): Promise<Env> {
  return readEnv({ PORT: String(await freePort()), DATABASE_URL: databaseUrl, SECRET_KEY: 'k'.repeat(40), SIGN_UP: 'open' });
}

/** A web process of its own, to be killed, stopped or weighed. */
export async function forkWeb(env: Env, options: { evictAfterMs?: number } = {}): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL('testing-child.ts', import.meta.url)), {
    execArgv: ['--expose-gc', '--import', 'tsx'], stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, DATABASE_URL: env.databaseUrl, PORT: String(env.port), SECRET_KEY: env.secretKey, SIGN_UP: 'open', ...(options.evictAfterMs === undefined ? {} : { EVICT_AFTER_MS: String(options.evictAfterMs) }) },
  });
  await Promise.race([once(child, 'message'), once(child, 'exit').then(() => { throw new Error('the web process ended before it was ready'); })]);
  return child;
}

/** Bytes in use in a forked web process after a full collection. */
export async function heapOf(child: ChildProcess): Promise<number> {
  const heard = once(child, 'message') as Promise<[{ heapBytes: number }]>; // what testing-child.ts answers
  child.send({ heap: true });
  const [{ heapBytes }] = await heard;
  return heapBytes;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // a TCP server's address is one
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export async function signUp(database: TestDatabase, env: Env, name: string): Promise<Person> {
  const auth = createAuth(database, env.auth);
  const answer = await auth.api.signUpEmail({ body: { name, email: `${name.toLowerCase()}-${newId('x')}@example.com`, password: 'password-1' }, asResponse: true });
  const { user }: { user: { id: string } } = await answer.json();
  return { id: user.id, name, cookie: answer.headers.getSetCookie().map((each) => each.split(';')[0]).join('; ') };
}

export async function join(database: TestDatabase, workspaceId: string, userId: string, role: Role): Promise<void> {
  await database.db.insert(members).values({ workspaceId, userId, role });
}

/** Somebody with a role in the web's workspace. */
export async function person(web: TestWeb, name: string, role: Role): Promise<Person> {
  const made = await signUp(web.database, web.env, name);
  await join(web.database, web.workspaceId, made.id, role);
  return made;
}

export async function insertFlow(database: TestDatabase, workspaceId: string, definition: FlowDefinition = emptyDefinition('dataflow', 'Rain')): Promise<string> {
  const componentId = newId('cmp');
  const flowId = newId('flw');
  await database.db.insert(components).values({ id: componentId, workspaceId, title: 'Weather' });
  await database.db.insert(flows).values({ id: flowId, workspaceId, componentId, kind: 'dataflow', name: 'Rain' });
  await insertDocument(database.db, { flowId, userId: null }, createDocument(definition));
  return flowId;
}

export const otherWorkspaceId = 'wks_other';

/** Somebody who owns another workspace and is nobody here. */
export async function outsider(web: TestWeb, name: string): Promise<Person> {
  const made = await signUp(web.database, web.env, name);
  await web.database.sql`insert into workspaces (id, name) values (${otherWorkspaceId}, 'Other') on conflict do nothing`;
  await join(web.database, otherWorkspaceId, made.id, 'owner');
  return made;
}

/** A flow of so many steps in stages of twenty. */
export function flowOf(steps: number): FlowDefinition {
  const stages = Array.from({ length: Math.ceil(steps / 20) }, (_, at) => ({
    id: `stg_${at}`, name: `Stage ${at}`,
    steps: Array.from({ length: Math.min(20, steps - at * 20) }, (_each, place) => ({ id: `stp_${at}_${place}`, type: 'get-raw-model', name: `Step ${at} ${place}`, params: { model: `{"at":${at * 20 + place}}` } })),
  }));
  return { ...emptyDefinition('dataflow', `Flow of ${steps}`), lanes: [{ id: 'main', stages }] };
}

type Client = { provider: WebsocketProvider; doc: Y.Doc; close: () => void };

/** A stock y-websocket client with somebody's cookie. */
export function openStock(url: string, flowId: string, headers: Record<string, string>): Client {
  const doc = new Y.Doc();
  const provider = new WebsocketProvider(`${url.replace('http', 'ws')}/collab`, flowId, doc, { WebSocketPolyfill: socketWith(headers), disableBc: true });
  return { provider, doc, close: () => {
    provider.destroy();
    doc.destroy();
  } };
}

/** A WebSocket class that sends these headers, as a browser sends its cookie. */
export function socketWith(headers: Record<string, string>): typeof globalThis.WebSocket {
  const WithHeaders = class extends WebSocket {
    constructor(address: string | URL) {
      super(address, { headers });
    }
  };
  return WithHeaders as unknown as typeof globalThis.WebSocket; // ws is made to stand in for the browser's
}

export async function synced(client: Client): Promise<Client> {
  if (!client.provider.synced) await until(() => client.provider.synced, 'the client to sync');
  return client;
}

/** The close code of a socket that the server refuses. */
export async function closeCodeOf(socket: WebSocket): Promise<number> {
  const [code]: [number] = await once(socket, 'close') as [number]; // ws gives the code first
  return code;
}

export function rawSocket(url: string, flowId: string, headers: Record<string, string>): WebSocket {
  return new WebSocket(`${url.replace('http', 'ws')}/collab/${flowId}`, { headers });
}

export function liveClient(url: string, namespace: string, options: { cookie?: string; auth?: Record<string, string>; origin?: string }): Socket {
  const extraHeaders = { ...(options.cookie ? { cookie: options.cookie } : {}), ...(options.origin ? { origin: options.origin } : {}) };
  return io(`${url}${namespace}`, { extraHeaders, auth: options.auth ?? {}, forceNew: true, transports: ['websocket'], reconnectionDelay: 50, reconnectionDelayMax: 100 });
}
