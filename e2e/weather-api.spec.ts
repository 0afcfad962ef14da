import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test, type Api } from './fixtures';
import { componentWith, publishedFlow, sampleFlow } from './flows';

/** The weather-API scenario of execute-api-call: another system, played by a server of the test's own. */
const secret = 'canary-4711-key/with+signs=';
type Reply = (request: IncomingMessage, response: ServerResponse) => void;
let server: Server;
let port = 0;
let reply: Reply;
let asked: string[] = [];
const json = (body: object, status = 200, headers: Record<string, string> = {}): Reply => (_request, response) => void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

test.beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    request.resume();
    reply(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
test.afterAll(() => {
  server.closeAllConnections();
  server.close();
});
test.beforeEach(() => {
  asked = [];
  reply = json({ temp: 4, description: 'clear' });
});

async function place(api: Api, title: string) {
  const component = await componentWith(api, title, [{ name: 'city', title: 'City', type: 'string', required: true }, { name: 'temp', title: 'Temperature', type: 'number' }, { name: 'sky', title: 'Sky', type: 'string' }]);
  const system = await api.send<{ id: string }>('POST', '/systems', { name: `${title} system`, baseUrl: `http://127.0.0.1:${port}` });
  const connector = await api.send<{ id: string }>('POST', '/connectors', { systemId: system.id, name: 'Local', auth: { type: 'apiKey', in: 'query', name: 'key' }, credential: secret, allowPrivate: true });
  const endpoint = await api.send<{ id: string }>('POST', '/endpoints', { connectorId: connector.id, name: 'Weather', path: '/weather', parameters: [{ name: 'q', in: 'query', required: true }] });
  const flow = await publishedFlow(api, component, 'dataflow', {
    schema: 1, kind: 'dataflow', name: 'Ask', lanes: [{ id: 'main', stages: [{ id: 'stg_1', name: 'Ask', steps: [
      { id: 'stp_form', type: 'get-action-model', name: 'Form' },
      { id: 'stp_call', type: 'execute-api-call', name: 'Call', sources: { source: 'stp_form' }, retry: { attempts: 2, backoffMs: 100 }, params: { system: system.id, connector: connector.id, queryPath: endpoint.id, timeoutMs: 2_000, resultField: '_weather', parametersMapping: [{ target: 'q', value: { field: 'data.city' } }] } },
      { id: 'stp_keep', type: 'update-entry', name: 'Keep', sources: { source: 'stp_call' }, params: { component, keyField: 'id', fieldsMapping: [{ target: 'city', value: { field: 'data.city' } }, { target: 'temp', value: { field: '_weather.temp' } }, { target: 'sky', value: { field: '_weather.description' } }] } },
      { id: 'stp_answer', type: 'write-response', name: 'Answer', sources: { source: 'stp_keep' } },
    ] }] }],
  });
  return { component, system: system.id, connector: connector.id, endpoint: endpoint.id, flow };
}

type Ran = { runId: string; status: string; error?: { code: string } };

test('asking for the weather of a city fills its entry, and every open grid shows it', async ({ ana }) => {
  const { component, flow } = await place(ana.api, 'Cities');
  const entry = await ana.api.send<{ id: number }>('POST', `/components/${component}/entries`, { name: 'Oslo', data: { city: 'Oslo' } });
  const { page } = await ana.open(`/components/${component}`);
  await expect(page.getByText('Oslo').first()).toBeVisible();
  const ran = await ana.api.send<Ran>('POST', `/flows/${flow}/runs`, { entryId: entry.id, waitSeconds: 30 });
  expect(ran.status).toBe('succeeded');
  await expect(page.getByText('clear').first()).toBeVisible();
  expect(asked).toEqual([`/weather?q=Oslo&key=${encodeURIComponent(secret)}`]);
  const events = await ana.api.get<{ items: { type: string; stepId?: string }[] }>(`/runs/${ran.runId}/events`);
  expect(events.items.filter((each) => each.stepId === 'stp_call').map((each) => each.type)).toEqual(['step.started', 'step.waiting', 'effect.recorded', 'step.succeeded']);
});

test('whatever goes wrong is named, tried again where that helps, and tells nobody the key', async ({ ana }) => {
  const { flow } = await place(ana.api, 'Faults');
  const echo: Reply = (request, response) => json({ you: request.url ?? '' }, 404)(request, response);
  const endless: Reply = (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' });
    const more = (): void => { while (!response.destroyed && response.write(Buffer.alloc(1_000_000, 'x'))); response.once('drain', more); };
    more();
  };
  const faults: [string, Reply, string, number][] = [
    ['a wrong path', echo, 'HTTP_STATUS', 1], ['no answer in time', () => {}, 'HTTP_TIMEOUT', 2], ['an error twice', json({}, 500), 'HTTP_STATUS', 2], ['refused credentials', json({}, 401), 'CONNECTOR_AUTH', 1],
    ['a redirect to nowhere', (_request, response) => void response.writeHead(302, { location: 'http://0.0.0.0/' }).end(), 'CONNECTOR_UNREACHABLE', 1], ['an endless body', endless, 'LIMIT_EXCEEDED', 1],
    ['no JSON', (_request, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('<html>'), 'PARSE_ERROR', 1], ['a cut connection', (request) => void request.socket.destroy(), 'CONNECTOR_UNREACHABLE', 2],
  ];
  for (const [name, wanted, code, calls] of faults) {
    reply = wanted;
    asked = [];
    const ran = await ana.api.send<Ran>('POST', `/flows/${flow}/runs`, { input: { data: { city: 'Oslo' } }, waitSeconds: 50 });
    expect([ran.status, ran.error?.code], name).toEqual(['failed', code]);
    expect(asked, name).toHaveLength(calls);
    const told = JSON.stringify([ran, await ana.api.get(`/runs/${ran.runId}`), await ana.api.get(`/runs/${ran.runId}/events`)]);
    for (const form of [secret, encodeURIComponent(secret)]) expect(told.includes(form), name).toBe(false);
  }
  for (const [name, status, headers] of [['500 then 200', 500, {}], ['429 then 200', 429, { 'retry-after': '1' }]] as const) {
    asked = [];
    reply = (request, response) => json({ temp: 1, description: 'x' }, asked.length === 1 ? status : 200, headers)(request, response);
    const ran = await ana.api.send<Ran>('POST', `/flows/${flow}/runs`, { input: { data: { city: 'Oslo' } }, waitSeconds: 50 });
    expect([name, ran.status, asked.length]).toEqual([name, 'succeeded', 2]);
  }
  const listed = JSON.stringify([await ana.api.get('/connectors'), await ana.api.get('/systems')]);
  expect(listed).toContain('"hasCredential":true');
  expect(listed).not.toContain(secret);
});

test('a connector that is removed shows on the card of everybody at once, and blocks publishing', async ({ ana }) => {
  const { flow, connector } = await place(ana.api, 'Removed');
  const { page } = await ana.open(`/flows/${flow}`);
  await expect(page.getByText('Get /weather').first()).toBeVisible();
  await ana.api.send('DELETE', `/connectors/${connector}`);
  await expect(page.getByText(/This connector does not exist any more/).or(page.getByText(/2 problems|problems/)).first()).toBeVisible();
  const { problems } = await ana.api.get<{ problems: { code: string }[] }>(`/flows/${flow}`);
  expect(problems.map((each) => each.code)).toContain('CONNECTOR_NOT_FOUND');
  await ana.api.send('POST', `/flows/${flow}/publish`, {}, 422);
});

test('the sample asks this server’s own weather service', async ({ ana }) => {
  const sample = await sampleFlow(ana.api, 'Ask for the weather');
  const entries = await ana.api.get<{ items: { id: number }[] }>(`/components/${sample.componentId}/entries?sort=id`);
  const ran = await ana.api.send<Ran>('POST', `/flows/${sample.id}/runs`, { entryId: entries.items[0]?.id, waitSeconds: 30 });
  expect(ran.status).toBe('succeeded');
  expect(await ana.api.get(`/components/${sample.componentId}/entries/${entries.items[0]?.id}`)).toMatchObject({ data: { warmest: 8.9, coldest: 2.8, rain: 1.3, sky: 'rain' } });
});
