import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startEmbeddedPostgres } from '#db/embedded-postgres';
import { ensureTemplate } from '#db/testing';
import { chain, engineTest, type EngineTest } from './testing';
import { bundleEngine, releaseLeases, spawnEngine, type EngineProcess } from './testing-process';
import { startProxy } from './testing-proxy';

/** Faults of the database and of the way to it, with real engine processes. `MILLRACE_LONG=1` gives the full figures. */
const isLong = Boolean(process.env['MILLRACE_LONG']);
let file = '';
let t: EngineTest;
const processes = new Set<EngineProcess>();
beforeAll(async () => {
  file = await bundleEngine();
});
afterEach(async () => {
  for (const each of processes) each.child.kill('SIGCONT');
  await Promise.all([...processes].map((each) => each.kill('SIGTERM')));
  processes.clear();
}, 180_000);

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
/** The name in the address is how PostgreSQL tells the engines' connections from the test's. */
const begin = async (url = t.database.url) => {
  const started = await spawnEngine(file, `${url}?application_name=engine-process`);
  processes.add(started);
  return started;
};
const open = async () => Number((await t.database.sql<{ count: string }[]>`select count(*) from run_slots`)[0]?.count);
const ask = async (flow: string, count: number) => {
  for (let start = 0; start < count; start += 32) await Promise.all(Array.from({ length: Math.min(32, count - start) }, (_, at) => t.run(flow, { input: { n: start + at } })));
};
const untilDone = async (seconds: number, meanwhile: () => Promise<void> = async () => {}) => {
  for (const end = Date.now() + seconds * 1_000; Date.now() < end; ) {
    if ((await open().catch(() => 1)) === 0) return;
    await meanwhile();
    await sleep(50);
  }
  expect(await open(), 'runs that have not ended').toBe(0);
};
/** Every run that was asked for is there and succeeded: the rest is the checker's, in `close`. */
const allSucceeded = async (flow: string, count: number) => {
  const rows = await t.database.sql<{ status: string; count: number }[]>`select status, count(*)::int as count from runs where flow_id = ${flow} group by status`;
  expect([...rows]).toEqual([{ status: 'succeeded', count }]);
};

describe('zombies', () => {
  test('R25 engines that are stopped for longer than their lease and wake up again write nothing of what they held', async () => {
    t = await engineTest();
    const wanted = isLong ? 100 : 4;
    const slow = await t.insertFlow(chain(40));
    let refused = 0;
    for (let round = 0; refused < wanted && round < 40; round++) {
      const zombie = await begin();
      await ask(slow, 64);
      await sleep(60);
      zombie.child.kill('SIGSTOP');
      const [held] = await t.database.sql<{ count: string }[]>`select count(*) from run_slots where owner like ${`%:${zombie.pid}:%`} and state = 'leased'`;
      await releaseLeases(t.database, zombie.pid);
      const heir = await begin();
      await untilDone(120);
      const before = Number((await t.database.sql<{ count: string }[]>`select count(*) from run_events`)[0]?.count);
      zombie.child.kill('SIGCONT');
      await sleep(1_200);
      expect(Number((await t.database.sql<{ count: string }[]>`select count(*) from run_events`)[0]?.count)).toBe(before);
      refused += Number(held?.count);
      await Promise.all([zombie, heir].map((each) => each.kill('SIGTERM')));
      [zombie, heir].forEach((each) => processes.delete(each));
    }
    expect(refused).toBeGreaterThanOrEqual(wanted);
    await t.close();
  }, 600_000);
});

describe('PostgreSQL', () => {
  test('R26 restarts at once, without a shutdown, again and again under load: nothing lost, nothing twice', async () => {
    const own = await durableServer();
    try {
      t = await engineTest();
      const flow = await t.insertFlow(chain(5));
      let victim = await begin();
      await begin();
      const [restarts, perRound] = isLong ? [8, 300] : [1, 60];
      let asked = 0;
      for (let at = 0; at < restarts; at++) {
        await ask(flow, perRound);
        asked += perRound;
        const doneBefore = perRound - await open();
        await own.crash();
        const backAt = Date.now();
        if (isLong && at % 3 === 2) {
          processes.delete(victim);
          await victim.kill('SIGKILL');
          await releaseLeases(t.database, victim.pid);
          victim = await begin();
        }
        await untilDone(60);
        if (isLong) console.log(`restart ${at + 1}: ${doneBefore} of ${perRound} were done before, the rest ${Date.now() - backAt} ms after it was back`);
      }
      await allSucceeded(flow, asked);
      await Promise.all([...processes].map((each) => each.kill('SIGTERM')));
      await t.close();
    } finally {
      await own.stop();
    }
  }, 600_000);

  test('R26 connections that are ended by the server, again and again: nothing lost, nothing twice, hints are heard again', async () => {
    t = await engineTest();
    const flow = await t.insertFlow(chain(5));
    await Promise.all([begin(), begin()]);
    const [seconds, perRound] = isLong ? [60, 100] : [3, 30];
    let [asked, ended] = [0, 0];
    for (const end = Date.now() + seconds * 1_000; Date.now() < end; ) {
      const starting = ask(flow, perRound);
      await sleep(500);
      // Those of the engines: the test's own would only make the test ask again.
      const rows = await t.database.sql`select pg_terminate_backend(pid) from (select pid from pg_stat_activity where datname = current_database() and application_name = 'engine-process' order by random() limit 4) victims`;
      ended += rows.length;
      await starting;
      asked += perRound;
    }
    await untilDone(60);
    await allSucceeded(flow, asked);
    expect(ended).toBeGreaterThan(2);
    // LISTEN is back: a run that is asked for now is begun by its hint, well within the poll.
    const from = Date.now();
    await t.finished(await t.run(flow, { input: {} }), 10);
    expect(Date.now() - from).toBeLessThan(3_000);
    await Promise.all([...processes].map((each) => each.kill('SIGTERM')));
    await t.close();
  }, 300_000);

  test('R90 an append whose answer is lost right after it was sent is never sent again: its runs are read from the log and go on', async () => {
    t = await engineTest();
    const wanted = isLong ? 200 : 4;
    const proxy = await startProxy(t.database.url, 'step.succeeded', 3);
    const flow = await t.insertFlow(chain(5));
    await begin(proxy.url);
    let asked = 0;

    for (const end = Date.now() + (isLong ? 400_000 : 60_000); proxy.cuts < wanted && Date.now() < end; ) {
      await ask(flow, 8);
      asked += 8;
      await untilDone(30);
    }
    proxy.armed = false;
    await untilDone(60);
    expect(proxy.cuts).toBeGreaterThanOrEqual(wanted);
    await allSucceeded(flow, asked);
    await Promise.all([...processes].map((each) => each.kill('SIGTERM')));
    await proxy.close();
    await t.close();
  }, 600_000);
});

/** A PostgreSQL that flushes, of this test's own: `crash` is \`pg_ctl stop -m immediate\` and a start on the same port. */
async function durableServer() {
  const dataDir = mkdtempSync(join(tmpdir(), 'millrace-crash-'));
  chmodSync(dataDir, 0o755);
  let server = await startEmbeddedPostgres({ dataDir });
  const before = process.env['TEST_DATABASE_URL'];
  process.env['TEST_DATABASE_URL'] = server.url;
  await ensureTemplate();
  const port = Number(new URL(server.url).port);
  return {
    crash: async () => {
      const [row] = await t.database.sql<{ folder: string }[]>`select current_setting('data_directory') as folder`;
      const pid = Number(readFileSync(join(row?.folder ?? '', 'postmaster.pid'), 'utf8').split('\n')[0]);
      process.kill(pid, 'SIGQUIT');
      while (isAlive(pid)) await sleep(10);
      server = await startEmbeddedPostgres({ dataDir, port });
    },
    stop: async () => {
      process.env['TEST_DATABASE_URL'] = before;
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
