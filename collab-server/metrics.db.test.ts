import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#db/testing';
import { createMetrics, metricsText } from './metrics';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const figures = (value: number) => JSON.stringify([
  { name: 'millrace_claims_total', help: 'Runs claimed', type: 'counter', aggregator: 'sum', values: [{ value, labels: {} }] },
  { name: 'millrace_step_seconds', help: 'Time', type: 'histogram', aggregator: 'sum', values: [{ value, labels: { type: 'a"b\\', le: 1 }, metricName: 'millrace_step_seconds_bucket' }, { value: null, labels: {} }] },
]);
const lines = async () => (await metricsText(createMetrics(), database.sql)).split('\n');

test('O12 /metrics of a web process shows the queue and the figures of every engine alive, each figure described once', async () => {
  await database.sql`insert into workers (id, lease_until, host, pid, figures) values ('a', now() + interval '10 s', 'h1', 7, ${figures(3)}::text::jsonb), ('b', now() + interval '10 s', 'h2', 8, ${figures(4)}::text::jsonb),
    ('dead', now() - interval '1 s', 'h3', 9, ${figures(5)}::text::jsonb)`;
  await database.sql`insert into run_slots (run_id, workspace_id, flow_id, state, ready_at) select gen_random_uuid(), 'w', 'f', case when n <= 3 then 'ready' else 'waiting' end, case when n = 1 then now() + interval '1 h' else now() - interval '1 s' end from generate_series(1, 5) n`;
  const text = await lines();
  expect(text).toContain('millrace_claims_total{engine="h1/7"} 3');
  expect(text).toContain('millrace_claims_total{engine="h2/8"} 4');
  expect(text.join('\n')).not.toContain('h3/9');
  expect(text).toContain('millrace_step_seconds_bucket{engine="h1/7",le="1",type="a\\"b\\\\"} 3');
  expect(text.filter((line) => line === '# TYPE millrace_step_seconds histogram')).toHaveLength(1);
  expect(text).toContain('millrace_queue_runs{state="waiting"} 2');
  expect(text).toContain('millrace_queue_runs{state="leased"} 0');
  expect(text).toContain('millrace_queue_due 4');
  // Every line is a comment, empty, or `name{labels} value`.
  for (const line of text) expect(line).toMatch(/^(?:#.*|)$|^[a-z0-9_]+(?:\{(?:[a-z_]+="(?:[^"\\]|\\.)*",?)*\})? -?[\d.e+-]+$|Nan$/i);
});

test('O12 without the database /metrics shows what the process knows itself', async () => {
  const broken = await createTestDatabase();
  await broken.drop();
  expect(await metricsText(createMetrics(), broken.sql)).toContain('millrace_rooms');
});
