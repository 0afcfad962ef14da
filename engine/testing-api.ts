import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createConnector } from '#db/connectors';
import { credentialKey } from '#db/credentials';
import { createEndpoints } from '#db/endpoints';
import { readEnv } from '#db/env';
import { createSystem } from '#db/integrations';
import { runEvents } from '#db/runs';
import { got } from '#db/testing-result';
import type { ConnectorPatch, EndpointPatch } from '#flow/integration';
import type { Json, JsonObject } from '#flow/json';
import { aStep, engineTest } from './testing';

export type Heard = { method: string; url: string; headers: IncomingMessage['headers']; body: string };
export type Reply = (request: IncomingMessage, response: ServerResponse, heard: Heard) => void;
export type Call = { settings?: ConnectorPatch; endpoint?: EndpointPatch; params?: JsonObject; input?: Json; retry?: { attempts: number; backoffMs?: number }; onError?: 'continue' };
export type ApiTest = Awaited<ReturnType<typeof apiTest>>;

export const json = (body: Json, status = 200, headers: Record<string, string> = {}): Reply => (_request, response) => void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
export const credentials = () => credentialKey(readEnv({ SECRET_KEY: process.env['SECRET_KEY'] }).secretKey);

/** An engine beside a real HTTP server of the test's own: `heard` is what was called, `reply` what is answered, `cut` the calls that were given up. */
export async function apiTest() {
  const engine = await engineTest();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const one = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString('utf8') };
      api.heard.push(one);
      api.reply(request, response, one);
    });
    response.on('close', () => {
      if (!response.writableEnded) api.cut += 1;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const systemId = got(await createSystem(engine.database, engine.access, { name: 'Weather' })).system.id;

  const connector = async (settings: ConnectorPatch = {}): Promise<string> =>
    got(await createConnector(engine.database, engine.access, credentials(), { systemId, address: `http://127.0.0.1:${port}/base`, allowPrivate: true, ...settings, name: settings.name ?? 'Local' })).connector.id;
  const endpoint = async (connectorId: string, wanted: EndpointPatch = {}): Promise<string> =>
    got(await createEndpoints(engine.database, engine.access, connectorId, [{ methods: ['Get', 'Post', 'Put', 'Delete'], ...wanted, name: wanted.name ?? 'Weather', path: wanted.path ?? '/weather' }])).endpoints[0]?.id ?? '';
  const flowOf = async ({ settings = {}, endpoint: wanted = {}, params = {}, retry, onError }: Call) => {
    const connectorId = await connector(settings);
    const endpointId = await endpoint(connectorId, wanted);
    const call = { ...aStep('call', 'execute-api-call', { system: systemId, connector: connectorId, queryPath: endpointId, ...params }, 'given'), ...(onError ? { onError } : {}), retry: retry ?? { attempts: 1 } };
    const flowId = await engine.insertFlow([aStep('given', 'get-raw-model'), call, aStep('answer', 'write-response', {}, 'call')]);
    return { connectorId, endpointId, flowId };
  };

  const api = {
    engine, port, systemId, connector, endpoint, flowOf,
    heard: [] as Heard[], // typed, for it begins empty
    cut: 0,
    reply: json({ ok: true }),
    /** As at the beginning, for the next test. */
    clear() {
      api.heard = [];
      api.cut = 0;
      api.reply = json({ ok: true });
    },
    async run(call: Call) {
      const made = await flowOf(call);
      const runId = await engine.run(made.flowId, { input: call.input ?? { city: 'Oslo' } });
      return { ...made, ...(await engine.finished(runId, 25)) };
    },
    async eventsOf(runId: string) {
      return got(await runEvents(engine.database, engine.access, runId, { after: 0, limit: 1_000 })).items;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await engine.close();
    },
  };
  return api;
}
