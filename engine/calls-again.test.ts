import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { resumeRun } from '#db/runs';
import { got } from '#db/testing-result';
import { apiTest, json, type ApiTest } from './testing-api';

let api: ApiTest;
beforeAll(async () => {
  api = await apiTest();
  await api.engine.start();
}, 180_000);
afterAll(() => api.close());
beforeEach(() => api.clear());

describe('trying again', () => {
  test('R40 500 then 200 succeeds at the second attempt, and calls of other items are not made again', async () => {
    let failed = false;
    api.reply = (request, response, one) => {
      const fails = request.url?.includes('q=2') === true && !failed;
      failed ||= fails;
      json({ q: request.url ?? '' }, fails ? 500 : 200)(request, response, one);
    };
    const done = await api.run({ input: [{ q: '1' }, { q: '2' }, { q: '3' }], retry: { attempts: 3, backoffMs: 100 }, params: { parametersMapping: [{ target: 'query.q', value: { field: 'q' } }] } });
    expect(done.status).toBe('succeeded');
    const counts = ['1', '2'].map((q) => api.heard.filter((each) => each.url.endsWith(`q=${q}`)).length);
    expect(counts).toEqual([1, 2]);
  });

  test('R40 429 waits as long as Retry-After asks', async () => {
    const at: number[] = [];
    api.reply = (request, response, one) => {
      at.push(Date.now());
      json({}, at.length === 1 ? 429 : 200, at.length === 1 ? { 'retry-after': '2' } : {})(request, response, one);
    };
    expect((await api.run({ retry: { attempts: 2, backoffMs: 100 } })).status).toBe('succeeded');
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(1_990);
  });

  test('R40 500 three times fails; resuming after the system recovered calls once more and completes', async () => {
    api.reply = json({}, 500);
    const failed = await api.run({ retry: { attempts: 3, backoffMs: 100 } });
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'HTTP_STATUS', details: { status: 500 } } });
    expect(api.heard).toHaveLength(3);
    api.reply = json({ temp: 5 });
    got(await resumeRun(api.engine.database, api.engine.access, failed.id));
    expect((await api.engine.finished(failed.id)).output).toEqual({ city: 'Oslo', _response: { temp: 5 } });
    expect(api.heard).toHaveLength(4);
  });

  test('R40 a Post is not repeated unless its endpoint is idempotent, but when nothing was sent', async () => {
    api.reply = json({}, 503);
    const retry = { attempts: 3, backoffMs: 100 };
    await api.run({ params: { method: 'Post' }, retry });
    expect(api.heard).toHaveLength(1);
    await api.run({ params: { method: 'Post' }, retry, endpoint: { idempotent: true } });
    expect(api.heard).toHaveLength(4);
    const refused = await api.run({ params: { method: 'Post' }, retry, settings: { address: 'http://127.0.0.1:1' } });
    expect((await api.eventsOf(refused.id)).filter((each) => each.type === 'step.failed')).toHaveLength(3);
  });

  test('R41 a Post that was cut off says that its outcome is unknown; a person may resume, and the key is the same', async () => {
    api.reply = (request) => void request.socket.destroy();
    const failed = await api.run({ params: { method: 'Post' }, retry: { attempts: 3, backoffMs: 100 } });
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'HTTP_TIMEOUT', details: { outcome: 'unknown' } } });
    expect(api.heard).toHaveLength(1);
    api.reply = json({ done: true });
    got(await resumeRun(api.engine.database, api.engine.access, failed.id));
    expect((await api.engine.finished(failed.id)).output).toMatchObject({ _response: { done: true } });
    expect(new Set(api.heard.map((each) => each.headers['idempotency-key'])).size).toBe(1);
  });

  test('R41 a worker that died in the middle: a Get is made again, a Post fails as unknown', async () => {
    for (const method of ['Get', 'Post'] as const) {
      api.heard = [];
      const { flowId } = await api.flowOf({ params: { method, timeoutMs: 60_000 } });
      let arrived = () => {};
      const hears = new Promise<void>((resolve) => (arrived = resolve));
      api.reply = () => arrived();
      const runId = await api.engine.run(flowId, { input: {} });
      await hears;
      // What a dead worker leaves behind: its slot under a new fence, its call without a record.
      await api.engine.database.sql`update run_slots set state = 'ready', ready_at = now(), fence = fence + 1, owner = null where run_id = ${runId}`;
      api.reply = json({ again: true });
      const done = await api.engine.finished(runId, 30);
      if (method === 'Get') expect(done.output).toEqual({ _response: { again: true } });
      else expect(done).toMatchObject({ status: 'failed', error: { code: 'HTTP_TIMEOUT', details: { outcome: 'unknown' } } });
      expect(api.heard).toHaveLength(method === 'Get' ? 2 : 1);
    }
  });
});
