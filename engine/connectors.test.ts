import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { updateConnector } from '#db/connectors';
import { resumeRun } from '#db/runs';
import { got } from '#db/testing-result';
import type { ConnectorPatch } from '#flow/integration';
import { apiTest, credentials, json, type ApiTest, type Heard } from './testing-api';

const secret = 'c4nary-S3cret+value/with=signs';
let api: ApiTest;
beforeAll(async () => {
  api = await apiTest();
  await api.engine.start();
}, 180_000);
afterAll(() => api.close());
beforeEach(() => api.clear());
afterEach(() => void vi.restoreAllMocks());

describe('connectors', () => {
  test('R42 a run keeps the connector as it was when it began; resuming takes it as it is', async () => {
    const { flowId, connectorId } = await api.flowOf({ settings: { headers: [{ name: 'X-Version', value: 'one' }] }, retry: { attempts: 2, backoffMs: 1_500 } });
    let edited = false;
    api.reply = (request, response, one) => {
      if (api.heard.length > 1) return json({}, 400)(request, response, one);
      void updateConnector(api.engine.database, api.engine.access, credentials(), connectorId, { headers: [{ name: 'X-Version', value: 'two' }] }).then(() => { edited = true; json({}, 500)(request, response, one); });
    };
    const runId = await api.engine.run(flowId, { input: {} });
    await api.engine.finished(runId);
    expect(edited).toBe(true);
    api.reply = json({});
    got(await resumeRun(api.engine.database, api.engine.access, runId));
    await api.engine.finished(runId);
    expect(api.heard.map((each) => each.headers['x-version'])).toEqual(['one', 'one', 'two']);
  });

  test.each<[string, ConnectorPatch, (one: Heard) => unknown, string]>([
    ['basic', { auth: { type: 'basic', userName: 'ana' }, credential: secret }, (one) => one.headers.authorization, `Basic ${Buffer.from(`ana:${secret}`).toString('base64')}`],
    ['bearer', { auth: { type: 'bearer' }, credential: secret }, (one) => one.headers.authorization, `Bearer ${secret}`],
    ['an API key header', { auth: { type: 'apiKey', in: 'header', name: 'X-Api-Key' }, credential: secret }, (one) => one.headers['x-api-key'], secret],
    ['an API key in the query', { auth: { type: 'apiKey', in: 'query', name: 'key' }, credential: secret }, (one) => new URL(one.url, 'http://x').searchParams.get('key'), secret],
  ])('R43 %s is sent, and even a server that echoes it does not bring it into the run', async (_title, settings, sent, wanted) => {
    const noise = [vi.spyOn(console, 'error'), vi.spyOn(console, 'log')];
    api.reply = (request, response, one) => json({ you: JSON.stringify(one.headers), at: one.url, [secret]: encodeURIComponent(secret) }, 200, { 'x-echo': `${one.headers.authorization ?? ''}${one.url}` })(request, response, one);
    const done = await api.run({ settings, params: { resultMode: 'envelope' } });
    expect(sent(api.heard[0] ?? { method: '', url: '', headers: {}, body: '' })).toBe(wanted);
    api.reply = (request, response, one) => json({ you: JSON.stringify(one.headers), at: one.url, secret }, 500)(request, response, one);
    const failed = await api.run({ settings });
    expect(failed.status).toBe('failed');
    const seen = JSON.stringify([done, failed, await api.eventsOf(done.id), await api.eventsOf(failed.id), noise.map((each) => each.mock.calls)]);
    const forms = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64'), Buffer.from(`ana:${secret}`).toString('base64')];
    for (const each of forms) expect(seen).not.toContain(each);
    expect(await textInDatabase(forms)).toEqual([]);
  });

  test('R43 OAuth2: one token for many calls, renewed when it ends or is refused', async () => {
    let tokens = 0;
    let valid = 'none';
    api.reply = (request, response, one) => {
      if (request.url === '/token') {
        expect(one.headers.authorization).toBe(`Basic ${Buffer.from(`client:${encodeURIComponent(secret)}`).toString('base64')}`);
        expect(one.body).toBe('grant_type=client_credentials&scope=read');
        valid = `token-number-${++tokens}`;
        return json({ access_token: valid, token_type: 'Bearer', expires_in: 3_600 })(request, response, one);
      }
      return json({ echo: one.headers.authorization ?? null }, one.headers.authorization === `Bearer ${valid}` ? 200 : 401)(request, response, one);
    };
    const settings: ConnectorPatch = { auth: { type: 'oauth2', tokenUrl: `http://127.0.0.1:${api.port}/token`, clientId: 'client', scope: 'read' }, credential: secret };
    const { flowId } = await api.flowOf({ settings });
    const done = await api.engine.finished(await api.engine.run(flowId, { input: [{}, {}, {}, {}, {}] }));
    expect([done.status, tokens]).toEqual(['succeeded', 1]);
    expect(JSON.stringify(done.output)).not.toContain('token-number');
    valid = 'withdrawn';
    expect((await api.engine.finished(await api.engine.run(flowId, { input: {} }))).status).toBe('succeeded');
    expect(tokens).toBe(2);
    const { flowId: refused } = await api.flowOf({ settings: { ...settings, auth: { type: 'oauth2', tokenUrl: `http://127.0.0.1:${api.port}/token?no`.replace('?no', '/no'), clientId: 'client' } } });
    api.reply = json({ error: 'invalid_client', secret }, 400);
    expect((await api.engine.finished(await api.engine.run(refused, { input: {} }))).error).toMatchObject({ code: 'CONNECTOR_AUTH' });
    expect(await textInDatabase([secret, 'token-number-1', 'token-number-2'])).toEqual([]);
  });
});

/** Tables in which one of the words stands in any row, as text or in its bytes. */
async function textInDatabase(words: readonly string[]): Promise<string[]> {
  const { sql } = api.engine.database;
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
