import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { allows, roles } from '#db/access';
import { newId } from '#flow/id';
import { codesOf } from './_openapi';
import type { Operation } from './_operations/operation';
import { defaultMaxBytes } from './_route';
import { table } from './_operations/table';
import { samplesOf, type Sample } from './_testing/samples';
import { createWorld, origin, send, sendTo, type Asked, type World } from './_testing/world';

/** Every operation × who asks × whose ids, generated from the table: a new route is in here the moment it exists. */
let world: World;
let samples: Record<string, () => Promise<Sample>>;
let viewerKey: string;
let asked = 0;

beforeAll(async () => {
  world = await createWorld();
  samples = samplesOf(world);
  viewerKey = (await (await send('POST', '/api-keys', world.cookies.owner, { body: { name: 'Viewer', role: 'viewer' } })).json()).key;
});
afterAll(() => world.close());

const operations = Object.entries<Operation>(table).map(([name, operation]): [string, string, Operation] => [`${operation.method} ${operation.path}`, name, operation]);
const ofWorkspace = operations.filter(([, , operation]) => operation.right !== 'person' && operation.right !== 'anyone');

async function sampleOf(name: string): Promise<Sample> {
  const sample = samples[name];
  if (!sample) throw new Error(`no sample for ${name}`);
  return sample();
}

async function ask(operation: Operation, cookie: string | null, given: Asked): Promise<{ status: number; code: string | undefined; body: unknown }> {
  asked += 1;
  const reply = await sendTo(operation, cookie, given);
  const text = await reply.text();
  const json = reply.headers.get('content-type')?.startsWith('application/json') ? JSON.parse(text) : null;
  const code: string | undefined = json?.error?.code;
  // Whatever goes wrong is a documented code of this operation: the document and the truth are one.
  if (code !== undefined) expect(codesOf(operation), `${operation.path} answered ${text}`).toContain(code);
  return { status: reply.status, code, body: json };
}

test('the table gives viewers comments, exports of their own and no other change, operators runs and files, editors all but people and settings', () => {
  const changes = (role: (typeof roles)[number]) => ofWorkspace.filter(([, , each]) => each.method !== 'GET' && mayAsk(each, role)).map(([, name]) => name);
  const viewer = ['createTicket', 'markSeen', 'readNotifications', 'createComment', 'readComments', 'updateComment', 'deleteComment', 'requestExport', 'deleteExport'];
  const operator = [...viewer, 'startRun', 'cancelRun', 'forkRun', 'pauseRun', 'unpauseRun', 'resumeRun', 'rerunRun', 'resetInstance', 'answerTask', 'uploadFile'];
  const people = ['renameWorkspace', 'setMemberRole', 'removeMember', 'createInvitation', 'revokeInvitation', 'createApiKey', 'revokeApiKey'];
  const integrations = ['createSystem', 'updateSystem', 'deleteSystem', 'createConnector', 'updateConnector', 'deleteConnector', 'testConnector', 'importEndpoints', 'createEndpoint', 'updateEndpoint', 'deleteEndpoint'];
  expect(changes('viewer').toSorted()).toEqual(viewer.toSorted());
  expect(changes('operator').toSorted()).toEqual(operator.toSorted());
  expect(changes('admin').toSorted()).toEqual([...changes('editor'), ...people, ...integrations].toSorted());
  expect(changes('owner')).toEqual(changes('admin'));
  const secret = ofWorkspace.filter(([, , each]) => each.method === 'GET' && !mayAsk(each, 'editor')).map(([, name]) => name);
  expect(secret.toSorted()).toEqual(['connectorUses', 'endpointUses', 'listApiKeys', 'listInvitations', 'systemUses', 'verifyAudit']);
});

/** For who made it, owners and admins; samples are the owner's. */
const personal = new Set(['deleteComment', 'getExport', 'exportContent', 'deleteExport']);
const mayAsk = (operation: Operation, role: (typeof roles)[number]) => operation.right === 'person' || operation.right === 'anyone' || allows(role, operation.right);

describe.each(operations)('%s', (_title, name, operation) => {
  // Making a workspace moves the session into it.
  if (name === 'createWorkspace') afterEach(() => send('PATCH', '/me', world.cookies.owner, { body: { workspaceId: world.workspaceId } }));

  test('each role gets what its rights say, in the documented shape', async () => {
    let sample = await sampleOf(name);
    for (const role of roles) {
      const reply = await ask(operation, world.cookies[role], sample);
      const isOthers = (name === 'createWorkspace' && role !== 'owner') || (personal.has(name) && role !== 'owner' && role !== 'admin');
      const wanted = isOthers ? 403 : mayAsk(operation, role) ? (sample.status ?? Number(Object.keys(operation.answers)[0])) : 403;
      expect(reply.status, `${role}: ${JSON.stringify(reply.body)}`).toBe(wanted);
      const shape = operation.answers[reply.status];
      const parsed = shape?.safeParse(reply.body);
      expect(parsed?.error?.issues, role).toBeUndefined();
      if (parsed) expect(parsed.data, role).toEqual(reply.body); // no key that the document does not name
      if (reply.status < 300 && operation.method !== 'GET') sample = await sampleOf(name);
    }
  });

  test('an API key has the rights of its role, and nobody is nobody', async () => {
    const headers = { authorization: `Bearer ${viewerKey}` };
    const sample = await sampleOf(name);
    if (operation.right !== 'person' && operation.right !== 'anyone') {
      const wanted = !personal.has(name) && allows('viewer', operation.right) ? (sample.status ?? Number(Object.keys(operation.answers)[0])) : 403;
      expect((await ask(operation, null, { ...sample, headers })).status).toBe(wanted);
    }
    const wanted = operation.right === 'anyone' ? 200 : 401;
    expect((await ask(operation, null, sample)).status).toBe(wanted);
    expect((await ask(operation, null, { ...sample, headers: { authorization: 'Bearer mlr_wrong' } })).status).toBe(wanted);
    expect((await ask(operation, `millrace.session_token=${newId('x')}.forged`, sample)).status).toBe(wanted);
  });
});

describe.each(ofWorkspace)('%s', (_title, name, operation) => {
  test('ids of another workspace, of nothing and of no shape are answered alike for all', async () => {
    const sample = await sampleOf(name);
    const named = await ask(operation, world.cookies.viewer, { ...sample, headers: { 'X-Workspace': world.strangeWorkspaceId } });
    expect([named.status, named.code]).toEqual([404, 'WORKSPACE_NOT_FOUND']);
    if (!operation.params) return;
    const foreign = await ask(operation, world.cookies.stranger, sample);
    expect(foreign.status, JSON.stringify(foreign.body)).toBe(404);
    expect(foreign.code).toMatch(/_NOT_FOUND$/);
    for (const key of Object.keys(sample.params ?? {})) {
      const numeric = key === 'entryId' || key === 'number' || key === 'seq';
      const unknown = await ask(operation, world.cookies.owner, { ...sample, params: { ...sample.params, [key]: numeric ? '4711' : newId('x') } });
      if (!(name === 'runItems' && key === 'stepId')) expect([unknown.status, unknown.code?.endsWith('_NOT_FOUND')], `${key}: ${JSON.stringify(unknown.body)}`).toEqual([404, true]);
      for (const wrong of ['a b', '../x', 'x'.repeat(65), 'é', '\u0000', '%', ...(numeric ? ['0', '-1', '1.5', 'x', '99999999999'] : [])]) {
        const reply = await ask(operation, world.cookies.owner, { ...sample, params: { ...sample.params, [key]: wrong } });
        expect([reply.status, reply.code], `${key} = ${wrong}`).toEqual([400, 'PARAM_INVALID']);
      }
    }
  });
});

/** The operation that deletes what a path parameter names: its path ends with that parameter. */
const deleterOf = (key: string) => operations.map(([, , each]) => each).find((each) => each.method === 'DELETE' && each.path.endsWith(`/:${key}`) && each.right !== 'person');
const deletable = ofWorkspace.flatMap(([title, name, operation]) => [...operation.path.matchAll(/:(\w+)/g)].flatMap(([, key = '']): [string, string, string, Operation, Operation][] => {
  const deleter = deleterOf(key);
  const kept = name === 'entryHistory' && key === 'entryId'; // who deleted an entry, and what it held, stays readable
  return deleter && !kept ? [[title, key, name, operation, deleter]] : [];
}));

test.each(deletable)('%s: what %s named and was deleted is answered as if it had never been', async (_title, key, name, operation, deleter) => {
  const sample = await sampleOf(name);
  const own = new Set([...deleter.path.matchAll(/:(\w+)/g)].map((match) => match[1]));
  const params = Object.fromEntries(Object.entries(sample.params ?? {}).filter(([each]) => own.has(each)));
  const gone = await sendTo(deleter, world.cookies.owner, { params });
  if (gone.status === 409) return expect(name).toMatch(/Run|Hook|Schedule|Instance/); // a run of it is open
  expect(gone.status, `${key}: ${await gone.text()}`).toBe(200);
  for (const role of ['owner', 'viewer'] as const) {
    const reply = await ask(operation, world.cookies[role], sample);
    const wanted = mayAsk(operation, role) ? [404, true] : [403, false];
    expect([reply.status, reply.code?.endsWith('_NOT_FOUND')], `${role}: ${JSON.stringify(reply.body)}`).toEqual(wanted);
  }
});

const nested = ofWorkspace.filter(([, , operation]) => [...operation.path.matchAll(/:(\w+)/g)].length > 1);
test.each(nested)('%s: an inner id of another object is unknown here', async (_title, name, operation) => {
  const [mine, other] = [await sampleOf(name), await sampleOf(name)];
  const [outer = '', ...inner] = [...operation.path.matchAll(/:(\w+)/g)].map((match) => match[1] ?? '');
  for (const key of inner) {
    const foreign = other.params?.[key] ?? '';
    if (foreign === mine.params?.[key]) continue; // numbered within its object: the same number is there too
    const reply = await ask(operation, world.cookies.owner, { ...mine, params: { ...mine.params, [key]: foreign } });
    expect([reply.status, reply.code?.endsWith('_NOT_FOUND')], `${outer} with another's ${key}: ${JSON.stringify(reply.body)}`).toEqual([404, true]);
  }
});

const mutating = operations.filter(([, , operation]) => operation.method !== 'GET');
describe.each(mutating)('%s', (_title, name, operation) => {
  test('a cookie from another origin changes nothing', async () => {
    const sample = await sampleOf(name);
    for (const wrong of ['', 'null', 'https://evil.example', `${origin}.evil.example`, 'http://localhost:3001', 'https://localhost:3000', 'http://127.0.0.1:3000']) {
      const reply = await ask(operation, world.cookies.owner, { ...sample, headers: { origin: wrong } });
      expect([reply.status, reply.code], wrong).toEqual([403, 'ORIGIN_REFUSED']);
    }
  });
});

const withBody = operations.filter(([, , operation]) => operation.body);
describe.each(withBody)('%s', (_title, name, operation) => {
  test('a body that is none, is not JSON or holds unknown keys is refused', async () => {
    const sample = await sampleOf(name);
    const unknown = typeof sample.body === 'object' ? { ...sample.body, surprise: 1 } : sample.body;
    const wrongShape = name === 'replaceDefinition' ? [422, 'DEFINITION_INVALID'] : [400, 'PARAM_INVALID'];
    const cases: [unknown, Record<string, string>, (number | string)[]][] = [
      ['{"a":', {}, [400, 'INVALID_JSON']], ['', { 'content-type': 'text/plain' }, [415, 'UNSUPPORTED_MEDIA_TYPE']], ['a=1', { 'content-type': 'application/x-www-form-urlencoded' }, [415, 'UNSUPPORTED_MEDIA_TYPE']],
      ['{"x":"\\u0000"}', {}, [400, 'INVALID_JSON']], ['['.repeat(5_000) + ']'.repeat(5_000), {}, [400, 'INVALID_JSON']],
      ['null', {}, wrongShape], ['[]', {}, wrongShape], ['"text"', {}, wrongShape], ['7', {}, wrongShape], [unknown, {}, wrongShape],
      [`"${'x'.repeat(operation.maxBytes ?? defaultMaxBytes)}"`, {}, [413, 'TOO_LARGE']],
    ];
    for (const [body, headers, wanted] of cases) {
      const reply = await ask(operation, world.cookies.owner, { ...sample, body, headers });
      expect([reply.status, reply.code], String(body).slice(0, 60)).toEqual(wanted);
    }
  });
});

const lists = operations.filter(([, , operation]) => operation.query?.safeParse({ limit: '0' }).error?.issues.some((issue) => issue.path[0] === 'limit'));
test.each(lists)('%s refuses limits and cursors out of range', async (_title, name, operation) => {
  const sample = await sampleOf(name);
  const most = operation.path.endsWith('/events') ? 1_000 : 200;
  for (const limit of [String(most + 1), '0', '-1', 'x', '1.5', '1e9', '']) {
    const reply = await ask(operation, world.cookies.owner, { ...sample, query: { limit } });
    expect([reply.status, reply.code], limit).toEqual([400, 'PARAM_INVALID']);
  }
  expect((await ask(operation, world.cookies.owner, { ...sample, query: { limit: String(most) } })).status).toBe(200);
  if (operation.path.endsWith('/events') || operation.path.endsWith('/items')) return;
  for (const cursor of ['nowhere', Buffer.from('[1,2,3,4]').toString('base64url'), Buffer.from('{"a":').toString('base64url'), '\u0000']) {
    const reply = await ask(operation, world.cookies.owner, { ...sample, query: { cursor } });
    expect([reply.status, reply.code], cursor).toEqual([400, 'PARAM_INVALID']);
  }
});

test('the matrix asked more than 600 questions', () => {
  expect(asked).toBeGreaterThan(600);
});
