import { afterAll, beforeAll, expect, test } from 'vitest';
import { listEntries } from '#db/entries';
import { releaseLeases } from '#db/worker-leases';
import { aStep, engineTest, type EngineTest } from './testing';
import { bundleEngine, spawnEngine, type EngineProcess } from './testing-process';

/** A run that really kills the engine process that carries it, every time. `MILLRACE_LONG=1`: among a thousand good ones. */
const goodCount = process.env['MILLRACE_LONG'] ? 1_000 : 80;
const deaths = 5; // see engine/RULES.md, R27
let t: EngineTest;
let file = '';
const processes = new Map<number, EngineProcess>();
const begin = async () => {
  const started = await spawnEngine(file, t.database.url);
  processes.set(started.pid, started);
};
beforeAll(async () => {
  file = await bundleEngine();
  t = await engineTest();
  // Who writes "poison" hangs until its process is dead; the transaction it leaves behind then ends too.
  await t.database.sql.unsafe(`create table deaths (n int); insert into deaths values (0);
    create function hang() returns trigger language plpgsql as $$ declare before int := (select n from deaths); begin
      if new.data->>'user_name' <> 'poison' then return new; end if;
      while (select n from deaths) = before loop perform pg_sleep(0.05); end loop;
      raise exception 'its process is dead';
    end $$;
    create trigger hang before insert on entries for each row execute function hang()`);
});
afterAll(async () => {
  await Promise.all([...processes.values()].map((each) => each.kill('SIGTERM')));
  await t.close();
}, 180_000);

test(`R27 a run that kills its engine each time is quarantined after ${deaths} deaths, and the ${goodCount} good ones beside it finish`, async () => {
  const flow = await t.insertFlow([aStep('s1', 'get-raw-model'), aStep('save', 'update-entry', { component: t.componentId, fieldsMapping: [{ target: 'user_name', value: { field: 'n' } }] }, 's1'), aStep('s3', 'distinct', {}, 'save')]);
  const { sql } = t.database;
  const poison = await t.run(flow, { input: { n: 'poison' } });
  for (let start = 0; start < goodCount; start += 50) await Promise.all(Array.from({ length: Math.min(50, goodCount - start) }, (_, at) => t.run(flow, { input: { n: `G${start + at}` } })));
  await Promise.all([begin(), begin()]);
  let killed = 0;
  const isOver = async () => (await sql<{ status: string }[]>`select status from runs where id = ${poison}`)[0]?.status === 'quarantined';
  for (const end = Date.now() + 150_000; Date.now() < end && !(await isOver()); ) {
    const [holder] = await sql<{ pid: number }[]>`select w.pid from run_slots s join workers w on w.id = s.owner where s.run_id = ${poison} and s.state = 'leased'
      and exists (select 1 from pg_stat_activity a where a.wait_event = 'PgSleep' and a.datname = current_database())`;
    const victim = holder && processes.get(holder.pid);
    if (!victim) {
      await new Promise((resolve) => setTimeout(resolve, 15));
      continue;
    }
    processes.delete(victim.pid);
    await victim.kill('SIGKILL');
    killed += 1;
    await sql`update deaths set n = n + 1`;
    while ((await sql`select 1 from pg_stat_activity a where a.wait_event = 'PgSleep' and a.datname = current_database()`).length > 0) await new Promise((resolve) => setTimeout(resolve, 15)); // or it would tell of whoever is next
    await releaseLeases(t.database.sql, victim.pid); // as the supervisor does
    await begin();
  }
  expect(await isOver(), `killed ${killed} times`).toBe(true);
  expect(killed).toBe(deaths);
  const left = async () => Number((await sql<{ count: string }[]>`select count(*) from run_slots`)[0]?.count);
  for (const end = Date.now() + 120_000; Date.now() < end && (await left()) > 0; ) await new Promise((resolve) => setTimeout(resolve, 50));
  const ended = await sql<{ status: string; count: number }[]>`select status, count(*)::int as count from runs where flow_id = ${flow} group by status order by status`;
  expect([...ended]).toEqual([{ status: 'quarantined', count: 1 }, { status: 'succeeded', count: goodCount }]);
  const listed = await listEntries(t.database, t.access, t.componentId, { limit: 1 });
  expect(listed.ok ? listed.total : null, 'each good run wrote once, the poison nothing').toBe(goodCount);
}, 300_000);
