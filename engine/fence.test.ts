import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Appender } from './append';
import { claimSlots, loadRuns, parkSlot } from './claim';
import { controlConnection } from './connections';
import { LostRun, type LiveRun } from './live-run';
import { reap } from './reaper';
import { chain, engineTest, type EngineTest } from './testing';
import { until } from '#flow/testing-until';

/** Without any engine: the parts of two workers, moved by hand. */
let t: EngineTest;
let appends: postgres.Sql;
beforeAll(async () => {
  t = await engineTest();
  appends = postgres(t.database.url, { max: 1, onnotice: () => {} });
});
afterAll(async () => {
  await appends.end();
  await t.start();
  await t.settle();
  await t.close();
});

const lives = (seconds: number, id: string) => t.database.sql`insert into workers (id, lease_until, host, pid) values (${id}, now() + make_interval(secs => ${seconds}), 'h', 1) on conflict (id) do update set lease_until = excluded.lease_until`;

async function claimed(worker: string, most = 50): Promise<{ runs: LiveRun[]; appender: Appender }> {
  await lives(60, worker);
  const appender = new Appender(appends, () => {});
  const slots = await claimSlots(t.database.sql, worker, most, { suspects: most });
  return { runs: await loadRuns(t.database, slots, appender), appender };
}
const count = async (runId: string) => Number((await t.database.sql`select count(*) from run_events where run_id = ${runId}`)[0]?.['count']);
const progress = (done: number) => [{ type: 'step.progress' as const, stepId: 's1', data: { done } }];

describe('the fence', () => {
  test('R25 a zombie writes nothing after its run was given to another, and the other writes on', async () => {
    const flow = await t.insertFlow(chain(1));
    const ids = await Promise.all(Array.from({ length: 20 }, () => t.run(flow)));
    const zombie = await claimed('zombie');
    expect(zombie.runs).toHaveLength(20);
    zombie.runs.forEach((run) => run.emit(progress(1)));
    await Promise.all(zombie.runs.map((run) => run.settled()));
    await lives(-1, 'zombie');
    expect(await reap(t.database.sql)).toMatchObject({ freed: 20 });
    const heir = await claimed('heir');
    expect(heir.runs.map((run) => run.facts.id).toSorted()).toEqual(ids.toSorted());
    const refused = await Promise.allSettled(zombie.runs.map((run) => {
      run.emit(progress(2));
      return run.settled();
    }));
    expect(refused.every((each) => each.status === 'rejected' && each.reason instanceof LostRun)).toBe(true);
    heir.runs.forEach((run) => run.emit(progress(3)));
    await Promise.all(heir.runs.map((run) => run.settled()));
    for (const id of ids) expect(await count(id)).toBe(3);
    expect(zombie.appender.totals.fenced).toBe(20);
    await lives(-1, 'heir');
    await reap(t.database.sql);
  });

  test('R26 an engine that freezes in the middle of giving runs back keeps nobody else from it for long', async () => {
    await t.run(await t.insertFlow(chain(1)));
    const { runs } = await claimed('frozen');
    await lives(-1, 'frozen');
    const control = controlConnection(t.database.url);
    let thaw = () => {};
    const frozen = control.begin(async (tx) => {
      await tx`select pg_advisory_xact_lock(hashtext('millrace.reaper'))`;
      await new Promise<void>((resolve) => (thaw = resolve)); // it says nothing more
    }).catch((error: unknown) => error);
    await until(async () => (await t.database.sql`select 1 from pg_locks where locktype = 'advisory' and granted`).length > 0);
    expect(await reap(t.database.sql)).toEqual({ freed: 0, woken: 0 });
    await until(async () => (await reap(t.database.sql)).freed === runs.length);
    thaw();
    expect(String(await frozen)).toMatch(/idle-in-transaction timeout|CONNECTION_/);
    await control.end({ timeout: 1 }); // the driver would wait for ever for a connection that ends at this moment
  }, 60_000);

  test('R1 of two writers with the same fence only the one at the head writes', async () => {
    const flow = await t.insertFlow(chain(1));
    const runId = await t.run(flow);
    const { runs, appender } = await claimed('twin');
    const run = runs.find((each) => each.facts.id === runId);
    const [slot] = await t.database.sql<{ fence: number; hash: string }[]>`select fence, encode(head_hash, 'hex') as hash from run_slots where run_id = ${runId}`;
    const [twin] = await loadRuns(t.database, [{ runId, fence: slot?.fence ?? 0, headSeq: 1, headHash: slot?.hash ?? '', wakes: 0, stalls: 0, cancel: false }], appender);
    run?.emit(progress(1));
    await run?.settled();
    twin?.emit(progress(2));
    await expect(twin?.settled()).rejects.toThrow(LostRun);
    const [ahead] = await loadRuns(t.database, [{ runId, fence: slot?.fence ?? 0, headSeq: 7, headHash: slot?.hash ?? '', wakes: 0, stalls: 0, cancel: false }], appender);
    ahead?.emit(progress(3));
    await expect(ahead?.settled()).rejects.toThrow(LostRun);
    expect(await count(runId)).toBe(2);
    expect(appender.totals.fenced).toBe(2); // refused by position, not by the primary key
    await lives(-1, 'twin');
    await reap(t.database.sql);
  });

  test('R31 an append that PostgreSQL refuses harms no other run of its batch', async () => {
    const flow = await t.insertFlow(chain(1));
    const ids = await Promise.all(Array.from({ length: 9 }, () => t.run(flow)));
    const { runs } = await claimed('batch');
    const mine = runs.filter((run) => ids.includes(run.facts.id));
    mine.forEach((run, at) => run.emit(at === 4 ? [{ type: 'step.progress', stepId: 's1', data: { done: 1 }, blob: 'no hex' }] : progress(1)));
    const settled = await Promise.allSettled(mine.map((run) => run.settled()));
    expect(settled.map((each) => each.status)).toEqual(mine.map((_, at) => (at === 4 ? 'rejected' : 'fulfilled')));
    await lives(-1, 'batch');
    await reap(t.database.sql);
  });

  test('R28 a run parks only if nobody left word, and lost wake-ups are found', async () => {
    const flow = await t.insertFlow(chain(1));
    const runId = await t.run(flow);
    const { sql } = t.database;
    const run = (await claimed('parker')).runs.find((each) => each.facts.id === runId);
    if (!run) throw new Error('not claimed');
    await sql`insert into run_inbox (run_id, kind, dedupe_key) values (${runId}, 'child_done', 'a')`;
    expect(await parkSlot(sql, run, null)).toBe(false);
    await sql`update run_inbox set consumed_seq = 1 where run_id = ${runId}`;
    await sql`update run_slots set wakes = wakes + 1 where run_id = ${runId}`;
    expect(await parkSlot(sql, run, null)).toBe(false);
    run.wakes += 1;
    expect(await parkSlot(sql, run, null)).toBe(true);
    // Word without its wake-up: the sender died between the two.
    await sql`insert into run_inbox (run_id, kind, dedupe_key) values (${runId}, 'child_done', 'b')`;
    expect(await reap(sql)).toMatchObject({ woken: 1 });
    await lives(-1, 'parker');
    await reap(sql);
  });

  test('R27 of runs that stalled before a worker takes a few at a time', async () => {
    const flow = await t.insertFlow(chain(1));
    const ids = await Promise.all(Array.from({ length: 12 }, () => t.run(flow)));
    const { sql } = t.database;
    await sql`update run_slots set stalls = 9, ready_at = now() + interval '1 hour' where not (run_id = any(${ids}::uuid[]))`;
    await sql`update run_slots set stalls = case when run_id = any(${ids.slice(0, 6)}::uuid[]) then 1 else 0 end where run_id = any(${ids}::uuid[])`;
    const slots = await claimSlots(sql, 'careful', 50, { suspects: 3 });
    expect(slots.map((slot) => slot.stalls).toSorted()).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 1]);
    await sql`update run_slots set stalls = 0, ready_at = now(), state = 'ready', owner = null`;
  });

  test('R27 the first death makes suspects of all its worker had; later ones count only against those that it had begun', async () => {
    const flow = await t.insertFlow(chain(1));
    const ids = await Promise.all(Array.from({ length: 3 }, () => t.run(flow)));
    const { sql } = t.database;
    const stalls = async () => (await sql<{ id: string; stalls: number }[]>`select run_id as id, stalls from run_slots where run_id = any(${ids}::uuid[])`).toSorted((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id)).map((each) => each.stalls);
    const dies = async (work: (runs: LiveRun[]) => Promise<void>) => {
      const { runs } = await claimed('mortal');
      await work(ids.map((id) => runs.find((each) => each.facts.id === id)).filter((each) => each !== undefined));
      await lives(-1, 'mortal');
      await reap(sql);
      await sql`update run_slots set ready_at = now() where run_id = any(${ids}::uuid[])`;
    };
    await dies(async () => {});
    expect(await stalls()).toEqual([1, 1, 1]);
    await dies(async ([first, second]) => {
      for (const run of [first, second]) run?.emit([{ type: 'lease.taken', data: { worker: 'mortal', fence: run.fence } }, { type: 'run.started', data: { worker: 'mortal' } }]);
      await first?.settled();
      await second?.settled();
      second?.emit([{ type: 'step.skipped', stepId: 's1', data: { reason: 'none' } }]);
      await second?.settled();
    });
    expect(await stalls(), 'begun and no further, begun and further, not begun').toEqual([2, 1, 1]);
    await sql`update run_slots set stalls = 0, state = 'ready', owner = null, ready_at = 'infinity' where run_id = any(${ids}::uuid[])`;
  });

  test('R32 one run of a second flow is claimed before the thousandth of the first', async () => {
    const [crowd, single] = [await t.insertFlow(chain(1)), await t.insertFlow(chain(1))];
    const { sql } = t.database;
    await t.run(crowd);
    await sql`insert into run_slots (run_id, workspace_id, flow_id, ready_at) select gen_random_uuid(), ${t.access.workspaceId}, ${crowd}, now() - interval '1 hour' from generate_series(1, 3000)`;
    const lone = await t.run(single);
    const slots = await claimSlots(sql, 'fair', 8, { suspects: 8 });
    expect(slots.map((slot) => slot.runId)).toContain(lone);
    await sql`delete from run_slots where not exists (select 1 from runs where id = run_id)`;
    await reap(sql);
  });
});
