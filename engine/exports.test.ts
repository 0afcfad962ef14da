import { afterAll, beforeAll, expect, test } from 'vitest';
import { exportContent, getExport, requestExport } from '#db/exports';
import { listNotifications } from '#db/notifications';
import { releaseLeases } from '#db/worker-leases';
import { until } from '#flow/testing-until';
import { engineTest, type EngineTest } from './testing';
import { bundleEngine, spawnEngine, type EngineProcess } from './testing-process';

/** Exports by real engine processes that are killed or frozen in the middle of a page. */
const rows = 12_000;
let t: EngineTest;
let file = '';
const processes = new Set<EngineProcess>();
const begin = async () => {
  const started = await spawnEngine(file, t.database.url, { SMTP_URL: 'smtp://127.0.0.1:1' }); // side jobs are done where there is mail to send
  processes.add(started);
  return started;
};
beforeAll(async () => {
  file = await bundleEngine();
  t = await engineTest();
  await t.database.sql`insert into entries (component_id, id, name, data, created_at) select ${t.componentId}, n, 'N' || n, jsonb_build_object('user_name', 'P' || n), now() - interval '1 minute' from generate_series(1, ${rows}) n`;
  // The third page hangs until it is let go.
  await t.database.sql.unsafe(`create table held (is_held boolean); insert into held values (true);
    create function hold() returns trigger language plpgsql as $$ begin
      while new.position = 2 and (select is_held from held) loop perform pg_sleep(0.05); end loop;
      return new;
    end $$;
    create trigger hold before insert on export_parts for each row execute function hold()`);
});
afterAll(async () => {
  await Promise.all([...processes].map((each) => each.kill('SIGKILL')));
  await t.close();
}, 60_000);

const hangs = async () => (await t.database.sql`select 1 from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`).length > 0;
const asked = async (search: string) => {
  const made = await requestExport(t.database, t.access, { kind: 'entries', componentId: t.componentId, search });
  if (!made.ok) throw new Error(made.failure.message);
  return made.export.id;
};
const found = async (id: string) => {
  const one = await getExport(t.database, t.access, id);
  if (!one.ok) throw new Error(one.failure.message);
  return one.export;
};
const isWhole = async (id: string) => {
  const content = await exportContent(t.database, t.access, id);
  if (!content.ok) throw new Error(content.failure.message);
  const pieces: Uint8Array[] = [];
  for await (const piece of content.content) pieces.push(piece);
  const ids = Buffer.concat(pieces).toString('utf8').split('\r\n').slice(1, -1).map((line) => Number(line.split(',')[0]));
  expect(ids).toEqual(Array.from({ length: rows }, (_, at) => at + 1));
  const told = await listNotifications(t.database, t.access, { limit: 50 });
  expect(told.ok && told.items.filter((each) => each.link.exportId === id).map((each) => each.kind)).toEqual(['message']);
  const [kept] = await t.database.sql<{ parts: number; stored: number }[]>`select e.parts, (select count(*)::int from export_parts p where p.export_id = e.id) as stored from exports e where id = ${id}`;
  expect(kept?.stored).toBe(kept?.parts);
};

test('O16 an engine that is killed in the middle of an export is replaced: the next goes on behind the last page stored; one file, one notification', async () => {
  const first = await begin();
  const id = await asked('N');
  await until(hangs, 'the third page hangs');
  const before = await found(id);
  expect(before).toMatchObject({ state: 'preparing' });
  expect(before.rows).toBeGreaterThan(0);
  await first.kill('SIGKILL');
  processes.delete(first);
  await t.database.sql`update held set is_held = false`;
  await until(async () => !(await hangs()), 'what the killed one began is over');
  expect((await found(id)).rows, 'nobody carries it on yet').toBe(before.rows);
  await releaseLeases(t.database.sql, first.pid); // as the supervisor does
  await begin();
  await until(async () => (await found(id)).state === 'ready', 'it is ready');
  await isWhole(id);
}, 120_000);

test('O16 an engine that is frozen in the middle of an export and comes back stores nothing twice', async () => {
  await t.database.sql`update held set is_held = true`;
  const id = await asked('P');
  await until(hangs, 'the third page hangs');
  const [frozen] = [...processes];
  if (!frozen) throw new Error('no engine');
  process.kill(frozen.pid, 'SIGSTOP');
  await t.database.sql`update held set is_held = false`;
  await releaseLeases(t.database.sql, frozen.pid);
  await begin();
  await t.database.sql`update graphile_worker._private_jobs set run_at = now()`;
  await until(async () => (await t.database.sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`).length > 0, 'the other waits at the same page for the frozen one’s lock');
  process.kill(frozen.pid, 'SIGCONT');
  await until(async () => (await found(id)).state === 'ready', 'it is ready');
  await until(async () => (await t.database.sql`select 1 from graphile_worker.jobs where task_identifier = 'prepare-export'`).length === 0, 'no job is left');
  await isWhole(id);
}, 120_000);
