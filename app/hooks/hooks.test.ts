import { afterAll, beforeAll, expect, test } from 'vitest';
import { signatureOf } from '#db/hooks';
import { definition } from '../api/_testing/samples';
import { createWorld, origin, send, type World } from '../api/_testing/world';
import { GET, POST } from './[token]/route';

/** POST /hooks/<token> without an engine: what is taken, what is refused, and what stands in the list of runs. */
let world: World;
let componentId: string;
beforeAll(async () => {
  world = await createWorld();
  componentId = (await (await send('POST', '/components', world.cookies.owner, { body: { title: 'Shop', fields: [{ name: 'total', title: 'Total', type: 'number' }] } })).json()).id;
});
afterAll(() => world.close());

const formDefinition = { ...definition, lanes: [{ id: 'main', stages: [{ id: 'stg_1', name: 'Input', steps: [
  { id: 'stp_1', type: 'get-action-model', name: 'Form' }, { id: 'stp_2', type: 'write-response', name: 'Answer', sources: { source: 'stp_1' } },
] }] }] };

async function flow(given: unknown = definition, published = true): Promise<string> {
  const { id } = await (await send('POST', '/flows', world.cookies.editor, { body: { componentId, kind: 'dataflow', name: 'Order', definition: given } })).json();
  if (published) expect((await send('POST', '/flows/:flowId/publish', world.cookies.editor, { params: { flowId: id }, body: {} })).status).toBe(201);
  return id;
}

type Made = { id: string; token: string; url: string; signingSecret: string | null; prefix: string };
async function hook(flowId: string, body: object = { name: 'Shop system' }): Promise<Made> {
  const reply = await send('POST', '/flows/:flowId/hooks', world.cookies.editor, { params: { flowId }, body });
  expect(reply.status).toBe(201);
  return reply.json();
}

type Sent = { body?: string | Uint8Array<ArrayBuffer>; headers?: Record<string, string>; query?: string; method?: string };
async function call(token: string, { body, headers = { 'content-type': 'application/json' }, query = '', method = 'POST' }: Sent = {}) {
  const request = new Request(`${origin}/hooks/${encodeURIComponent(token)}${query}`, { method, headers, ...(body === undefined ? {} : { body }) });
  const reply = await (method === 'GET' ? GET : POST)(request, { params: Promise.resolve({ token }) });
  const answer = await reply.json();
  return { status: reply.status, code: answer.error?.code, answer, headers: reply.headers };
}

const runsOf = async (flowId: string) => (await (await send('GET', '/runs', world.cookies.viewer, { query: { flowId, limit: '200' } })).json()).items;

test('the token starts the published flow; the run names the webhook and who made it', async () => {
  const flowId = await flow();
  const made = await hook(flowId);
  expect(made.url).toBe(`${origin}/hooks/${made.token}`);
  const { status, answer, headers } = await call(made.token, { body: '{"total":5}' });
  expect([status, headers.get('x-run-id')]).toEqual([202, answer.runId]);
  const [run] = await runsOf(flowId);
  expect(run).toMatchObject({ id: answer.runId, trigger: 'webhook', triggerName: 'Shop system', startedBy: { id: world.userIds.editor, name: 'editor' }, version: 1 });
  expect((await runsOf(flowId)).length).toBe(1);
  const one = await (await send('GET', '/runs/:runId', world.cookies.viewer, { params: { runId: answer.runId } })).json();
  expect(one.input).toEqual({ total: 5 });
  const filtered = await (await send('GET', '/runs', world.cookies.viewer, { query: { flowId, trigger: 'webhook' } })).json();
  expect(filtered.items).toHaveLength(1);
  expect((await (await send('GET', '/runs', world.cookies.viewer, { query: { flowId, trigger: 'cron,button' } })).json()).items).toEqual([]);
});

test('the token is shown once and kept as a hash; rotating and revoking end it at once', async () => {
  const flowId = await flow();
  const made = await hook(flowId);
  const listed = await (await send('GET', '/flows/:flowId/hooks', world.cookies.viewer, { params: { flowId } })).text();
  expect(listed).toContain(made.prefix);
  expect(listed).not.toContain(made.token);
  const rotated: Made = await (await send('POST', '/hooks/:hookId/rotate', world.cookies.editor, { params: { hookId: made.id } })).json();
  expect(rotated.token).not.toBe(made.token);
  expect(await call(made.token)).toMatchObject({ status: 404, code: 'HOOK_NOT_FOUND' });
  expect((await call(rotated.token)).status).toBe(202);
  expect((await send('DELETE', '/hooks/:hookId', world.cookies.editor, { params: { hookId: made.id } })).status).toBe(200);
  expect(await call(rotated.token)).toMatchObject({ status: 404, code: 'HOOK_NOT_FOUND' });
  expect((await send('DELETE', '/hooks/:hookId', world.cookies.editor, { params: { hookId: made.id } })).status).toBe(404);
});

test('a flow that is not published, a workflow and a deleted flow do not start', async () => {
  const draft = await flow(definition, false);
  expect(await call((await hook(draft)).token)).toMatchObject({ status: 409, code: 'NOT_PUBLISHED' });
  const workflow = await (await send('POST', '/flows', world.cookies.editor, { body: { componentId, kind: 'workflow', name: 'Work' } })).json();
  expect((await send('POST', '/flows/:flowId/hooks', world.cookies.editor, { params: { flowId: workflow.id }, body: { name: 'No' } })).status).toBe(400);
  const gone = await flow();
  const { token } = await hook(gone);
  await send('DELETE', '/flows/:flowId', world.cookies.editor, { params: { flowId: gone } });
  expect(await call(token)).toMatchObject({ status: 404, code: 'HOOK_NOT_FOUND' });
});

test('bodies of the wrong kind are refused and nothing runs', async () => {
  const flowId = await flow(formDefinition);
  const { token } = await hook(flowId);
  const json = { 'content-type': 'application/json' };
  const refused: [Sent, number, string][] = [
    [{ body: '{"a":', headers: json }, 400, 'INVALID_JSON'], [{ body: '{"a":"\\u0000"}', headers: json }, 400, 'INVALID_JSON'], [{ body: '['.repeat(200) + ']'.repeat(200), headers: json }, 400, 'INVALID_JSON'],
    [{ body: new Uint8Array([0x22, 0xff, 0x22]), headers: json }, 400, 'INVALID_JSON'],
    [{ body: 'a=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 415, 'UNSUPPORTED_MEDIA_TYPE'], [{ body: 'hello', headers: { 'content-type': 'text/plain' } }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    [{ body: '<a/>', headers: { 'content-type': 'application/xml' } }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    [{ body: `"${'x'.repeat(10 * 1024 * 1024)}"`, headers: json }, 413, 'TOO_LARGE'],
    ...['[]', '5', '"text"', 'null', 'true', '{"total":5}', '{"data":5}', '{"data":[]}'].map((body): [Sent, number, string] => [{ body, headers: json }, 422, 'TYPE_MISMATCH']),
    [{ body: '{"data":{}}', query: '?wait=61' }, 400, 'PARAM_INVALID'], [{ body: '{"data":{}}', query: '?wait=soon' }, 400, 'PARAM_INVALID'],
    [{ body: '{"data":{}}', headers: { ...json, 'idempotency-key': 'k'.repeat(151) } }, 400, 'PARAM_INVALID'],
  ];
  for (const [sent, status, code] of refused) expect(await call(token, sent), `${String(sent.body).slice(0, 40)} ${sent.query ?? ''}`).toMatchObject({ status, code });
  expect(await runsOf(flowId)).toEqual([]);
  expect((await call(token, { body: '{"data":{"total":1}}' })).status).toBe(202);
  expect((await call(token, { headers: {} })).status).toBe(202); // nothing given: the flow says so itself
  expect((await call(token, { body: '{"data":{}}', headers: { 'content-type': 'application/cloudevents+json' } })).status).toBe(202);
});

test('only POST, and only a token that is one', async () => {
  expect(await call('mlh_x', { method: 'GET' })).toMatchObject({ status: 405, code: 'METHOD_NOT_ALLOWED' });
  for (const token of ['', 'x', 'mlh_', `mlh_${'a'.repeat(32)}`, 'mlh_../../x', '%00', 'é'.repeat(36)]) expect(await call(token), token).toMatchObject({ status: 404, code: 'HOOK_NOT_FOUND' });
});

test('the same Idempotency-Key is the same run, another body under it a conflict', async () => {
  const flowId = await flow();
  const { token } = await hook(flowId);
  const headers = { 'content-type': 'application/json', 'idempotency-key': 'order-7' };
  const [first, second] = await Promise.all([call(token, { body: '{"a":1,"b":2}', headers }), call(token, { body: '{"b":2,"a":1}', headers })]);
  expect([first?.status, second?.status]).toEqual([202, 202]);
  expect(second?.answer.runId).toBe(first?.answer.runId);
  expect(await call(token, { body: '{"a":2}', headers })).toMatchObject({ status: 409, code: 'IDEMPOTENCY_CONFLICT' });
  const another = await hook(flowId);
  expect((await call(another.token, { body: '{"a":2}', headers })).status).toBe(202); // each webhook has keys of its own
  expect(await runsOf(flowId)).toHaveLength(2);
});

test('a signed webhook takes what is signed with its secret, lately, and once', async () => {
  const flowId = await flow();
  const made = await hook(flowId, { name: 'Signed', signed: true });
  const secret = made.signingSecret ?? '';
  const body = '{"total":5}';
  const now = Math.floor(Date.now() / 1_000);
  const signed = (seconds: number, text = body, by = secret) => `t=${seconds},v1=${signatureOf(by, seconds, new TextEncoder().encode(text))}`;
  const sign = (header: string, more: Record<string, string> = {}) => call(made.token, { body, headers: { 'content-type': 'application/json', ...(header ? { 'x-millrace-signature': header } : {}), ...more } });
  for (const header of ['', 'nonsense', signed(now).replace('t=', 'x='), signed(now - 301), signed(now + 400), signed(now, '{"total":6}'), signed(now, body, 'mls_wrong'), `t=${now + 1},${signed(now).split(',')[1] ?? ''}`]) {
    expect(await sign(header), header).toMatchObject({ status: 403, code: 'ACCESS_DENIED' });
  }
  expect(await runsOf(flowId)).toEqual([]);
  const header = signed(now);
  const both = await Promise.all([sign(header), sign(header)]);
  expect(both.map((each) => each.status).toSorted()).toEqual([202, 409]);
  expect(await sign(header, { 'idempotency-key': 'new' })).toMatchObject({ status: 409, code: 'CONFLICT' });
  const keyed = signed(now - 5);
  const first = await sign(keyed, { 'idempotency-key': 'mine' });
  expect((await sign(keyed, { 'idempotency-key': 'mine' })).answer.runId).toBe(first.answer.runId);
  expect(await runsOf(flowId)).toHaveLength(2);
  const rotated: Made = await (await send('POST', '/hooks/:hookId/rotate', world.cookies.editor, { params: { hookId: made.id } })).json();
  expect(rotated.signingSecret).not.toBe(secret);
  expect(await call(rotated.token, { body, headers: { 'content-type': 'application/json', 'x-millrace-signature': signed(now - 9) } })).toMatchObject({ status: 403 });
});

test('a caller who waits in vain gets 202 with the state; who left is no longer the identity', async () => {
  const flowId = await flow();
  const { token } = await hook(flowId);
  expect(await call(token, { query: '?wait=0.2' })).toMatchObject({ status: 202, answer: { status: 'queued', runId: expect.any(String) } });
  const removed = await send('DELETE', '/members/:userId', world.cookies.owner, { params: { userId: world.userIds.editor } });
  expect(removed.status).toBe(200);
  const { answer } = await call(token);
  const [run] = (await runsOf(flowId)).filter((each: { id: string }) => each.id === answer.runId);
  expect(run).toMatchObject({ trigger: 'webhook', startedBy: { id: null, name: 'Millrace' } });
});

test('a hundred at once pass, then the webhook asks for patience; tokens cannot be guessed in bulk', async () => {
  const owned = await (await send('POST', '/flows', world.cookies.owner, { body: { componentId, kind: 'dataflow', name: 'Busy', definition } })).json();
  const made: Made = await (await send('POST', '/flows/:flowId/hooks', world.cookies.owner, { params: { flowId: owned.id }, body: { name: 'Busy' } })).json();
  const answers = [];
  for (let at = 0; at < 160; at++) answers.push(await call(made.token));
  const limited = answers.filter((each) => each.status === 429);
  expect(limited.length).toBeGreaterThan(5);
  expect(answers.filter((each) => each.status === 409).length).toBeGreaterThanOrEqual(100);
  expect(Number(limited[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
  const guesses = [];
  for (let at = 0; at < 40; at++) guesses.push((await call(`mlh_${String(at).padStart(32, 'z')}`)).status);
  expect(guesses).toContain(429);
});
