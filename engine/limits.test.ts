import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cancelRun, resumeRun, runEvents, verifyRun } from '#db/runs';
import { getWorkspace, updateWorkspace } from '#db/workspaces';
import type { LimitsChange } from '#flow/limits';
import type { Step } from '#flow/flow';
import { until } from '#flow/testing-until';
import { claimLimited, whoIsLimited } from './claim-limited';
import { aStep, chain, engineTest, type EngineTest } from './testing';
import { bundleEngine, spawnEngine } from './testing-process';

/** `MILLRACE_LONG=1`: more freezes, of a longer queue. */
const isLong = Boolean(process.env['MILLRACE_LONG']);

let t: EngineTest;
beforeAll(async () => {
  t = await engineTest();
  await t.start();
});
afterAll(() => t.close());

const saving = (id: string, source: string) => aStep(id, 'update-entry', { component: t.componentId, fieldsMapping: [{ target: 'user_name', value: { field: 'n' } }] }, source);
const limited = async (limits: LimitsChange) => expect(await updateWorkspace(t.database, t.access, { limits })).toMatchObject({ ok: true });
const within = async (limits: LimitsChange, steps: Step[], input: Parameters<EngineTest['run']>[1] = {}) => {
  await limited(limits);
  try {
    return await t.finished(await t.run(await t.insertFlow(steps), input));
  } finally {
    await limited(Object.fromEntries(Object.keys(limits).map((key) => [key, null])));
  }
};
/** Runs `work` while nobody can write entries. */
const whileLocked = (work: () => Promise<void>) => t.database.sql.begin(async (tx) => {
  await tx`select 1 from components where id = ${t.componentId} for update`;
  await work();
});

describe('limits', () => {
  test('R55 more items than the workspace allows, a larger item and a fuller log end the run with their reason', async () => {
    const many = { input: Array.from({ length: 30 }, (_, at) => ({ n: `P${at}`, text: 'x'.repeat(100) })) };
    expect(await within({ items: 20 }, chain(2), many)).toMatchObject({ status: 'failed', error: { code: 'LIMIT_EXCEEDED', stepId: 's1', text: { en: expect.stringContaining('30 items; 20 are the most') } } });
    expect(await within({ itemBytes: 1_000 }, chain(1), { input: { text: 'x'.repeat(2_000) } })).toMatchObject({ status: 'failed', error: { code: 'LIMIT_EXCEEDED', message: expect.stringContaining('0 MB') } });
    const full = await within({ events: 100 }, chain(60), { input: { a: 1 } });
    expect(full).toMatchObject({ status: 'failed', error: { code: 'LIMIT_EXCEEDED', message: expect.stringContaining('100 events') } });
    const events = await runEvents(t.database, t.access, full.id, { after: 0, limit: 1_000 });
    expect(events.ok && events.items.length).toBeLessThanOrEqual(100);
    const file = { input: [{ text: 'x'.repeat(5_000) }] };
    const exporting = [aStep('in', 'get-raw-model'), aStep('file', 'export-to-file', { fileType: 'json', fileName: { const: 'x' } }, 'in')];
    expect(await within({ exportBytes: 5_000 }, exporting, file)).toMatchObject({ status: 'failed', error: { code: 'FILE_TOO_LARGE', message: expect.stringContaining('5,000 are the most') } });
    expect(await within({ exportBytes: 6_000 }, exporting, file)).toMatchObject({ status: 'succeeded' });
    expect(await within({ items: 40, events: 200 }, chain(60), many)).toMatchObject({ status: 'succeeded' });
  });

  test('R55 limits are kept key by key, go back to the default with null, and are for owners and admins', async () => {
    await limited({ items: 5, nesting: 3 });
    await limited({ items: null, concurrency: 2 });
    expect((await getWorkspace(t.database, t.access)).limits).toEqual({ nesting: 3, concurrency: 2 });
    await limited({ nesting: null, concurrency: null });
    expect(await updateWorkspace(t.database, { ...t.access, role: 'editor' }, { limits: { items: 1 } })).toMatchObject({ failure: { code: 'ACCESS_DENIED' } });
    expect((await getWorkspace(t.database, t.access)).limits).toEqual({});
  });

  test('R56 a run that takes longer than its flow allows is stopped, also while a step does not listen', async () => {
    const flow = await t.insertFlow([...chain(1), saving('slow', 's1')], { settings: { timeoutMs: 1_000 } });
    let runId = '';
    await whileLocked(async () => {
      runId = await t.run(flow, { input: { n: 'A' } });
      expect(await t.finished(runId)).toMatchObject({ status: 'failed', error: { code: 'RUN_TIMEOUT', message: expect.stringContaining('1 second ') }, steps: { slow: { status: 'failed' } } });
    });
  });

  test('R56 a step that takes longer than its limit fails or is tried again as its policy says', async () => {
    const flow = await t.insertFlow([...chain(1), { ...saving('slow', 's1'), timeoutMs: 200, retry: { attempts: 2, backoffMs: 50, on: ['LIMIT_EXCEEDED'] } }]);
    await whileLocked(async () => {
      const run = await t.finished(await t.run(flow, { input: { n: 'A' } }));
      expect(run).toMatchObject({ status: 'failed', error: { code: 'LIMIT_EXCEEDED', stepId: 'slow', details: { timeoutMs: 200 } }, steps: { slow: { attempt: 2 } } });
    });
  });

  test('R57 a flow with one place runs one at a time, a workspace with two runs two, and others are not held up', async () => {
    const own = await engineTest();
    const save = (id: string, source: string) => aStep(id, 'update-entry', { component: own.componentId, fieldsMapping: [{ target: 'user_name', value: { field: 'n' } }] }, source);
    const steps = [...chain(1), save('one', 's1'), save('two', 'one')];
    const people = { input: Array.from({ length: 5 }, (_, at) => ({ n: `P${at}` })) };
    const overlap = async (flow: string) => {
      const ids = await Promise.all(Array.from({ length: 6 }, () => own.run(flow, people)));
      for (const id of ids) expect(await own.finished(id)).toMatchObject({ status: 'succeeded' });
      const spans = await own.database.sql<{ from: Date; to: Date }[]>`select started_at as from, finished_at as to from runs where id = any(${ids}::uuid[])`;
      return Math.max(...spans.map((each) => spans.filter((other) => other.from <= each.from && other.to > each.from).length));
    };
    const [single, other] = [await own.insertFlow(steps), await own.insertFlow(steps)];
    await own.database.sql`update flows set concurrency = 1 where id = ${single}`;
    const first = await own.start(); // a worker knows the limits from its first claim on, and looks them up again every two seconds
    const free = own.run(other, people).then((id) => own.finished(id));
    expect(await overlap(single)).toBe(1);
    expect(await free).toMatchObject({ status: 'succeeded' });
    await first.close();
    expect(await updateWorkspace(own.database, own.access, { limits: { concurrency: 2 } })).toMatchObject({ ok: true });
    await own.start();
    expect(await overlap(other)).toBeLessThanOrEqual(2);
    await own.close();
  }, 180_000);

  test('R57 places go round the flows, within both limits', async () => {
    const own = await engineTest();
    const { sql } = own.database;
    const [a, b] = [await own.insertFlow(chain(1)), await own.insertFlow(chain(1))];
    await sql`update flows set concurrency = 2 where id = ${a}`;
    await updateWorkspace(own.database, own.access, { limits: { concurrency: 5 } });
    const names = new Map<string, string>();
    for (const [name, flow] of [['a', a], ['b', b]] as const) for (let at = 0; at < 5; at++) names.set(await own.run(flow), `${name}${at}`);
    const claimed = async (most: number, suspects = 8) => (await claimLimited(sql, 'w', most, suspects, await whoIsLimited(sql))).map((slot) => names.get(slot.runId)).toSorted();
    const free = () => sql`update run_slots set state = 'ready', owner = null, stalls = 0`;
    expect(await claimed(9)).toEqual(['a0', 'a1', 'b0', 'b1', 'b2']);
    expect(await claimed(9)).toEqual([]);
    await free();
    expect(await claimed(2)).toEqual(['a0', 'b0']);
    expect(await claimed(9)).toEqual(['a1', 'b1', 'b2']);
    await free();
    // Those that only wait take no place, and of those that stalled before few are taken.
    await sql`update run_slots set state = 'leased', owner = 'other' where flow_id = ${a} and run_id in (select run_id from run_slots where flow_id = ${a} order by ready_at limit 2)`;
    expect(await claimed(9)).toEqual(['b0', 'b1', 'b2']);
    await sql`update runs set status = 'waiting' where id in (select run_id from run_slots where owner = 'other')`;
    expect(await claimed(9)).toEqual(['a2', 'b3']);
    await sql`update runs set status = 'queued'`;
    await free();
    await sql`update run_slots set stalls = 1`;
    expect(await claimed(9, 1)).toEqual(['a0']);
    await free();
    await own.start();
    await own.settle();
    await own.close();
  }, 60_000);

  test('R57 however many claim at once, no limit is ever exceeded', async () => {
    const own = await engineTest();
    const { sql } = own.database;
    const flow = await own.insertFlow(chain(1));
    await sql`update flows set concurrency = 3 where id = ${flow}`;
    await Promise.all(Array.from({ length: 40 }, () => own.run(flow)));
    const limited = await whoIsLimited(sql);
    let [most, claims] = [0, 0];
    await Promise.all(Array.from({ length: 6 }, async (_, worker) => {
      for (let round = 0; round < 60; round++) {
        const slots = await claimLimited(sql, `w${worker}`, 5, 8, limited);
        claims += slots.length;
        const [leased] = await sql<{ count: number }[]>`select count(*)::int as count from run_slots where state = 'leased'`;
        most = Math.max(most, leased?.count ?? 0);
        if (slots.length > 0) await sql`update run_slots set state = 'ready', owner = null where owner = ${`w${worker}`}`;
      }
    }));
    expect(claims).toBeGreaterThan(60);
    expect(most).toBeLessThanOrEqual(3);
    await own.start();
    await own.settle();
    await own.close();
  }, 120_000);

  test('R57 an engine that is frozen while it claims keeps nobody from claiming', async () => {
    const own = await engineTest();
    const { sql } = own.database;
    const flow = await own.insertFlow(chain(1));
    await sql`update flows set concurrency = 2 where id = ${flow}`;
    const asked = Array.from({ length: isLong ? 4_000 : 600 }, () => null);
    for (let start = 0; start < asked.length; start += 50) await Promise.all(asked.slice(start, start + 50).map(() => own.run(flow)));
    const engine = await spawnEngine(await bundleEngine(), own.database.url);
    const [freezes, waits]: [number, number[]] = [isLong ? 150 : 25, []];
    for (let freeze = 0; freeze < freezes; freeze++) {
      await new Promise((resolve) => setTimeout(resolve, 20 + ((freeze * 37) % 60)));
      process.kill(engine.pid, 'SIGSTOP');
      const from = performance.now();
      for (let isFree = false; !isFree; ) {
        const [row] = await sql<{ mine: boolean }[]>`select pg_try_advisory_xact_lock(hashtext('millrace.limits')) as mine`;
        isFree = row?.mine ?? false;
        if (performance.now() - from > 1_000) break;
      }
      waits.push(performance.now() - from);
      process.kill(engine.pid, 'SIGCONT');
    }
    expect(Math.max(...waits), `${waits.map(Math.round)}`).toBeLessThan(1_000);
    const open = async () => Number((await sql`select count(*) from run_slots`)[0]?.['count']);
    for (const end = Date.now() + 120_000; (await open()) > 0 && Date.now() < end; ) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await open()).toBe(0);
    await engine.kill('SIGTERM');
    await own.close();
  }, 300_000);
});

describe('a quarantined run', () => {
  test('R58 is released by resuming it, or given up by cancelling it; the log stays whole', async () => {
    const quiet = await engineTest();
    const flow = await quiet.insertFlow(chain(2));
    const [released, given] = [await quiet.run(flow, { input: { a: 1 } }), await quiet.run(flow, { input: { a: 1 } })];
    await quiet.database.sql`update run_slots set stalls = 5`;
    await quiet.start();
    for (const id of [released, given]) expect(await quiet.finished(id)).toMatchObject({ status: 'quarantined' });
    expect(await resumeRun(quiet.database, quiet.access, released)).toMatchObject({ ok: true });
    expect(await quiet.finished(released)).toMatchObject({ status: 'succeeded' });
    expect(await cancelRun(quiet.database, quiet.access, given)).toMatchObject({ ok: true });
    expect(await quiet.finished(given)).toMatchObject({ status: 'cancelled' });
    expect(await verifyRun(quiet.database, quiet.access, given)).toMatchObject({ verified: { ok: true } });
    expect(await cancelRun(quiet.database, quiet.access, given)).toMatchObject({ failure: { code: 'STATE_INVALID' } });
    await quiet.close();
  });

  test('R51 R58 given up, it takes with it the runs that a step of it waits for; those it only started go on', async () => {
    const own = await engineTest();
    await own.start();
    const { sql } = own.database;
    const child = await own.insertFlow([aStep('save', 'update-model'), aStep('stop', 'finish')], { kind: 'workflow', name: 'Slow child' });
    const call = (id: string, waitComplete: boolean) => aStep(id, 'execute-workflow', { component: own.componentId, workflow: child, waitComplete }, 'in');
    const flow = await own.insertFlow([aStep('in', 'get-raw-model'), call('free', false), call('tied', true)]);
    let parent = '';
    const children = async () => Object.fromEntries((await sql<{ id: string; step: string; status: string }[]>`select id, parent_step_id as step, status from runs where parent_run_id = ${parent}`).map((each) => [each.step, each]));
    await sql.begin(async (tx) => {
      await tx`select 1 from components where id = ${own.componentId} for no key update`; // what the children's save needs
      parent = await own.run(flow, { input: { user_name: 'Lou' } });
      await until(async () => (await sql`select 1 from run_slots where run_id = ${parent} and state = 'waiting'`).length === 1);
      await sql`update run_slots set stalls = 5, ready_at = now() where run_id = ${parent}`; // as its fifth worker's death would leave it
      expect(await own.finished(parent)).toMatchObject({ status: 'quarantined' });
      expect(Object.values(await children()).map((each) => each.status).some((status) => status === 'cancelled')).toBe(false);
      expect(await cancelRun(own.database, own.access, parent)).toMatchObject({ ok: true });
      expect(await own.finished(parent)).toMatchObject({ status: 'cancelled' });
      expect(await own.finished((await children())['tied']?.id ?? '')).toMatchObject({ status: 'cancelled' });
    });
    expect(await own.finished((await children())['free']?.id ?? '')).toMatchObject({ status: 'succeeded' });
    expect(await verifyRun(own.database, own.access, parent)).toMatchObject({ verified: { ok: true } });
    await own.close();
  });
});
