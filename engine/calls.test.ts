import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createConnector, deleteConnector, updateConnector } from '#db/connectors';
import { credentialKey } from '#db/credentials';
import { createEndpoints, deleteEndpoint } from '#db/endpoints';
import { readEnv } from '#db/env';
import { createSystem } from '#db/integrations';
import { resumeRun, runEvents } from '#db/runs';
import { got } from '#db/testing-result';
import type { ConnectorPatch, EndpointPatch } from '#flow/integration';
import type { Json, JsonObject } from '#flow/json';
import type { RunEvent } from '#flow/run-event';
import { aStep, engineTest, type EngineTest } from './testing';

/** Calls to other systems against a server of the test's own: every error code, retries, records, secrets. */
type Heard = { method: string; url: string; headers: IncomingMessage['headers']; body: string };
type Reply = (request: IncomingMessage, response: ServerResponse, heard: Heard) => void;
let t: EngineTest;
let server: Server;
let port: number;
let systemId: string;
let reply: Reply;
let heard: Heard[] = [];
const secret = 'c4nary-S3cret+value/with=signs';
const json = (body: Json, status = 200, headers: Record<string, string> = {}): Reply => (_request, response) => void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

beforeAll(async () => {
  t = await engineTest();
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const one = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString('utf8') };
      heard.push(one);
      reply(request, response, one);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
  systemId = got(await createSystem(t.database, t.access, { name: 'Weather' })).system.id;
  await t.start();
}, 180_000);
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await t.close();
});
beforeEach(() => {
  heard = [];
  reply = json({ ok: true });
});
afterEach(() => void vi.restoreAllMocks());

const key = () => credentialKey(readEnv({ SECRET_KEY: process.env['SECRET_KEY'] }).secretKey);

async function connector(settings: ConnectorPatch = {}): Promise<string> {
  return got(await createConnector(t.database, t.access, key(), { systemId, address: `http://127.0.0.1:${port}/base`, allowPrivate: true, ...settings, name: settings.name ?? 'Local' })).connector.id;
}

async function endpoint(connectorId: string, wanted: EndpointPatch = {}): Promise<string> {
  return got(await createEndpoints(t.database, t.access, connectorId, [{ methods: ['Get', 'Post', 'Put', 'Delete'], ...wanted, name: wanted.name ?? 'Weather', path: wanted.path ?? '/weather' }])).endpoints[0]?.id ?? '';
}

type Call = { settings?: ConnectorPatch; endpoint?: EndpointPatch; params?: JsonObject; input?: Json; retry?: { attempts: number; backoffMs?: number }; onError?: 'continue' };

async function flowOf({ settings = {}, endpoint: wanted = {}, params = {}, retry, onError }: Call) {
  const connectorId = await connector(settings);
  const endpointId = await endpoint(connectorId, wanted);
  const call = { ...aStep('call', 'execute-api-call', { system: systemId, connector: connectorId, queryPath: endpointId, ...params }, 'given'), ...(onError ? { onError } : {}), retry: retry ?? { attempts: 1 } };
  const flowId = await t.insertFlow([aStep('given', 'get-raw-model'), call, aStep('answer', 'write-response', {}, 'call')]);
  return { connectorId, endpointId, flowId };
}

async function run(call: Call) {
  const made = await flowOf(call);
  const runId = await t.run(made.flowId, { input: call.input ?? { city: 'Oslo' } });
  return { ...made, ...(await t.finished(runId, 25)) };
}

async function eventsOf(runId: string): Promise<RunEvent[]> {
  return got(await runEvents(t.database, t.access, runId, { after: 0, limit: 1_000 })).items;
}

describe('an answer', () => {
  test('R37 the mapped parameters are sent, the body is the result, and what was called is in the log', async () => {
    reply = json({ temp: 4 });
    const done = await run({ params: { parametersMapping: [{ target: 'query.q', value: { field: 'city' } }, { target: 'query.key', value: { expr: "'a b&c'" } }], resultField: '_weather' } });
    expect(done.output).toEqual({ city: 'Oslo', _weather: { temp: 4 } });
    expect(heard).toMatchObject([{ method: 'GET', url: '/base/weather?q=Oslo&key=a%20b%26c' }]);
    expect(heard[0]?.headers['idempotency-key']).toBeUndefined();
    const events = await eventsOf(done.id);
    expect(events.map((each) => each.type)).toContain('step.waiting');
    expect(events.find((each) => each.type === 'effect.recorded')?.data).toMatchObject({ kind: 'call', count: 1, refs: [{ method: 'GET', url: `http://127.0.0.1:${port}/base/weather`, status: 200 }] });
  });

  test('R37 one call per item, four at once at most, results in the items’ order', async () => {
    let [now, most] = [0, 0];
    reply = (request, response) => {
      most = Math.max(most, ++now);
      setTimeout(() => { now -= 1; response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ url: request.url })); }, 20 + Math.random() * 40);
    };
    const cities = Array.from({ length: 20 }, (_, n) => ({ city: `c${n}` }));
    const done = await run({ input: cities, params: { parametersMapping: [{ target: 'query.q', value: { field: 'city' } }] } });
    expect(done.output).toEqual(cities.map(({ city }) => ({ city, _response: { url: `/base/weather?q=${city}` } })));
    expect(most).toBe(4);
  });

  test('R38 a rate limit spaces the calls out', async () => {
    const at: number[] = [];
    reply = (_request, response) => { at.push(Date.now()); response.end(); };
    await run({ settings: { ratePerSecond: 10 }, input: [{}, {}, {}, {}, {}] });
    expect(at).toHaveLength(5);
    expect((at[4] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(360);
  });

  test('R37 Post, Put and Delete carry the effect key', async () => {
    const done = await run({ params: { method: 'Post', parametersMapping: [{ target: 'body.city', value: { field: 'city' } }, { target: 'body.deep.x', value: { const: 1 } }] } });
    expect(heard[0]).toMatchObject({ method: 'POST', body: '{"city":"Oslo","deep":{"x":1}}', headers: { 'idempotency-key': `${done.id}/call/0/0`, 'content-type': 'application/json' } });
  });

  test.each<[string, Reply, JsonObject, Json]>([
    ['204 is null', (_q, r) => void r.writeHead(204).end(), {}, null],
    ['an empty body is null', (_q, r) => void r.end(), {}, null],
    ['text is text', (_q, r) => void r.writeHead(200, { 'content-type': 'text/plain; charset=latin1' }).end(Buffer.from('caf\xe9', 'latin1')), {}, 'café'],
    ['JSON without a type is JSON', (_q, r) => void r.end('{"a":1}'), {}, { a: 1 }],
    ['the envelope has status, headers and body', json({ a: 1 }, 201, { 'x-own': 'y' }), { resultMode: 'envelope' }, { status: 201, headers: expect.objectContaining({ 'x-own': 'y' }), body: { a: 1 } }],
    ['the id comes from the body', json({ data: { key: 'k7' } }), { resultMode: 'id', idPath: 'data.key' }, 'k7'],
    ['else from the Location header', json({}, 201, { location: '/orders/77?x=1' }), { resultMode: 'id' }, '77'],
    ['else it is null', json([1]), { resultMode: 'id' }, null],
    ['an error is an answer when asked for', json({ no: 1 }, 404), { failOnStatus: false }, { status: 404, headers: expect.anything(), body: { no: 1 } }],
    ['what says JSON and is not stays text then', (_q, r) => void r.writeHead(500, { 'content-type': 'application/json' }).end('oops'), { failOnStatus: false }, { status: 500, headers: expect.anything(), body: 'oops' }],
  ])('R37 %s', async (_title, wanted, params, result) => {
    reply = wanted;
    expect((await run({ params })).output).toEqual({ city: 'Oslo', _response: result });
  });

  test('R37 binary answers and those asked for as a file become files', async () => {
    reply = (_q, r) => void r.writeHead(200, { 'content-type': 'image/png', 'content-disposition': 'attachment; filename="map.png"' }).end(Buffer.from([0x89, 1, 2]));
    expect((await run({})).output).toMatchObject({ _response: { id: expect.stringMatching(/^fil_/), name: 'map.png', size: 3, mimeType: 'image/png' } });
    reply = json({ a: 1 });
    expect((await run({ params: { storeAsFile: true } })).output).toMatchObject({ _response: { name: 'weather', size: 7, mimeType: 'application/json' } });
  });

  test('R37 an answer other than declared warns and goes on', async () => {
    reply = json({ temp: 'cold' });
    const done = await run({ endpoint: { responseSchema: { type: 'object', properties: { temp: { type: 'number' } } } } });
    expect(done).toMatchObject({ status: 'succeeded', warnings: 1 });
  });

  test('R37 a form and a multipart form with a file', async () => {
    await run({ endpoint: { bodyKind: 'form' }, params: { method: 'Post', parametersMapping: [{ target: 'body', value: { const: { a: 'x y', b: [1, 2], c: null } } }] } });
    expect(heard[0]).toMatchObject({ body: 'a=x+y&b=1&b=2', headers: { 'content-type': 'application/x-www-form-urlencoded' } });
    heard = [];
    await run({ endpoint: { bodyKind: 'multipart' }, params: { method: 'Put', parametersMapping: [{ target: 'body.na"me', value: { const: 'v' } }] } });
    expect(heard[0]?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
    expect(heard[0]?.body).toContain('name="na%22me"\r\n\r\nv\r\n');
  });

  test('R37 get-values-from-connector gives the parsed answer as one item', async () => {
    const connectorId = await connector();
    const endpointId = await endpoint(connectorId, { parameters: [{ name: 'page', in: 'query', type: 'integer', default: 1 }] });
    const flowId = await t.insertFlow([aStep('get', 'get-values-from-connector', { system: systemId, connector: connectorId, queryPath: endpointId }), aStep('each', 'extract-collection', { modelPath: 'results' }, 'get'), aStep('answer', 'write-response', {}, 'each')]);
    reply = json({ results: [{ id: 1, name: 'Rick' }, { id: 2, name: 'Morty' }] });
    expect((await t.finished(await t.run(flowId))).output).toEqual([{ id: 1, name: 'Rick' }, { id: 2, name: 'Morty' }]);
    expect(heard[0]?.url).toBe('/base/weather?page=1');
    const bare = await t.insertFlow([aStep('get', 'get-values-from-connector', { system: systemId, connector: connectorId, queryPath: endpointId }), aStep('answer', 'write-response', {}, 'get')]);
    const outputs: Json[] = [];
    for (const each of [json([1, 2]), json(null), (_q: IncomingMessage, r: ServerResponse) => void r.writeHead(204).end(), (_q: IncomingMessage, r: ServerResponse) => void r.writeHead(200, { 'content-type': 'text/plain' }).end('hi'), (_q: IncomingMessage, r: ServerResponse) => void r.writeHead(200, { 'content-type': 'application/zip' }).end('PK')]) {
      reply = each;
      outputs.push((await t.finished(await t.run(bare))).output);
    }
    expect(outputs).toEqual([{ value: [1, 2] }, {}, {}, { text: 'hi' }, { file: expect.objectContaining({ size: 2 }) }]);
  });
});

describe('a failure', () => {
  const failing: [string, string, Call & { reply?: Reply }, object][] = [
    ['401', 'CONNECTOR_AUTH', { reply: json({}, 401) }, { status: 401 }], ['403', 'CONNECTOR_AUTH', { reply: json({}, 403) }, { status: 403 }],
    ['404', 'HTTP_STATUS', { reply: json({ why: 'x'.repeat(5_000) }, 404) }, { status: 404, body: expect.stringMatching(/^.{1024}$/s) }],
    ['JSON that is none', 'PARSE_ERROR', { reply: (_q, r) => void r.writeHead(200, { 'content-type': 'application/json' }).end('<html>') }, { status: 200 }],
    ['no answer in time', 'HTTP_TIMEOUT', { reply: () => {}, params: { timeoutMs: 1_000 } }, {}],
    ['a slow drip', 'HTTP_TIMEOUT', { reply: (_q, r) => { r.writeHead(200); const timer = setInterval(() => r.write('x'), 50); r.on('close', () => clearInterval(timer)); }, params: { timeoutMs: 1_000 } }, {}],
    ['an endless body', 'LIMIT_EXCEEDED', { reply: (_q, r) => { r.writeHead(200, { 'content-type': 'text/plain' }); const chunk = Buffer.alloc(1_000_000, 'x'); const more = () => { while (!r.destroyed && r.write(chunk)); r.once('drain', more); }; more(); } }, {}],
    ['a redirect to a private address', 'CONNECTOR_UNREACHABLE', { reply: (_q, r) => void r.writeHead(302, { location: 'http://0.0.0.0/' }).end() }, { repeat: false }],
    ['too many redirects', 'CONNECTOR_UNREACHABLE', { reply: (_q, r) => void r.writeHead(302, { location: '/again' }).end() }, { repeat: false }],
    ['a cut connection', 'CONNECTOR_UNREACHABLE', { reply: (q) => void q.socket.destroy() }, {}],
    ['a refused connection', 'CONNECTOR_UNREACHABLE', { settings: { address: 'http://127.0.0.1:1' } }, {}],
    ['private addresses not allowed', 'CONNECTOR_UNREACHABLE', { settings: { allowPrivate: false } }, { repeat: false }],
    ['no credential', 'CONNECTOR_AUTH', { settings: { auth: { type: 'bearer' } } }, {}],
    ['a required parameter without a value', 'PARAM_REQUIRED', { endpoint: { parameters: [{ name: 'q', in: 'query', required: true }] }, params: { parametersMapping: [{ target: 'q', value: { field: 'nothing' } }] } }, {}],
    ['a parameter of another type', 'TYPE_MISMATCH', { endpoint: { parameters: [{ name: 'q', in: 'query', type: 'integer' }] }, params: { parametersMapping: [{ target: 'q', value: { field: 'city' } }] } }, {}],
    ['an empty path parameter', 'PARAM_INVALID', { endpoint: { path: '/orders/{id}' }, params: { parametersMapping: [{ target: 'path.id', value: { field: 'nothing' } }] } }, {}],
    ['a path parameter that wanders', 'PARAM_INVALID', { endpoint: { path: '/orders/{id}' }, params: { parametersMapping: [{ target: 'path.id', value: { const: '..' } }] } }, {}],
    ['a header with a line break', 'PARAM_INVALID', { params: { parametersMapping: [{ target: 'header.X-Own', value: { const: 'a\r\nSet-Cookie: x' } }] } }, {}],
    ['a body with Get', 'PARAM_INVALID', { params: { parametersMapping: [{ target: 'body.a', value: { const: 1 } }] } }, {}],
  ];
  test.each(failing)('R39 %s: %s', async (_title, code, call, details) => {
    if (call.reply) reply = call.reply;
    const done = await run(call);
    expect(done).toMatchObject({ status: 'failed', error: { code, stepId: 'call', ...(Object.keys(details).length > 0 ? { details } : {}) } });
  });

  test('R39 a system, connector or endpoint that is gone', async () => {
    const one = await flowOf({});
    got(await deleteEndpoint(t.database, t.access, one.endpointId));
    expect((await t.finished(await t.run(one.flowId, { input: {} }))).error).toMatchObject({ code: 'ENDPOINT_NOT_FOUND' });
    got(await deleteConnector(t.database, t.access, one.connectorId));
    expect((await t.finished(await t.run(one.flowId, { input: {} }))).error).toMatchObject({ code: 'CONNECTOR_NOT_FOUND' });
    const flowId = await t.insertFlow([aStep('given', 'get-raw-model'), aStep('call', 'execute-api-call', { system: 'sys_none', connector: one.connectorId, queryPath: '/x' }, 'given')]);
    expect((await t.finished(await t.run(flowId, { input: {} }))).error).toMatchObject({ code: 'SYSTEM_NOT_FOUND' });
    const { sql } = t.database;
    expect(await sql`select 1 from connector_versions where connector_id = ${one.connectorId} and credential is not null`).toHaveLength(0);
  });

  test('R39 with "continue on error" the failing item goes on with $error', async () => {
    reply = (request, response) => json({ url: request.url ?? '' }, request.url?.includes('bad') ? 404 : 200)(request, response, { method: '', url: '', headers: {}, body: '' });
    const done = await run({ input: [{ q: 'good' }, { q: 'bad' }], onError: 'continue', params: { parametersMapping: [{ target: 'query.q', value: { field: 'q' } }] } });
    expect(done.output).toEqual([{ q: 'good', _response: { url: '/base/weather?q=good' } }, { q: 'bad', $error: { code: 'HTTP_STATUS', message: expect.any(String), step: 'call' } }]);
  });
});

describe('trying again', () => {
  test('R40 500 then 200 succeeds at the second attempt, and calls of other items are not made again', async () => {
    let failed = false;
    reply = (request, response, one) => {
      const fails = request.url?.includes('q=2') === true && !failed;
      failed ||= fails;
      json({ q: request.url ?? '' }, fails ? 500 : 200)(request, response, one);
    };
    const done = await run({ input: [{ q: '1' }, { q: '2' }, { q: '3' }], retry: { attempts: 3, backoffMs: 100 }, params: { parametersMapping: [{ target: 'query.q', value: { field: 'q' } }] } });
    expect(done.status).toBe('succeeded');
    const counts = ['1', '2'].map((q) => heard.filter((each) => each.url.endsWith(`q=${q}`)).length);
    expect(counts).toEqual([1, 2]);
  });

  test('R40 429 waits as long as Retry-After asks', async () => {
    const at: number[] = [];
    reply = (request, response, one) => {
      at.push(Date.now());
      json({}, at.length === 1 ? 429 : 200, at.length === 1 ? { 'retry-after': '2' } : {})(request, response, one);
    };
    expect((await run({ retry: { attempts: 2, backoffMs: 100 } })).status).toBe('succeeded');
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(1_990);
  });

  test('R40 500 three times fails; resuming after the system recovered calls once more and completes', async () => {
    reply = json({}, 500);
    const failed = await run({ retry: { attempts: 3, backoffMs: 100 } });
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'HTTP_STATUS', details: { status: 500 } } });
    expect(heard).toHaveLength(3);
    reply = json({ temp: 5 });
    got(await resumeRun(t.database, t.access, failed.id));
    expect((await t.finished(failed.id)).output).toEqual({ city: 'Oslo', _response: { temp: 5 } });
    expect(heard).toHaveLength(4);
  });

  test('R40 a Post is not repeated unless its endpoint is idempotent, but when nothing was sent', async () => {
    reply = json({}, 503);
    const retry = { attempts: 3, backoffMs: 100 };
    await run({ params: { method: 'Post' }, retry });
    expect(heard).toHaveLength(1);
    await run({ params: { method: 'Post' }, retry, endpoint: { idempotent: true } });
    expect(heard).toHaveLength(4);
    const refused = await run({ params: { method: 'Post' }, retry, settings: { address: 'http://127.0.0.1:1' } });
    expect((await eventsOf(refused.id)).filter((each) => each.type === 'step.failed')).toHaveLength(3);
  });

  test('R41 a Post that was cut off says that its outcome is unknown; a person may resume, and the key is the same', async () => {
    reply = (request) => void request.socket.destroy();
    const failed = await run({ params: { method: 'Post' }, retry: { attempts: 3, backoffMs: 100 } });
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'HTTP_TIMEOUT', details: { outcome: 'unknown' } } });
    expect(heard).toHaveLength(1);
    reply = json({ done: true });
    got(await resumeRun(t.database, t.access, failed.id));
    expect((await t.finished(failed.id)).output).toMatchObject({ _response: { done: true } });
    expect(new Set(heard.map((each) => each.headers['idempotency-key'])).size).toBe(1);
  });

  test('R41 a worker that died in the middle: a Get is made again, a Post fails as unknown', async () => {
    for (const method of ['Get', 'Post'] as const) {
      heard = [];
      const { flowId } = await flowOf({ params: { method, timeoutMs: 60_000 } });
      let arrived = () => {};
      const hears = new Promise<void>((resolve) => (arrived = resolve));
      reply = () => arrived();
      const runId = await t.run(flowId, { input: {} });
      await hears;
      // What a dead worker leaves behind: its slot under a new fence, its call without a record.
      await t.database.sql`update run_slots set state = 'ready', ready_at = now(), fence = fence + 1, owner = null where run_id = ${runId}`;
      reply = json({ again: true });
      const done = await t.finished(runId, 30);
      if (method === 'Get') expect(done.output).toEqual({ _response: { again: true } });
      else expect(done).toMatchObject({ status: 'failed', error: { code: 'HTTP_TIMEOUT', details: { outcome: 'unknown' } } });
      expect(heard).toHaveLength(method === 'Get' ? 2 : 1);
    }
  });
});

describe('connectors', () => {
  test('R42 a run keeps the connector as it was when it began; resuming takes it as it is', async () => {
    const { flowId, connectorId } = await flowOf({ settings: { headers: [{ name: 'X-Version', value: 'one' }] }, retry: { attempts: 2, backoffMs: 1_500 } });
    let edited = false;
    reply = (request, response, one) => {
      if (heard.length > 1) return json({}, 400)(request, response, one);
      void updateConnector(t.database, t.access, key(), connectorId, { headers: [{ name: 'X-Version', value: 'two' }] }).then(() => { edited = true; json({}, 500)(request, response, one); });
    };
    const runId = await t.run(flowId, { input: {} });
    await t.finished(runId);
    expect(edited).toBe(true);
    reply = json({});
    got(await resumeRun(t.database, t.access, runId));
    await t.finished(runId);
    expect(heard.map((each) => each.headers['x-version'])).toEqual(['one', 'one', 'two']);
  });

  test.each<[string, ConnectorPatch, (one: Heard) => unknown, string]>([
    ['basic', { auth: { type: 'basic', userName: 'ana' }, credential: secret }, (one) => one.headers.authorization, `Basic ${Buffer.from(`ana:${secret}`).toString('base64')}`],
    ['bearer', { auth: { type: 'bearer' }, credential: secret }, (one) => one.headers.authorization, `Bearer ${secret}`],
    ['an API key header', { auth: { type: 'apiKey', in: 'header', name: 'X-Api-Key' }, credential: secret }, (one) => one.headers['x-api-key'], secret],
    ['an API key in the query', { auth: { type: 'apiKey', in: 'query', name: 'key' }, credential: secret }, (one) => new URL(one.url, 'http://x').searchParams.get('key'), secret],
  ])('R43 %s is sent, and even a server that echoes it does not bring it into the run', async (_title, settings, sent, wanted) => {
    const noise = [vi.spyOn(console, 'error'), vi.spyOn(console, 'log')];
    reply = (request, response, one) => json({ you: JSON.stringify(one.headers), at: one.url, [secret]: encodeURIComponent(secret) }, 200, { 'x-echo': `${one.headers.authorization ?? ''}${one.url}` })(request, response, one);
    const done = await run({ settings, params: { resultMode: 'envelope' } });
    expect(sent(heard[0] ?? { method: '', url: '', headers: {}, body: '' })).toBe(wanted);
    reply = (request, response, one) => json({ you: JSON.stringify(one.headers), at: one.url, secret }, 500)(request, response, one);
    const failed = await run({ settings });
    expect(failed.status).toBe('failed');
    const seen = JSON.stringify([done, failed, await eventsOf(done.id), await eventsOf(failed.id), noise.map((each) => each.mock.calls)]);
    const forms = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64'), Buffer.from(`ana:${secret}`).toString('base64')];
    for (const each of forms) expect(seen).not.toContain(each);
    expect(await textInDatabase(forms)).toEqual([]);
  });

  test('R43 OAuth2: one token for many calls, renewed when it ends or is refused', async () => {
    let tokens = 0;
    let valid = 'none';
    reply = (request, response, one) => {
      if (request.url === '/token') {
        expect(one.headers.authorization).toBe(`Basic ${Buffer.from(`client:${encodeURIComponent(secret)}`).toString('base64')}`);
        expect(one.body).toBe('grant_type=client_credentials&scope=read');
        valid = `token-number-${++tokens}`;
        return json({ access_token: valid, token_type: 'Bearer', expires_in: 3_600 })(request, response, one);
      }
      return json({ echo: one.headers.authorization ?? null }, one.headers.authorization === `Bearer ${valid}` ? 200 : 401)(request, response, one);
    };
    const settings: ConnectorPatch = { auth: { type: 'oauth2', tokenUrl: `http://127.0.0.1:${port}/token`, clientId: 'client', scope: 'read' }, credential: secret };
    const { flowId } = await flowOf({ settings });
    const done = await t.finished(await t.run(flowId, { input: [{}, {}, {}, {}, {}] }));
    expect([done.status, tokens]).toEqual(['succeeded', 1]);
    expect(JSON.stringify(done.output)).not.toContain('token-number');
    valid = 'withdrawn';
    expect((await t.finished(await t.run(flowId, { input: {} }))).status).toBe('succeeded');
    expect(tokens).toBe(2);
    const { flowId: refused } = await flowOf({ settings: { ...settings, auth: { type: 'oauth2', tokenUrl: `http://127.0.0.1:${port}/token?no`.replace('?no', '/no'), clientId: 'client' } } });
    reply = json({ error: 'invalid_client', secret }, 400);
    expect((await t.finished(await t.run(refused, { input: {} }))).error).toMatchObject({ code: 'CONNECTOR_AUTH' });
    expect(await textInDatabase([secret, 'token-number-1', 'token-number-2'])).toEqual([]);
  });
});

/** Tables in which one of the words stands in any row, as text or in its bytes. */
async function textInDatabase(words: readonly string[]): Promise<string[]> {
  const { sql } = t.database;
  const tables = await sql<{ name: string }[]>`select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`;
  const found: string[] = [];
  for (const { name } of tables) {
    for (const word of words) {
      const [hit] = await sql`select 1 from ${sql(name)} r where r::text like ${`%${word.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`} or r::text like ${`%${Buffer.from(word).toString('hex')}%`} limit 1`;
      if (hit) found.push(`${name}: ${word}`);
    }
  }
  return found;
}
