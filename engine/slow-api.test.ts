import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cancelRun } from '#db/runs';
import type { Step } from '#flow/flow';
import { until } from '#flow/testing-until';
import { aStep, chain } from './testing';
import { apiTest, type ApiTest } from './testing-api';
import { capacity } from './worker';

/** One worker and a system that answers when it is let. `MILLRACE_LONG=1` makes that the thirty seconds of the scenario at least. */
const slowMs = process.env['MILLRACE_LONG'] ? 30_000 : 0;
let api: ApiTest;
let t: ApiTest['engine'];
let answers: (() => void)[] = [];
let call: (id: string, source: string) => Step;
beforeAll(async () => {
  api = await apiTest();
  t = api.engine;
  api.reply = (...[, response]) => void answers.push(() => void response.writeHead(200, { 'content-type': 'application/json' }).end('{"rain":3}'));
  const connector = await api.connector();
  const queryPath = await api.endpoint(connector);
  call = (id, source) => aStep(id, 'execute-api-call', { system: api.systemId, connector, queryPath, timeoutMs: 60_000 }, source);
  await t.start();
}, 180_000);
afterAll(() => api.close());

const statusOf = async (runId: string) => (await t.database.sql<{ status: string }[]>`select status from runs where id = ${runId}`)[0]?.status;

describe('a slow API', () => {
  test('R34 one run waits for it while 200 other runs complete beside it on one worker, its own other branch too', async () => {
    const slow = await t.insertFlow([...chain(1), call('call', 's1'), aStep('beside', 'distinct', {}, 's1'), aStep('out', 'write-response', {}, 'call')]);
    const quick = await t.insertFlow([...chain(2), aStep('out', 'write-response', {}, 's2')]);
    const from = Date.now();
    const waiting = await t.run(slow, { input: { n: 'A' } });
    await until(async () => (await statusOf(waiting)) === 'waiting');
    const ids: string[] = [];
    for (let start = 0; start < 200; start += 50) ids.push(...await Promise.all(Array.from({ length: 50 }, (_, at) => t.run(quick, { input: { n: start + at } }))));
    const left = async () => Number((await t.database.sql`select count(*) from runs where id = any(${ids}::uuid[]) and status <> 'succeeded'`)[0]?.['count']);
    await until(async () => (await left()) === 0);
    expect(await statusOf(waiting), 'all 200 ended while it waited').toBe('waiting');
    await until(() => Date.now() - from >= slowMs);
    for (const answer of answers) answer();
    const run = await t.finished(waiting, 60);
    expect(run, JSON.stringify(run.error)).toMatchObject({ status: 'succeeded', steps: { call: { attempt: 1 }, beside: { status: 'succeeded' } } });
    expect(Date.parse(run.steps['beside']?.finishedAt ?? '')).toBeLessThan(Date.parse(run.steps['call']?.finishedAt ?? ''));
  }, 150_000);

  test('R34 more runs than a worker has places wait at once, and others go on', async () => {
    const many = capacity + 30;
    answers = [];
    api.heard = [];
    const slow = await t.insertFlow([...chain(1), call('call', 's1')]);
    const ids = await Promise.all(Array.from({ length: many }, () => t.run(slow, { input: { n: 'A' } })));
    const waiting = async () => Number((await t.database.sql`select count(*) from runs where id = any(${ids}::uuid[]) and status = 'waiting'`)[0]?.['count']);
    await until(async () => (await waiting()) === many);
    expect(api.heard.length, 'the connector lets four through at once; the others wait their turn').toBeGreaterThanOrEqual(4);
    const quick = await t.finished(await t.run(await t.insertFlow(chain(2)), { input: { n: 1 } }), 30);
    expect(quick.status).toBe('succeeded');
    // Cancelled, every call is cut off, and each run ends.
    const from = Date.now();
    for (const id of ids) expect(await cancelRun(t.database, t.access, id)).toMatchObject({ ok: true });
    for (const id of ids) expect(await t.finished(id, 30)).toMatchObject({ status: 'cancelled', steps: { call: { status: 'cancelled' } } });
    await until(() => api.cut >= 4);
    if (process.env['MILLRACE_LONG']) expect(Date.now() - from).toBeLessThan(10_000);
  }, 120_000);
});
