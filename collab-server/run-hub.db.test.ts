import postgres from 'postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#db/testing';
import { newRunId } from '#flow/id';
import { until } from '#flow/testing-until';
import { RunHub } from './run-hub';

let database: TestDatabase;
let sql: postgres.Sql;
let asked = 0;
beforeAll(async () => {
  database = await createTestDatabase();
  sql = postgres(database.url, { max: 2, onnotice: () => {}, debug: (_connection, statement) => void (asked += Number(statement.includes('run_events'))) });
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

it('L3 two hundred watchers that come back together, from nearly the same place, read what they missed together', async () => {
  const runId = newRunId();
  const add = (from: number, to: number) => database.sql`insert into run_events (run_id, seq, type, at, data, hash) select ${runId}, n, 'step.progress', now(), '{"done":1}', '' from generate_series(${from}::int, ${to}::int) n`;
  await add(1, 1_400);
  const seen = Array.from({ length: 200 }, (): number[] => []);
  const hub = new RunHub({ ...database, sql }, (socketIds, _run, events) => { for (const id of socketIds) seen[Number(id)]?.push(...events.map((each) => each.seq)); }, () => undefined);
  const after = (at: number) => (at < 190 ? 1_000 + (at % 20) : at - 190); // ten of them have seen next to nothing
  const stops = seen.map((_seqs, at) => hub.watch(runId, after(at), String(at)));
  await until(() => seen.every((seqs) => seqs.at(-1) === 1_400), 'everybody to be back', 20_000);
  expect(asked).toBeLessThan(40);
  await add(1_401, 1_402);
  hub.look([runId]);
  await until(() => seen.every((seqs) => seqs.at(-1) === 1_402), 'what is new', 20_000);
  for (const [at, seqs] of seen.entries()) expect(seqs).toEqual(Array.from({ length: 1_402 - after(at) }, (_, place) => after(at) + place + 1));
  for (const stop of stops) stop();
  hub.close();
}, 60_000);
