import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cancelRun, runEvents, verifyRun } from '#db/runs';
import { stateOf } from '#db/run-log';
import { runChangesAfter, runsHead } from '#db/run-tail';
import { hashEvent } from '#db/event-hash';
import { newRunId } from '#flow/id';
import { sleep } from '#flow/testing-until';
import { claimSlots } from './claim';
import { aStep, chain, engineTest, type EngineTest } from './testing';

/** Many of a kind at once. `MILLRACE_LONG=1` gives the full figures. */
const isLong = Boolean(process.env['MILLRACE_LONG']);
let t: EngineTest;
beforeEach(async () => {
  t = await engineTest();
});
afterEach(() => t.close());

const open = async () => Number((await t.database.sql<{ count: string }[]>`select count(*) from run_slots where ready_at < 'infinity'`)[0]?.count);
const ask = async (flow: string, count: number) => {
  const ids: string[] = [];
  for (let start = 0; start < count; start += 32) ids.push(...await Promise.all(Array.from({ length: Math.min(32, count - start) }, () => t.run(flow, { input: {} }))));
  return ids;
};
const untilDone = async (seconds: number) => {
  const from = Date.now();
  while (Date.now() - from < seconds * 1_000 && (await open()) > 0) await sleep(50);
  expect(await open()).toBe(0);
  return Date.now() - from;
};

describe('timers', () => {
  const [due, parked] = isLong ? [10_000, 100_000] : [200, 20_000];

  test(`R92 ${due} runs that are due in one second are each carried out once, while ${parked} others wait at no cost`, async () => {
    const flow = await t.insertFlow(chain(1));
    await ask(flow, due);
    const { sql } = t.database;
    await sql`insert into run_slots (run_id, workspace_id, flow_id, state, ready_at) select gen_random_uuid(), ${t.access.workspaceId}, ${flow}, 'waiting', 'infinity' from generate_series(1, ${parked})`;
    const [timer] = await sql<{ at: Date }[]>`with set as (update run_slots set state = 'waiting', ready_at = now() + interval '1 second' where ready_at < 'infinity' returning ready_at) select min(ready_at) as at from set`;
    await sql`analyze run_slots`;
    // What an idle worker asks twice a second looks at next to nothing.
    const looks: (number | undefined)[] = [];
    for (let look = 0; look < 5; look++) {
      const [plan] = await sql<{ 'QUERY PLAN': { 'Execution Time': number }[] }[]>`explain (analyze, format json) select run_id from run_slots where state <> 'leased' and ready_at <= now() order by ready_at limit 64`;
      looks.push(plan?.['QUERY PLAN'][0]?.['Execution Time']);
    }
    expect(Math.min(...looks.map((each) => each ?? Infinity))).toBeLessThan(50);
    expect(await claimSlots(sql, 'nobody', 64, { suspects: 1 })).toEqual([]);
    await t.start();
    const tookMs = await untilDone(isLong ? 120 : 40);
    const [fired] = await sql<{ runs: number; starts: number; last: Date }[]>`select count(distinct run_id)::int as runs, count(*)::int as starts, max(at) as last from run_events where type = 'run.started'`;
    expect(fired).toMatchObject({ runs: due, starts: due });
    if (isLong) console.log(`${due} timers fired within ${(fired?.last.getTime() ?? 0) - (timer?.at.getTime() ?? 0)} ms, the last run ended ${tookMs} ms after the engine began`);
    await sql`delete from run_slots where ready_at = 'infinity'`;
  }, 600_000);
});

describe('a cancel storm', () => {
  const count = isLong ? 2_000 : 120;

  test(`R21 of ${count} runs that are cancelled at random moments each is cancelled or finished, never both`, async () => {
    const saving = (id: string, source: string) => aStep(id, 'update-entry', { component: t.componentId, fieldsMapping: [{ target: 'user_name', value: { const: 'N' } }] }, source);
    const flow = await t.insertFlow([...chain(1), saving('one', 's1'), saving('two', 'one'), saving('three', 'two'), saving('four', 'three')]);
    const accepted = new Map<string, number>();
    // Some before any engine looks: on a quick machine the others may all be done before the word arrives.
    for (const runId of await ask(flow, 8)) if ((await cancelRun(t.database, t.access, runId)).ok) accepted.set(runId, Infinity);
    await Promise.all([t.start(), t.start()]);
    for (let start = 0; start < count; start += 40) {
      await Promise.all(Array.from({ length: 40 }, async (_, at) => {
        const runId = await t.run(flow, { input: {} });
        await sleep((at * 97) % 800); // queued, at work or done
        const asked = await cancelRun(t.database, t.access, runId);
        if (asked.ok) accepted.set(runId, Date.now());
      }));
    }
    await untilDone(60);
    const rows = await t.database.sql<{ id: string; status: string; endedAt: Date; ends: number; asked: number }[]>`select r.id, r.status, r.finished_at as "endedAt", (select count(*)::int from run_events e where e.run_id = r.id and e.type in ('run.cancelled', 'run.succeeded', 'run.failed')) as ends,
      (select count(*)::int from run_events e where e.run_id = r.id and e.type = 'cancel.requested') as asked from runs r`;
    for (const row of rows) {
      expect(['cancelled', 'succeeded']).toContain(row.status);
      expect(row.ends, row.id).toBe(1);
      if (row.status === 'cancelled') expect([accepted.has(row.id), row.asked]).toEqual([true, 1]);
    }
    const cancelled = rows.filter((row) => row.status === 'cancelled');
    expect(cancelled.length).toBeGreaterThan(0);
    if (!isLong) return;
    const tookMs = cancelled.map((row) => row.endedAt.getTime() - (accepted.get(row.id) ?? 0)).filter((ms) => ms > -1e9).toSorted((a, b) => a - b);
    const p99 = tookMs[Math.floor(tookMs.length * 0.99)] ?? 0;
    console.log(`${cancelled.length} of ${rows.length} were cancelled, p50 ${tookMs[Math.floor(tookMs.length / 2)]} ms, p99 ${p99} ms after it was asked`);
    expect(p99).toBeLessThan(1_000);
  }, 600_000);
});

describe('a long log', () => {
  const length = isLong ? 51_200 : 5_000;

  test(`R93 a run of ${length} events is folded and verified in the time of a page load`, async () => {
    const flow = await t.insertFlow(chain(1));
    const runId = newRunId();
    const { sql } = t.database;
    const [version] = await sql<{ id: string }[]>`select id from flow_versions where flow_id = ${flow}`;
    let hash = '';
    const rows = Array.from({ length }, (_, place) => {
      const seq = place + 1;
      const own = seq === 1 ? { type: 'run.started', stepId: null, data: { worker: 'w' } }
        : seq === length ? { type: 'run.cancelled', stepId: null, data: {} }
          : { type: 'step.progress', stepId: `s${seq % 200}`, data: { done: seq } };
      const row = { runId, seq, version: 1, attempt: null, iteration: null, fence: 0, at: new Date(Date.UTC(2026, 0, 1) + seq).toISOString(), blob: null, ...own };
      hash = hashEvent(hash, row);
      return { ...row, hash, json: JSON.stringify(row.data) };
    });
    await sql`insert into runs (id, workspace_id, flow_id, flow_version_id, kind, trigger, status, head_seq, head_hash, started_at, finished_at)
      values (${runId}, ${t.access.workspaceId}, ${flow}, ${version?.id ?? ''}, 'dataflow', 'button', 'cancelled', ${length}, decode(${hash}, 'hex'), ${rows[0]?.at ?? ''}, ${rows.at(-1)?.at ?? ''})`;
    for (let start = 0; start < length; start += 2_000) {
      const part = rows.slice(start, start + 2_000);
      await sql`insert into run_events (run_id, seq, type, step_id, at, data, hash) select ${runId}, t.seq, t.type, t.step_id, t.at::timestamptz, t.data::jsonb, decode(t.hash, 'hex')
        from unnest(${part.map((row) => row.seq)}::int[], ${part.map((row) => row.type)}::text[], ${part.map((row) => row.stepId)}::text[], ${part.map((row) => row.at)}::text[], ${part.map((row) => row.json)}::text[], ${part.map((row) => row.hash)}::text[]) t(seq, type, step_id, at, data, hash)`;
    }
    const from = performance.now();
    const state = await stateOf(sql, runId);
    const tookMs = performance.now() - from;
    console.log(`${length} events replayed in ${Math.round(tookMs)} ms`);
    expect(state).toMatchObject({ status: 'cancelled', seq: length });
    expect(Object.keys(state.steps)).toHaveLength(200);
    expect(tookMs).toBeLessThan(3_000);
    expect(await verifyRun(t.database, t.access, runId)).toMatchObject({ verified: { ok: true, events: length } });
    expect(await runEvents(t.database, t.access, runId, { after: length - 2, limit: 10 })).toMatchObject({ items: [{ seq: length - 1 }, { seq: length }] });
  }, 120_000);
});

describe('the global tail', () => {
  const [writers, perWriter] = isLong ? [16, 400] : [8, 60];

  test(`R94 ${writers} writers that commit out of order and take back: the tail misses nothing, "greater than the last number" does`, async () => {
    const flow = await t.insertFlow(chain(1));
    const { sql } = t.database;
    const [version] = await sql<{ id: string }[]>`select id from flow_versions where flow_id = ${flow}`;
    const committed = new Set<string>();
    let [writing, cursor, naive] = [true, await runsHead(sql), 0];
    const [seen, seenNaively] = [new Set<string>(), new Set<string>()];
    const write = async () => {
      for (let at = 0; at < perWriter; at++) {
        const runId = newRunId();
        await sql.begin(async (tx) => {
          await tx`insert into runs (id, workspace_id, flow_id, flow_version_id, kind, trigger, status) values (${runId}, ${t.access.workspaceId}, ${flow}, ${version?.id ?? ''}, 'dataflow', 'button', 'running')`;
          await tx`insert into run_events (run_id, seq, type, at, data, hash) values (${runId}, 1, 'run.started', now(), '{"worker":"w"}', '')`;
          await tx`select pg_sleep(random() * 0.02)`;
          if (Math.random() < 0.2) throw new Error('taken back');
          committed.add(runId);
        }).catch((error: unknown) => {
          if (!(error instanceof Error && error.message === 'taken back')) throw error;
        });
      }
    };
    const missing = () => [...committed].filter((id) => !seen.has(id)).length;
    const follow = async () => {
      // What has committed is told when no older transaction of the whole server goes on, of other tests' databases too: that may take them a while.
      let giveUpAt = Infinity;
      while (writing || (missing() > 0 && Date.now() < giveUpAt)) {
        if (!writing && giveUpAt === Infinity) giveUpAt = Date.now() + 60_000;
        const found = await runChangesAfter(t.database, cursor);
        cursor = found.cursor;
        for (const { run } of found.items) seen.add(run.id);
        const rows = await sql<{ gpos: number; runId: string }[]>`select gpos::int as gpos, run_id as "runId" from run_events where gpos > ${naive} order by gpos`;
        for (const row of rows) seenNaively.add(row.runId);
        naive = rows.at(-1)?.gpos ?? naive;
        await sleep(5);
      }
    };
    const following = follow();
    await Promise.all(Array.from({ length: writers }, write));
    writing = false;
    await following;
    expect([...committed].filter((id) => !seen.has(id))).toEqual([]);
    expect([...seen].filter((id) => !committed.has(id))).toEqual([]);
    const missed = [...committed].filter((id) => !seenNaively.has(id)).length;
    console.log(`the naive cursor missed ${missed} of ${committed.size}`);
    expect(missed).toBeGreaterThan(0);
    await sql`delete from runs`; // they were never carried out: nothing for the checker
  }, 300_000);
});
