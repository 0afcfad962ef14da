import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '#flow/id';
import type { Json } from '#flow/json';
import { openApi } from './_openapi';
import type { Method } from './_operations/operation';
import { faultsOf, misasked, object, operationsOf, type Described } from './_testing/document';
import { samplesOf, type Sample } from './_testing/samples';
import { createWorld, send, type Asked, type World } from './_testing/world';

/** Generated from /openapi.json alone: every route called as the document says, and every answer held against it. */
const document = openApi('en');
const described = operationsOf(document).map((each): [string, Described] => [`${each.method} ${each.path}`, each]);
const seen = new Map<string, Set<number>>();
let world: World;
let samples: Record<string, () => Promise<Sample>>;
let viewerKey: string;

beforeAll(async () => {
  world = await createWorld();
  samples = samplesOf(world);
  viewerKey = (await (await send('POST', '/api-keys', world.cookies.owner, { body: { name: 'Viewer', role: 'viewer' } })).json()).key;
});
afterAll(() => world.close());

async function sampleOf({ operationId }: Described): Promise<Sample> {
  const sample = samples[operationId];
  if (!sample) throw new Error(`no sample for ${operationId}`);
  return sample();
}

/** Sends, holds the answer against the document, and gives its status and code. */
async function ask(each: Described, cookie: string | null, asked: Asked): Promise<{ status: number; code: string | undefined; body: Json }> {
  const reply = await send(methodOf(each), each.path.replaceAll(/\{(\w+)\}/g, ':$1'), cookie, asked);
  const type = reply.headers.get('content-type')?.split(';')[0] ?? null;
  const text = await reply.text();
  const body: Json = type === 'application/json' ? JSON.parse(text) : null;
  expect(faultsOf(document, each, { status: reply.status, type, body }), `${each.method} ${each.path} → ${reply.status} ${type} ${text.slice(0, 500)}`).toEqual([]);
  seen.set(each.operationId, (seen.get(each.operationId) ?? new Set()).add(reply.status));
  return { status: reply.status, code: codeOf(body), body };
}

function codeOf(body: Json): string | undefined {
  const code = object(object(body)['error'])['code'];
  return typeof code === 'string' ? code : undefined;
}

function of(operationId: string): Described {
  const found = described.map(([, each]) => each).find((each) => each.operationId === operationId);
  if (!found) throw new Error(`the document has no ${operationId}`);
  return found;
}

const methods: readonly Method[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
function methodOf({ method }: Described): Method {
  const known = methods.find((each) => each === method);
  if (!known) throw new Error(`the document has a method ${method}`);
  return known;
}

test('the route gives this document, in the language that is asked for', async () => {
  const given = async (query: Record<string, string>, headers: Record<string, string> = {}) => {
    const reply = await send('GET', '/openapi.json', null, { query, headers });
    return { language: reply.headers.get('content-language'), body: await reply.json() };
  };
  expect(await given({})).toEqual({ language: 'en', body: document });
  const french = await given({}, { 'accept-language': 'fr-CA, en;q=0.5' });
  expect(french).toEqual({ language: 'fr', body: openApi('fr') });
  expect(await given({ lang: 'fr' })).toEqual(french);
  expect((await given({ lang: 'en' }, { 'accept-language': 'fr' })).body).toEqual(document);
  expect(await (await send('GET', '/openapi.json', null, { query: { lang: 'de' } })).json()).toMatchObject({ error: { code: 'PARAM_INVALID', details: [{ path: 'lang' }] } });
});

test('the French document says everything in French, and nothing else differs', () => {
  const [english, french] = [wordsOf(document), wordsOf(openApi('fr'))];
  expect(french.map(([path]) => path)).toEqual(english.map(([path]) => path));
  const codes = /^[A-Z_]+(, [A-Z_]+)*$/;
  expect(english.filter(([, words], index) => words === french[index]?.[1] && !codes.test(words)).map(([path]) => path)).toEqual([]);
  expect(english.length).toBeGreaterThan(500);
});

/** Every summary and description with its place. */
function wordsOf(value: Json, path = ''): [string, string][] {
  if (Array.isArray(value)) return value.flatMap((each, index) => wordsOf(each, `${path}/${index}`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]): [string, string][] => ((key === 'summary' || key === 'description') && typeof each === 'string' ? [[`${path}/${key}`, each]] : wordsOf(each, `${path}/${key}`)));
}

describe.each(described)('%s', (_title, each) => {
  // Making a workspace moves the session into it.
  if (each.operationId === 'createWorkspace') afterEach(() => send('PATCH', '/me', world.cookies.owner, { body: { workspaceId: world.workspaceId } }));
  const isOpen = JSON.stringify(each.operation['security']) === '[]';
  const isMultipart = JSON.stringify(each.operation['requestBody'] ?? '').includes('multipart/form-data');

  test('answers as the document says, whoever asks and whatever is asked', async () => {
    const sample = await sampleOf(each);
    if (!isMultipart) expect(misasked(document, each, sample)).toEqual([]);
    const good = await ask(each, world.cookies.owner, sample);
    expect(good.status, JSON.stringify(good.body)).toBe(sample.status ?? Number(Object.keys(object(each.operation['responses']))[0]));
    expect((await ask(each, null, sample)).status).toBe(isOpen ? 200 : 401);
    if (each.right === '') return;
    await ask(each, null, { ...(await sampleOf(each)), headers: { authorization: `Bearer ${viewerKey}` } });
    expect((await ask(each, world.cookies.viewer, { ...sample, headers: { 'X-Workspace': newId('ws') } })).code).toBe('WORKSPACE_NOT_FOUND');
    if (sample.params) expect((await ask(each, world.cookies.stranger, sample)).status).toBe(404);
    if (each.method !== 'GET') expect((await ask(each, world.cookies.owner, { ...sample, headers: { origin: 'https://evil.example' } })).code).toBe('ORIGIN_REFUSED');
  });

  test('a parameter of the query that the document does not name is refused by its name', async () => {
    const sample = await sampleOf(each);
    const reply = await ask(each, world.cookies.owner, { ...sample, query: { ...sample.query, surprise: '1' } });
    expect([reply.status, reply.code], JSON.stringify(reply.body)).toEqual([400, 'PARAM_INVALID']);
    expect(reply.body).toMatchObject({ error: { message: expect.stringContaining('"surprise"'), details: [{ path: 'surprise' }] } });
  });
});

test('a session ends, and chosen operations become endpoints, as the document says', async () => {
  const [revoke, choose] = [of('revokeSession'), of('importEndpoints')];
  const { items } = await (await send('GET', '/sessions', world.cookies.viewer)).json();
  expect((await ask(revoke, world.cookies.viewer, { params: { sessionId: items[0].id } })).status).toBe(200);
  const sample = await sampleOf(choose);
  expect((await ask(choose, world.cookies.owner, { ...sample, body: { ...Object(sample.body), choose: ['GET /a/{id}'] } })).status).toBe(201);
});

test('every status of success was seen, but for those that need an engine', () => {
  const documented = described.flatMap(([, each]) => Object.keys(object(each.operation['responses'])).filter((status) => Number(status) < 300).map((status) => `${each.operationId} ${status}`));
  expect(documented.filter((each) => !seen.get(each.split(' ')[0] ?? '')?.has(Number(each.split(' ')[1])))).toEqual(['startRun 200', 'resumeRun 202']);
});
