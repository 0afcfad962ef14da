import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#db/testing';
import { until } from '#flow/testing-until';
import { controlConnection } from './connections';
import { startHeartbeat, type Heartbeat } from './heartbeat';

/** `MILLRACE_LONG=1` cuts it off forty times. */
const cuts = process.env['MILLRACE_LONG'] ? 40 : 6;
let database: TestDatabase;
let control: ReturnType<typeof controlConnection>;
let heartbeat: Heartbeat;
beforeAll(async () => {
  database = await createTestDatabase();
  control = controlConnection(database.url);
  heartbeat = await startHeartbeat(control, `${database.url}?application_name=heartbeat`, { id: 'w', host: 'h', pid: 1 });
});
afterAll(async () => {
  await control.end();
  await database.drop();
});

const leaseUntil = async () => (await database.sql<{ at: Date }[]>`select lease_until as at from workers where id = 'w'`)[0]?.at.getTime() ?? 0;

test(`R98 the lease is renewed again after each of ${cuts} connections was cut, most of them just after it was made, and the heartbeat stops when it is told to`, async () => {
  let cut = 0;
  for (; cut < cuts; cut++) {
    await until(async () => (await database.sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'heartbeat'`).length > 0, 'a connection');
    if (cut % 3 !== 2) continue;
    const before = await leaseUntil();
    await until(async () => await leaseUntil() > before, 'another beat');
  }
  const before = await leaseUntil();
  await until(async () => await leaseUntil() > before, 'the next beat');
  expect(heartbeat.ageMs()).toBeLessThan(60_000);
  await heartbeat.stop();
  const last = await leaseUntil();
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(await leaseUntil(), 'it has stopped').toBe(last);
});
