import { readdirSync, readFileSync } from 'node:fs';
import { join as pathJoin } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { roles, type Role } from '#db/access';
import { newId, newRunId } from '#flow/id';
import { until } from '#flow/testing-until';
import { insertFlow, liveClient, otherWorkspaceId, outsider, person, startTestWeb, type Person, type TestWeb } from './testing';

/**
 * Every namespace and every client event × who asks × whose ids. Both are read from the sources, so a new one is in here
 * the moment it exists and fails by name until it has its good payload below.
 */
const sources = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.ts') && !name.includes('.test.')).map((name) => readFileSync(pathJoin(import.meta.dirname, name), 'utf8'));
const namespaces = [...new Set(sources.flatMap((source) => [...source.matchAll(/io\.of\('(\/\w+)'\)/g)].map((match) => match[1] ?? '')))].toSorted();
const events = [...new Set(sources.flatMap((source) => [...source.matchAll(/onEvent\(socket, '(\w+)'/g)].map((match) => match[1] ?? '')))].toSorted();

type Good = { namespace: string; payload: (ids: Ids) => unknown; /** The code for ids of another workspace, of what was deleted or never was; null: the event names nothing of a workspace. */ missing: string | null };
type Ids = { flowId: string; runId: string };
const good: Record<string, Good> = {
  watch: { namespace: '/runs', payload: ({ runId }) => ({ runId, after: 0 }), missing: 'RUN_NOT_FOUND' },
  unwatch: { namespace: '/runs', payload: ({ runId }) => ({ runId }), missing: null },
  watchFlow: { namespace: '/runs', payload: ({ flowId }) => ({ flowId }), missing: 'FLOW_NOT_FOUND' },
  unwatchFlow: { namespace: '/runs', payload: ({ flowId }) => ({ flowId }), missing: null },
  watchRuns: { namespace: '/runs', payload: ({ flowId }) => ({ flowId, status: 'failed,running', trigger: ['cron'], q: 'rain' }), missing: null },
  unwatchRuns: { namespace: '/runs', payload: () => ({}), missing: null },
  follow: { namespace: '/changes', payload: () => ({ topics: [{ topic: 'flow' }] }), missing: null },
  at: { namespace: '/presence', payload: ({ flowId }) => ({ place: { page: 'flow', objectId: flowId, title: 'Rain' } }), missing: null },
};

let web: TestWeb;
let own: Ids;
let foreign: Ids;
let deleted: Ids;
const people: Partial<Record<Role | 'stranger', Person>> = {};
const sockets: ReturnType<typeof liveClient>[] = [];
let asked = 0;

beforeAll(async () => {
  web = await startTestWeb();
  for (const role of roles) people[role] = await person(web, `The-${role}`, role);
  people.stranger = await outsider(web, 'Stranger');
  own = await ids(web.workspaceId);
  foreign = await ids(otherWorkspaceId);
  deleted = await ids(web.workspaceId);
  await web.database.sql`update flows set deleted_at = now() where id = ${deleted.flowId}`;
  await web.database.sql`delete from runs where id = ${deleted.runId}`;
});
afterAll(async () => {
  for (const socket of sockets) socket.disconnect();
  await web.stop();
});

async function ids(workspaceId: string): Promise<Ids> {
  const flowId = await insertFlow(web.database, workspaceId);
  const [versionId, runId] = [newId('ver'), newRunId()];
  await web.database.sql`insert into flow_versions (id, flow_id, number, content_hash, definition) values (${versionId}, ${flowId}, 1, 'h', '{}')`;
  await web.database.sql`insert into runs (id, workspace_id, flow_id, flow_version_id, kind, trigger, status) values (${runId}, ${workspaceId}, ${flowId}, ${versionId}, 'dataflow', 'cron', 'running')`;
  return { flowId, runId };
}

function connected(namespace: string, options: Parameters<typeof liveClient>[2]) {
  const socket = liveClient(web.url, namespace, options);
  sockets.push(socket);
  return socket;
}

async function ask(socket: ReturnType<typeof liveClient>, event: string, ...payload: unknown[]): Promise<{ ok: boolean; error?: { code: string; message: string } }> {
  asked += 1;
  return socket.timeout(8_000).emitWithAck(event, ...payload);
}

const refusal = (namespace: string, options: Parameters<typeof liveClient>[2]) => new Promise<unknown>((resolve) => {
  asked += 1;
  const socket = connected(namespace, options);
  socket.once('connect', () => resolve('connected'));
  socket.once('connect_error', (error: Error & { data?: { code: string } }) => {
    socket.disconnect();
    resolve(error.data?.code ?? 'refused');
  });
});

it('L2 every event of the sources has a case here, and the other way round', () => {
  expect(events).toEqual(Object.keys(good).toSorted());
  expect(namespaces.length).toBeGreaterThanOrEqual(3);
});

describe.each(namespaces)('namespace %s', (namespace) => {
  it('L1 lets in members of every role, and nobody else', async () => {
    for (const role of roles) expect(await refusal(namespace, { cookie: people[role]?.cookie ?? '' }), role).toBe('connected');
    expect(await refusal(namespace, {})).toBe('NOT_SIGNED_IN');
    expect(await refusal(namespace, { cookie: 'millrace.session_token=forged.forged' })).toBe('NOT_SIGNED_IN');
    for (const apiKey of ['', 'mlr_forged', 'x'.repeat(200)]) expect(await refusal(namespace, { auth: { apiKey } }), apiKey).toBe('NOT_SIGNED_IN');
    expect(await refusal(namespace, { cookie: people.owner?.cookie ?? '', auth: { workspace: otherWorkspaceId } })).toBe('WORKSPACE_NOT_FOUND');
    expect(await refusal(namespace, { cookie: people.owner?.cookie ?? '', auth: { workspace: '../x' } })).toBe('PARAM_INVALID');
    for (const origin of ['https://evil.example', 'null', 'http://localhost:1']) expect(await refusal(namespace, { cookie: people.owner?.cookie ?? '', origin }), origin).toBe('refused');
  });
});

describe.each(Object.entries(good))('event %s', (event, { namespace, payload, missing }) => {
  it('L2 answers every role for what is theirs, and treats what is foreign, deleted and unknown alike', async () => {
    for (const role of roles) {
      const socket = connected(namespace, { cookie: people[role]?.cookie ?? '' });
      expect(await ask(socket, event, payload(own)), role).toMatchObject({ ok: true });
      for (const [what, others] of Object.entries({ foreign, deleted, unknown: { flowId: newId('flw'), runId: newRunId() } })) {
        const answer = await ask(socket, event, payload(others));
        expect([answer.ok, answer.error?.code ?? null], `${role}, ${what}`).toEqual(missing === null ? [true, null] : [false, missing]);
      }
    }
    const stranger = connected(namespace, { cookie: people.stranger?.cookie ?? '' });
    const answer = await ask(stranger, event, payload(own));
    expect([answer.ok, answer.error?.code ?? null]).toEqual(missing === null ? [true, null] : [false, missing]);
  });

  it('L2 refuses payloads that are none, and stays in service', async () => {
    const socket = connected(namespace, { cookie: people.viewer?.cookie ?? '' });
    const given = payload(own);
    const rubbish: unknown[] = [5, 'text', [], true, { surprise: 1 }, { ...(typeof given === 'object' ? given : {}), surprise: 1 }, ...Object.keys(Object(given)).map((key) => ({ ...Object(given), [key]: { $ne: null } })), ...Object.keys(Object(given)).map((key) => ({ ...Object(given), [key]: '\u0000' }))];
    for (const each of rubbish) expect((await ask(socket, event, each)).error?.code, JSON.stringify(each)).toBe('PARAM_INVALID');
    expect(await ask(socket, event, given)).toMatchObject({ ok: true });
  });
});

it('L1 who loses the workspace loses every socket', async () => {
  const leaver = await person(web, 'Leaver', 'editor');
  const open = namespaces.map((namespace) => connected(namespace, { cookie: leaver.cookie }));
  await until(() => open.every((socket) => socket.connected), 'all sockets to open');
  await web.database.sql`delete from members where user_id = ${leaver.id}`;
  await until(() => open.every((socket) => !socket.connected), 'all sockets to be closed', 15_000);
});

it('the socket matrix asked more than 200 questions', () => {
  expect(asked).toBeGreaterThan(200);
});
