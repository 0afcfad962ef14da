import { setTimeout as pause } from 'node:timers/promises';
import postgres from 'postgres';
import { ensureTemplate } from '#db/testing';
import { requestRun } from '#db/runs';
import { chain, engineTest } from '../engine/testing';
import { median, report } from './harness';

/**
 * Five-step runs that do nothing, 64 in flight, every step durable; beside them, in the same rounds, what the same
 * database takes in plain multi-row inserts. `npx tsx bench/engine.ts` with TEST_DATABASE_URL; writes bench/results.jsonl.
 */
const rounds = Number(process.env['ROUNDS'] ?? 5);
const runsPerRound = Number(process.env['RUNS'] ?? 640);
const inFlight = 64;
const stepsPerRun = 5;
const insertRows = 100;
const insertMs = 2_000;
/** run.requested, lease.taken, run.started, a start and an end for each step, run.succeeded. */
const eventsPerStep = (stepsPerRun * 2 + 4) / stepsPerRun;

await ensureTemplate();
const t = await engineTest();
const engine = await t.start();
const flow = await t.insertFlow(chain(stepsPerRun));
const { sql } = t.database;
await sql`create table bench_events (like run_events_default including defaults)`;
await sql`create unique index on bench_events (run_id, seq)`;

const steps: number[] = [];
const inserts: number[] = [];
const commits: number[] = [];
const latencies: number[] = [];
await round(64); // warm
for (let at = 0; at < rounds; at++) {
  steps.push(await round(runsPerRound));
  inserts.push(await rawInserts());
}
latencies.push(...(await alone(30)));
await t.close();

const raw = median(inserts);
report([
  { name: 'engine.steps', value: median(steps), unit: 'steps/s', rival: 'raw 100-row inserts, rows/s', ratio: median(steps) / raw, rounds },
  { name: 'engine.event-rows', value: median(steps) * eventsPerStep, unit: 'rows/s', rival: 'raw 100-row inserts, rows/s', ratio: (median(steps) * eventsPerStep) / raw, rounds },
  { name: 'engine.commits', value: median(commits), unit: 'appends a step', rounds },
  { name: 'engine.alone', value: median(latencies), unit: 'ms a run of 5 steps, one at a time', rounds: latencies.length },
]);
console.log(`steps/s ${show(steps)}  raw rows/s ${show(inserts)}  latency ms ${show(latencies)}`);

/** 64 callers, each starting its next run when the last has ended; the ends are read from the slots, which ended runs leave. */
async function round(count: number): Promise<number> {
  const before = { flushes: engine.totals.flushes };
  const started = performance.now();
  let [asked, open] = [0, 0];
  const ask = async () => {
    const answer = await requestRun(t.database, t.access, flow, { input: { a: 1 } });
    if (!answer.ok) throw new Error(answer.failure.message);
  };
  while (asked < count || open > 0) {
    const more = Math.min(inFlight - open, count - asked);
    asked += more;
    await Promise.all(Array.from({ length: more }, ask));
    for (;;) {
      open = Number((await sql`select count(*) from run_slots`)[0]?.['count']);
      if (open < inFlight / 2 || (asked >= count && open === 0)) break;
      await pause(2);
    }
    if (asked >= count && open > 0) await pause(2);
  }
  const seconds = (performance.now() - started) / 1_000;
  const [bad] = await sql`select count(*) from runs where flow_id = ${flow} and status <> 'succeeded'`;
  if (Number(bad?.['count']) > 0) throw new Error(`${bad?.['count']} runs did not succeed`);
  commits.push((engine.totals.flushes - before.flushes) / (count * stepsPerRun));
  return (count * stepsPerRun) / seconds;
}

async function rawInserts(): Promise<number> {
  const writer = postgres(t.database.url, { max: 1, onnotice: () => {} });
  const until = performance.now() + insertMs;
  let rows = 0;
  const at = new Date().toISOString();
  const data = JSON.stringify({ itemsIn: 1, itemsOut: 1, durationMs: 1, warnings: 0, many: false });
  const started = performance.now();
  while (performance.now() < until) {
    const list = Array.from({ length: insertRows }, (_, seq) => seq);
    await writer`insert into bench_events (run_id, seq, type, step_id, attempt, fence, at, data, hash, gpos)
      select gen_random_uuid(), t.seq, 'step.succeeded', 's1', 1, 1, ${at}, ${data}::jsonb, decode(repeat('ab', 32), 'hex'), 1 from unnest(${list}::int[]) t(seq)`;
    rows += insertRows;
  }
  const perSecond = rows / ((performance.now() - started) / 1_000);
  await writer.end();
  return perSecond;
}

async function alone(count: number): Promise<number[]> {
  const took: number[] = [];
  for (let at = 0; at < count; at++) {
    const started = performance.now();
    const answer = await requestRun(t.database, t.access, flow, { input: { a: at } });
    if (!answer.ok) throw new Error(answer.failure.message);
    while ((await sql`select 1 from run_slots where run_id = ${answer.runId}`).length > 0) await pause(1);
    took.push(performance.now() - started);
  }
  return took;
}

function show(list: readonly number[]): string {
  return `${median(list).toFixed(1)} (${Math.min(...list).toFixed(1)}–${Math.max(...list).toFixed(1)})`;
}
