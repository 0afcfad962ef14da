import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listEntries } from '#db/entries';
import { runEvents } from '#db/runs';
import { releaseLeases } from '#db/worker-leases';
import { seeded } from '#flow/testing-random';
import { aStep, engineTest, type EngineTest } from './testing';
import { bundleEngine, spawnEngine, type EngineProcess } from './testing-process';

/** Real engine processes, killed with SIGKILL. `MILLRACE_LONG=1` makes it a thousand runs on five of them. */
const isLong = Boolean(process.env['MILLRACE_LONG']);
const [runCount, processCount] = isLong ? [1_000, 5] : [100, 3];
let t: EngineTest;
let file = '';
const processes = new Set<EngineProcess>();
beforeAll(async () => {
  file = await bundleEngine();
  t = await engineTest();
});
afterAll(async () => {
  await Promise.all([...processes].map((each) => each.kill('SIGTERM')));
  await t.close();
}, 180_000);

const begin = async () => {
  const started = await spawnEngine(file, t.database.url);
  processes.add(started);
  return started;
};
const killHard = async (victim: EngineProcess) => {
  processes.delete(victim);
  await victim.kill('SIGKILL');
  await releaseLeases(t.database.sql, victim.pid);
};
const total = async () => {
  const listed = await listEntries(t.database, t.access, t.componentId, { limit: 1 });
  return listed.ok ? listed.total : -1;
};
const saving = (id: string, source: string) => aStep(id, 'update-entry', { component: t.componentId, fieldsMapping: [{ target: 'user_name', value: { field: 'n' } }] }, source);

describe('a killed engine', () => {
  test('R26 a 20-step run ends by itself after kill -9 in its middle, with nothing recorded twice', async () => {
    const steps = [aStep('s1', 'get-raw-model'), ...Array.from({ length: 19 }, (_, at) => saving(`s${at + 2}`, `s${at + 1}`))];
    const flow = await t.insertFlow(steps);
    const input = Array.from({ length: 6 }, (_, at) => ({ n: `P${at}` }));
    let victim = await begin();
    const runId = await t.run(flow, { input });
    let killed = 0;
    for (const wanted of [5, 11]) {
      while (Number((await t.database.sql`select count(*) from run_events where run_id = ${runId} and type = 'step.succeeded'`)[0]?.['count']) < wanted) await new Promise((resolve) => setTimeout(resolve, 5));
      await killHard(victim);
      killed += 1;
      victim = await begin();
    }
    const run = await t.finished(runId, 40);
    expect(run).toMatchObject({ status: 'succeeded', stepsDone: 20 });
    expect(await total()).toBe(19 * input.length);
    const events = await runEvents(t.database, t.access, runId, { after: 0, limit: 1_000 });
    const leases = events.ok ? events.items.filter((each) => each.type === 'lease.taken').length : 0;
    expect(leases).toBeGreaterThan(killed);
    await killHard(victim);
  }, 180_000);

  test(`R26 ${runCount} runs of 5 steps end on ${processCount} engines of which one is killed again and again`, async () => {
    const flow = await t.insertFlow([aStep('s1', 'get-raw-model'), aStep('s2', 'distinct', {}, 's1'), saving('s3', 's2'), aStep('s4', 'distinct', {}, 's3'), aStep('s5', 'write-response', {}, 's4')]);
    const before = await total();
    await Promise.all(Array.from({ length: processCount }, begin));
    for (let start = 0; start < runCount; start += 50) await Promise.all(Array.from({ length: Math.min(50, runCount - start) }, (_, at) => t.run(flow, { input: { n: `R${start + at}` } })));
    const from = Date.now();
    const until = from + (isLong ? 480_000 : 60_000);
    const open = async () => Number((await t.database.sql`select count(*) from run_slots`)[0]?.['count']);
    let kills = 0;
    const { next } = seeded(3);
    const starting: Promise<EngineProcess>[] = [];
    while (Date.now() < until && (await open()) > 0) {
      await new Promise((resolve) => setTimeout(resolve, 300));
      const victims = [...processes];
      const victim = victims[Math.floor(next() * victims.length)];
      // One is left alone, or a slow machine would never see an engine live long enough to do anything.
      if (!victim || victims.length < 2 || (!isLong && kills >= 5) || (await open()) === 0) continue;
      await killHard(victim);
      kills += 1;
      starting.push(begin());
    }
    if (isLong) console.log(`${runCount} runs beside ${kills} kills in ${((Date.now() - from) / 1_000).toFixed(0)} s`);
    await Promise.all(starting);
    expect(await open()).toBe(0);
    expect(kills).toBeGreaterThan(0);
    expect(await total() - before).toBe(runCount);
    const [status] = await t.database.sql`select count(*) filter (where status = 'succeeded') as good, count(*) as all from runs where flow_id = ${flow}`;
    expect(status).toEqual({ good: String(runCount), all: String(runCount) });
  }, 600_000);

  test('R25 an engine that is stopped, loses its run and wakes up again writes nothing', async () => {
    await Promise.all([...processes].map((each) => killHard(each)));
    const flow = await t.insertFlow([aStep('s1', 'get-raw-model'), ...Array.from({ length: 9 }, (_, at) => saving(`s${at + 2}`, `s${at + 1}`))]);
    const before = await total();
    const zombie = await begin();
    const runId = await t.run(flow, { input: Array.from({ length: 6 }, (_, at) => ({ n: `Z${at}` })) });
    const done = async () => Number((await t.database.sql`select count(*) from run_events where run_id = ${runId} and type = 'step.succeeded'`)[0]?.['count']);
    while ((await done()) < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    zombie.child.kill('SIGSTOP');
    await releaseLeases(t.database.sql, zombie.pid);
    await begin();
    expect(await t.finished(runId, 40)).toMatchObject({ status: 'succeeded' });
    const written = async () => Number((await t.database.sql`select count(*) from run_events where run_id = ${runId}`)[0]?.['count']);
    const events = await written();
    zombie.child.kill('SIGCONT');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await written()).toBe(events);
    expect(await total() - before).toBe(9 * 6);
  }, 180_000);

  test('R27 a run that takes its worker down again and again is quarantined, the others finish', async () => {
    const flow = await t.insertFlow([aStep('s1', 'get-raw-model'), aStep('s2', 'distinct', {}, 's1')]);
    await Promise.all([...processes].map((each) => killHard(each)));
    const poison = await t.run(flow, { input: { a: 1 } });
    await t.database.sql`update run_slots set stalls = 8 where run_id = ${poison}`; // as many as it takes where so many engines died
    const good = await t.run(flow, { input: { a: 2 } });
    await t.start();
    expect(await t.finished(poison)).toMatchObject({ status: 'quarantined' });
    expect(await t.finished(good)).toMatchObject({ status: 'succeeded' });
  }, 180_000);

  test('R29 closing hands runs back between two steps, and another engine ends them', async () => {
    const first = await t.start();
    const flow = await t.insertFlow([aStep('s1', 'get-raw-model'), ...Array.from({ length: 8 }, (_, at) => saving(`s${at + 2}`, `s${at + 1}`))]);
    const runId = await t.run(flow, { input: Array.from({ length: 10 }, (_, at) => ({ n: `C${at}` })) });
    await new Promise((resolve) => setTimeout(resolve, 150));
    const from = Date.now();
    await first.close();
    expect(Date.now() - from).toBeLessThan(9_000);
    await t.start();
    expect(await t.finished(runId)).toMatchObject({ status: 'succeeded' });
  }, 180_000);
});
