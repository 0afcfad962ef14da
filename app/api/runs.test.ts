import { afterAll, beforeAll, expect, test } from 'vitest';
import { definition } from './_testing/samples';
import { createWorld, send, type World } from './_testing/world';

/** Starting runs over HTTP, without an engine: what is asked for, what is refused and what a caller who waits gets. */
let world: World;
let componentId: string;
beforeAll(async () => {
  world = await createWorld();
  componentId = (await (await send('POST', '/components', world.cookies.owner, { body: { title: 'Runs' } })).json()).id;
});
afterAll(() => world.close());

async function flow(published: boolean, given: unknown = definition): Promise<Record<string, string>> {
  const made = await send('POST', '/flows', world.cookies.editor, { body: { componentId, kind: 'dataflow', name: 'Echo', definition: given } });
  const params = { flowId: (await made.json()).id };
  if (published) expect((await send('POST', '/flows/:flowId/publish', world.cookies.editor, { params, body: {} })).status).toBe(201);
  return params;
}

async function start(params: Record<string, string>, body: object, cookie = world.cookies.operator, headers: Record<string, string> = {}) {
  const reply = await send('POST', '/flows/:flowId/runs', cookie, { params, body, headers });
  const answer = await reply.json();
  return { status: reply.status, code: answer.error?.code, answer };
}

test('only a published flow runs; the draft is for those who edit, and frozen', async () => {
  const params = await flow(false);
  expect(await start(params, {})).toMatchObject({ status: 409, code: 'NOT_PUBLISHED' });
  expect(await start(params, { version: 1 })).toMatchObject({ status: 404, code: 'VERSION_NOT_FOUND' });
  expect(await start(params, { version: 'draft' })).toMatchObject({ status: 403, code: 'ACCESS_DENIED' });
  const { status, answer } = await start(params, { version: 'draft', input: { a: 5 } }, world.cookies.editor);
  expect(status).toBe(202);
  const run = await (await send('GET', '/runs/:runId', world.cookies.viewer, { params: { runId: answer.runId }, query: { definition: '1' } })).json();
  expect(run).toMatchObject({ version: null, draft: true, status: 'queued', flowId: params['flowId'], definition: { name: 'Echo' }, startedBy: { name: 'editor' } });
});

test('a caller waits at most as long as it said, and 61 seconds are refused', async () => {
  const params = await flow(true);
  const began = Date.now();
  expect(await start(params, { waitSeconds: 0.3 })).toMatchObject({ status: 202, answer: { runId: expect.any(String), status: 'queued' } });
  expect(Date.now() - began).toBeLessThan(3_000);
  for (const waitSeconds of [61, -1, '5', null]) expect(await start(params, { waitSeconds })).toMatchObject({ status: 400, code: 'PARAM_INVALID' });
  for (const body of [{ version: 'latest' }, { version: 0 }, { version: 1.5 }, { entryId: 'x' }, { entryId: 0 }, { idempotencyKey: '' }, { idempotencyKey: 'k'.repeat(201) }, { definition }]) {
    expect(await start(params, body), JSON.stringify(body).slice(0, 60)).toMatchObject({ status: 400, code: 'PARAM_INVALID' });
  }
});

test('the same key is the same run, with another body or flow a conflict, in another workspace unknown', async () => {
  const [params, other] = [await flow(true), await flow(true)];
  const body = { input: { a: 1, b: [1, 2] }, idempotencyKey: 'order-1' };
  const [first, second] = await Promise.all([start(params, body), start(params, { ...body, input: { b: [1, 2], a: 1 } })]);
  expect([first?.status, second?.status]).toEqual([202, 202]);
  expect(second?.answer.runId).toBe(first?.answer.runId);
  expect(await start(params, { ...body, input: { a: 2 } })).toMatchObject({ status: 409, code: 'IDEMPOTENCY_CONFLICT' });
  expect(await start(other, body)).toMatchObject({ status: 409, code: 'IDEMPOTENCY_CONFLICT' });
  expect(await start(params, body, world.cookies.stranger)).toMatchObject({ status: 404, code: 'FLOW_NOT_FOUND' });
  const listed = await (await send('GET', '/runs', world.cookies.viewer, { query: { flowId: params['flowId'] ?? '' } })).json();
  expect(listed.items).toHaveLength(1);
});

test('a flow with problems neither publishes nor runs as a draft; the problems come along in the caller’s language', async () => {
  const broken = { ...definition, lanes: [{ id: 'main', stages: [{ id: 'stg_1', name: 'Input', steps: [{ id: 'stp_9', type: 'write-response', name: 'Answer', sources: { source: 'stp_gone' } }] }] }] };
  const params = await flow(false, broken);
  const french = { 'accept-language': 'fr' };
  const published = await (await send('POST', '/flows/:flowId/publish', world.cookies.editor, { params, body: {}, headers: french })).json();
  const drafted = await start(params, { version: 'draft' }, world.cookies.editor, french);
  for (const { error } of [published, drafted.answer]) {
    expect(error.code).toBe('FLOW_HAS_PROBLEMS');
    expect(error.details[0]).toMatchObject({ code: 'SOURCE_MISSING', level: 'error', stepId: 'stp_9' });
    expect(error.details[0]).not.toHaveProperty('text');
  }
  const english = await (await send('GET', '/flows/:flowId', world.cookies.viewer, { params })).json();
  expect(published.error.details[0].message).not.toBe(english.problems[0].message);
  expect(published.error.details[0].message).toBe(english.problems[0].text.fr);
});

test('a definition that is none changes nothing, and one that is answers with its problems and its history', async () => {
  const params = await flow(false);
  const put = async (body: unknown) => {
    const reply = await send('PUT', '/flows/:flowId/definition', world.cookies.editor, { params, body });
    return { status: reply.status, answer: await reply.json() };
  };
  const [lane] = definition.lanes;
  for (const [bad, path] of [
    [{ schema: 1, kind: 'workflow', name: 'Other', lanes: [{ id: 'main', stages: [] }] }, 'kind'], [{ ...definition, extra: 1 }, ''], [{ ...definition, name: 'n'.repeat(10_000) }, 'name'],
    [{ ...definition, lanes: [{ ...lane, stages: [...(lane?.stages ?? []), ...(lane?.stages ?? [])] }] }, 'lanes'],
  ] satisfies [unknown, string][]) {
    const { status, answer } = await put(bad);
    expect([status, answer.error.code], path).toEqual([422, 'DEFINITION_INVALID']);
    expect(answer.error.details[0].path).toContain(path);
  }
  const before = await (await send('GET', '/flows/:flowId', world.cookies.viewer, { params })).json();
  expect(before.definition).toEqual(definition);
  expect(await put({ ...definition, name: 'Renamed' })).toEqual({ status: 200, answer: { problems: [] } });
  const after = await (await send('GET', '/flows/:flowId', world.cookies.viewer, { params })).json();
  expect([after.name, after.definition.name]).toEqual(['Renamed', 'Renamed']);
  const changes = await (await send('GET', '/flows/:flowId/changes', world.cookies.viewer, { params })).json();
  expect(changes.items[0]).toMatchObject({ key: 'name', old: 'Echo', new: 'Renamed', author: { name: 'editor' } });
});
