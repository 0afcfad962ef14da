import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { requestRun } from '#db/runs';
import { isTracing, startTracing, stopTracing, tell, traced, traceparent } from '#db/trace';
import { createFigures } from './figures';
import { chain, engineTest, type EngineTest } from './testing';

/** A collector on loopback, and a service that is called. */
const body = z.object({ resourceSpans: z.array(z.object({
  resource: z.object({ attributes: z.array(z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) })) }),
  scopeSpans: z.array(z.object({ spans: z.array(z.object({ traceId: z.string(), spanId: z.string(), parentSpanId: z.string().optional(), name: z.string(), kind: z.int(), startTimeUnixNano: z.string(), endTimeUnixNano: z.string(),
    attributes: z.array(z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) })), status: z.object({ code: z.int(), message: z.string().optional() }) })) })),
})) });
type Span = z.infer<typeof body>['resourceSpans'][number]['scopeSpans'][number]['spans'][number];
const spans: Span[] = [];
let called: IncomingHttpHeaders[] = [];
let t: EngineTest;
const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    if (request.url === '/v1/traces') for (const each of body.parse(JSON.parse(Buffer.concat(parts).toString('utf8'))).resourceSpans) spans.push(...each.scopeSpans.flatMap((scope) => scope.spans));
    else called.push(request.headers);
    response.end('{}');
  });
});
let url = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens on TCP
  t = await engineTest();
});
afterAll(async () => {
  await stopTracing();
  server.close();
  await t.close();
});
const valueOf = (span: Span | undefined, key: string) => Object.values(span?.attributes.find((each) => each.key === key)?.value ?? {})[0];

describe('traces', () => {
  test('O11 without a collector nothing is traced and nothing is in the way', async () => {
    startTracing('test', {});
    expect(isTracing()).toBe(false);
    expect(await traced('nothing', {}, async () => traceparent())).toBeNull();
    tell({ ignored: 1 });
    expect(await t.database.sql`select 1 from runs where traceparent is not null`).toEqual([]);
  });

  test('O11 a request, its run, its steps and their calls out are one trace', async () => {
    startTracing('millrace-test', { OTEL_EXPORTER_OTLP_ENDPOINT: `${url}/` });
    await t.start();
    const flow = await t.insertFlow(chain(3));
    const asked = await traced('POST /api/v1/flows/:id/runs', {}, async () => requestRun(t.database, t.access, flow, { input: { a: 1 } }), { kind: 'server', parent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' });
    const runId = asked.ok ? asked.runId : '';
    expect(await t.finished(runId)).toMatchObject({ status: 'succeeded' });
    await traced('step script', { 'millrace.run_id': runId }, async () => (await fetch(`${url}/called?secret=1`)).text());
    await stopTracing();
    const request = spans.find((span) => span.name.startsWith('POST'));
    const run = spans.find((span) => span.name === 'run');
    const steps = spans.filter((span) => span.name.startsWith('step ') && span.name !== 'step script');
    expect(request).toMatchObject({ traceId: '0af7651916cd43dd8448eb211c80319c', parentSpanId: 'b7ad6b7169203331', kind: 2 });
    expect(run).toMatchObject({ traceId: request?.traceId, parentSpanId: request?.spanId });
    expect(valueOf(run, 'millrace.run_id')).toBe(runId);
    expect(steps.map((span) => [span.name, span.parentSpanId])).toEqual([['step get-raw-model', run?.spanId], ['step distinct', run?.spanId], ['step distinct', run?.spanId]]);
    const [outer, call] = [spans.find((span) => span.name === 'step script'), spans.find((span) => span.name.startsWith('GET 127.0.0.1'))];
    expect(call).toMatchObject({ parentSpanId: outer?.spanId, kind: 3 });
    expect(valueOf(call, 'http.response.status_code')).toBe('200');
    expect(called[0]?.['traceparent']).toBe(`00-${outer?.traceId}-${call?.spanId}-01`);
    expect(JSON.stringify(spans)).not.toContain('secret');
  });

  test('O11 a collector that is away costs spans, no work', async () => {
    startTracing('millrace-test', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' });
    expect(await traced('work', {}, async () => 'done')).toBe('done');
    await expect(traced('broken', {}, async () => Promise.reject(new Error('as it was')))).rejects.toThrow('as it was');
    await stopTracing();
    expect(isTracing()).toBe(false);
  });
});

describe('figures', () => {
  test('O12 an engine publishes queue, claims, appends and step times; labels are step types alone', async () => {
    await t.start();
    const flow = await t.insertFlow(chain(5));
    for (let at = 0; at < 5; at++) await t.finished(await t.run(flow, { input: { at } }));
    await expect.poll(async () => (await t.database.sql<{ figures: { name: string; values: { value: number; labels: object; metricName?: string }[] }[] }[]>`select figures from workers where figures is not null and lease_until > now() order by lease_until desc`)
      .some(({ figures }) => (figures.find((each) => each.name === 'millrace_step_seconds')?.values ?? []).some((each) => each.metricName === 'millrace_step_seconds_count' && each.value >= 5)), { timeout: 12_000 }).toBe(true);
    const { registry } = createFigures();
    const labels = new Set((await registry.getMetricsAsJSON()).flatMap((each) => each.values.flatMap((value) => Object.keys(value.labels ?? {}))));
    for (const label of labels) expect(['type', 'le', 'quantile', 'kind', 'space', 'version', 'major', 'minor', 'patch']).toContain(label);
  });
});
