import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { deleteConnector } from '#db/connectors';
import { deleteEndpoint } from '#db/endpoints';
import { got } from '#db/testing-result';
import type { Json, JsonObject } from '#flow/json';
import { aStep } from './testing';
import { apiTest, json, type ApiTest, type Call, type Reply } from './testing-api';

/** Calls to other systems: what is sent, what comes back, every error code. */
let api: ApiTest;
beforeAll(async () => {
  api = await apiTest();
  await api.engine.start();
}, 180_000);
afterAll(() => api.close());
beforeEach(() => api.clear());

describe('an answer', () => {
  test('R37 the mapped parameters are sent, the body is the result, and what was called is in the log', async () => {
    api.reply = json({ temp: 4 });
    const done = await api.run({ params: { parametersMapping: [{ target: 'query.q', value: { field: 'city' } }, { target: 'query.key', value: { expr: "'a b&c'" } }], resultField: '_weather' } });
    expect(done.output).toEqual({ city: 'Oslo', _weather: { temp: 4 } });
    expect(api.heard).toMatchObject([{ method: 'GET', url: '/base/weather?q=Oslo&key=a%20b%26c' }]);
    expect(api.heard[0]?.headers['idempotency-key']).toBeUndefined();
    const events = await api.eventsOf(done.id);
    expect(events.map((each) => each.type)).toContain('step.waiting');
    expect(events.find((each) => each.type === 'effect.recorded')?.data).toMatchObject({ kind: 'call', count: 1, refs: [{ method: 'GET', url: `http://127.0.0.1:${api.port}/base/weather`, status: 200 }] });
  });

  test('R37 one call per item, four at once at most, results in the items’ order', async () => {
    let [now, most] = [0, 0];
    api.reply = (request, response) => {
      most = Math.max(most, ++now);
      setTimeout(() => { now -= 1; response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ url: request.url })); }, 20 + Math.random() * 40);
    };
    const cities = Array.from({ length: 20 }, (_, n) => ({ city: `c${n}` }));
    const done = await api.run({ input: cities, params: { parametersMapping: [{ target: 'query.q', value: { field: 'city' } }] } });
    expect(done.output).toEqual(cities.map(({ city }) => ({ city, _response: { url: `/base/weather?q=${city}` } })));
    expect(most).toBe(4);
  });

  test('R38 a rate limit spaces the calls out', async () => {
    const at: number[] = [];
    api.reply = (_request, response) => { at.push(Date.now()); response.end(); };
    await api.run({ settings: { ratePerSecond: 10 }, input: [{}, {}, {}, {}, {}] });
    expect(at).toHaveLength(5);
    expect((at[4] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(360);
  });

  test('R37 Post, Put and Delete carry the effect key', async () => {
    const done = await api.run({ params: { method: 'Post', parametersMapping: [{ target: 'body.city', value: { field: 'city' } }, { target: 'body.deep.x', value: { const: 1 } }] } });
    expect(api.heard[0]).toMatchObject({ method: 'POST', body: '{"city":"Oslo","deep":{"x":1}}', headers: { 'idempotency-key': `${done.id}/call/0/0`, 'content-type': 'application/json' } });
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
    api.reply = wanted;
    expect((await api.run({ params })).output).toEqual({ city: 'Oslo', _response: result });
  });

  test('R37 binary answers and those asked for as a file become files', async () => {
    api.reply = (_q, r) => void r.writeHead(200, { 'content-type': 'image/png', 'content-disposition': 'attachment; filename="map.png"' }).end(Buffer.from([0x89, 1, 2]));
    expect((await api.run({})).output).toMatchObject({ _response: { id: expect.stringMatching(/^fil_/), name: 'map.png', size: 3, mimeType: 'image/png' } });
    api.reply = json({ a: 1 });
    expect((await api.run({ params: { storeAsFile: true } })).output).toMatchObject({ _response: { name: 'weather', size: 7, mimeType: 'application/json' } });
  });

  test('R37 an answer other than declared warns and goes on', async () => {
    api.reply = json({ temp: 'cold' });
    const done = await api.run({ endpoint: { responseSchema: { type: 'object', properties: { temp: { type: 'number' } } } } });
    expect(done).toMatchObject({ status: 'succeeded', warnings: 1 });
  });

  test('R37 a form and a multipart form with a file', async () => {
    await api.run({ endpoint: { bodyKind: 'form' }, params: { method: 'Post', parametersMapping: [{ target: 'body', value: { const: { a: 'x y', b: [1, 2], c: null } } }] } });
    expect(api.heard[0]).toMatchObject({ body: 'a=x+y&b=1&b=2', headers: { 'content-type': 'application/x-www-form-urlencoded' } });
    api.heard = [];
    await api.run({ endpoint: { bodyKind: 'multipart' }, params: { method: 'Put', parametersMapping: [{ target: 'body.na"me', value: { const: 'v' } }] } });
    expect(api.heard[0]?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
    expect(api.heard[0]?.body).toContain('name="na%22me"\r\n\r\nv\r\n');
  });

  test('R37 get-values-from-connector gives the parsed answer as one item', async () => {
    const connectorId = await api.connector();
    const endpointId = await api.endpoint(connectorId, { parameters: [{ name: 'page', in: 'query', type: 'integer', default: 1 }] });
    const flowId = await api.engine.insertFlow([aStep('get', 'get-values-from-connector', { system: api.systemId, connector: connectorId, queryPath: endpointId }), aStep('each', 'extract-collection', { modelPath: 'results' }, 'get'), aStep('answer', 'write-response', {}, 'each')]);
    api.reply = json({ results: [{ id: 1, name: 'Rick' }, { id: 2, name: 'Morty' }] });
    expect((await api.engine.finished(await api.engine.run(flowId))).output).toEqual([{ id: 1, name: 'Rick' }, { id: 2, name: 'Morty' }]);
    expect(api.heard[0]?.url).toBe('/base/weather?page=1');
    const bare = await api.engine.insertFlow([aStep('get', 'get-values-from-connector', { system: api.systemId, connector: connectorId, queryPath: endpointId }), aStep('answer', 'write-response', {}, 'get')]);
    const outputs: Json[] = [];
    const replies: Reply[] = [json([1, 2]), json(null), (_q, r) => void r.writeHead(204).end(), (_q, r) => void r.writeHead(200, { 'content-type': 'text/plain' }).end('hi'), (_q, r) => void r.writeHead(200, { 'content-type': 'application/zip' }).end('PK')];
    for (const each of replies) {
      api.reply = each;
      outputs.push((await api.engine.finished(await api.engine.run(bare))).output);
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
    if (call.reply) api.reply = call.reply;
    const done = await api.run(call);
    expect(done).toMatchObject({ status: 'failed', error: { code, stepId: 'call', ...(Object.keys(details).length > 0 ? { details } : {}) } });
  });

  test('R39 a system, connector or endpoint that is gone', async () => {
    const one = await api.flowOf({});
    got(await deleteEndpoint(api.engine.database, api.engine.access, one.endpointId));
    expect((await api.engine.finished(await api.engine.run(one.flowId, { input: {} }))).error).toMatchObject({ code: 'ENDPOINT_NOT_FOUND' });
    got(await deleteConnector(api.engine.database, api.engine.access, one.connectorId));
    expect((await api.engine.finished(await api.engine.run(one.flowId, { input: {} }))).error).toMatchObject({ code: 'CONNECTOR_NOT_FOUND' });
    const flowId = await api.engine.insertFlow([aStep('given', 'get-raw-model'), aStep('call', 'execute-api-call', { system: 'sys_none', connector: one.connectorId, queryPath: '/x' }, 'given')]);
    expect((await api.engine.finished(await api.engine.run(flowId, { input: {} }))).error).toMatchObject({ code: 'SYSTEM_NOT_FOUND' });
    const { sql } = api.engine.database;
    expect(await sql`select 1 from connector_versions where connector_id = ${one.connectorId} and credential is not null`).toHaveLength(0);
  });

  test('R39 with "continue on error" the failing item goes on with $error', async () => {
    api.reply = (request, response) => json({ url: request.url ?? '' }, request.url?.includes('bad') ? 404 : 200)(request, response, { method: '', url: '', headers: {}, body: '' });
    const done = await api.run({ input: [{ q: 'good' }, { q: 'bad' }], onError: 'continue', params: { parametersMapping: [{ target: 'query.q', value: { field: 'q' } }] } });
    expect(done.output).toEqual([{ q: 'good', _response: { url: '/base/weather?q=good' } }, { q: 'bad', $error: { code: 'HTTP_STATUS', message: expect.any(String), step: 'call' } }]);
  });
});
