import { setTimeout as pause } from 'node:timers/promises';
import postgres from 'postgres';
import { requestRun, waitForRun } from '#db/runs';
import { ensureTemplate } from '#db/testing';
import { chain, engineTest, type EngineTest } from '../engine/testing';
import { bundleEngine, spawnEngine, type EngineProcess } from '../engine/testing-process';
import { startRival } from './rivals';

/** Our engine in a process of its own, as `npm start` runs it; this process asks for runs, as the web process does. */
export type Bench = { t: EngineTest; engine: EngineProcess; url(name: string): string; close(): Promise<void> };

export async function startBench(): Promise<Bench> {
  await ensureTemplate();
  const t = await engineTest();
  const engine = await spawnEngine(await bundleEngine(), t.database.url);
  const named = (name: string) => t.database.url.replace(/\/[^/]*$/, `/${name}`);
  return {
    t, engine, url: named,
    close: async () => {
      await engine.kill('SIGTERM');
      await t.close(); // holds every run against the rules
    },
  };
}

export async function startRivals({ t, url }: Bench) {
  const { sql } = t.database;
  const names = ['dbos', 'graphile'] as const;
  for (const name of names) {
    await sql.unsafe(`drop database if exists bench_${name} with (force)`);
    await sql.unsafe(`create database bench_${name}`);
  }
  const [dbos, graphile] = await Promise.all(names.map((name) => startRival(name, url(`bench_${name}`))));
  if (!dbos || !graphile) throw new Error('no rivals');
  const clients = { dbos: postgres(url('bench_dbos'), { max: 1 }), graphile: postgres(url('bench_graphile'), { max: 1 }) };
  return {
    dbos, graphile, clients,
    stop: async () => {
      dbos.stop();
      graphile.stop();
      await Promise.all(Object.values(clients).map((each) => each.end()));
    },
  };
}

/** The benchmark's own look must not be what it measures. */
const lookEveryMs = 5;

/** So many callers, each asking for its next run when one has ended; the ends are seen in the slots, which ended runs leave. Seconds. */
export async function closedLoop({ t }: Bench, flow: string, runs: number, inFlight: number): Promise<number> {
  const { sql } = t.database;
  const started = performance.now();
  let [asked, open] = [0, 0];
  while (asked < runs || open > 0) {
    const more = Math.min(inFlight - open, runs - asked);
    asked += more;
    await Promise.all(Array.from({ length: more }, () => ask(t, flow)));
    do {
      open = Number((await sql<{ count: string }[]>`select count(*) from run_slots`)[0]?.count);
      if (open > inFlight / 2 || asked >= runs) await pause(lookEveryMs);
    } while (asked >= runs ? open > 0 : open > inFlight / 2);
  }
  return (performance.now() - started) / 1_000;
}

/** Runs that are queued already, carried out as fast as may be: what graphile-worker's own benchmark does with jobs. Seconds. */
export async function drained({ t, engine }: Bench, flow: string, runs: number): Promise<number> {
  const { sql } = t.database;
  engine.child.kill('SIGSTOP');
  for (let start = 0; start < runs; start += 64) await Promise.all(Array.from({ length: Math.min(64, runs - start) }, () => ask(t, flow)));
  const started = performance.now();
  engine.child.kill('SIGCONT');
  await sql`select pg_notify('run_slots', '')`;
  while ((await sql`select 1 from run_slots limit 1`).length > 0) await pause(2);
  return (performance.now() - started) / 1_000;
}

/** One run at a time, from the question to its end being read by who asked, as the API's `wait` does. Milliseconds each. */
export async function alone({ t }: Bench, flow: string, runs: number): Promise<number[]> {
  const took: number[] = [];
  for (let at = 0; at < runs; at++) {
    const started = performance.now();
    const runId = await ask(t, flow);
    const waited = await waitForRun(t.database, t.access, runId, 30);
    if (!waited.ok || waited.status !== 'succeeded') throw new Error(`a lone run ended otherwise: ${JSON.stringify(waited)}`);
    took.push(performance.now() - started);
  }
  return took;
}

export async function ask(t: EngineTest, flow: string, input: { [key: string]: number | { n: number }[] } = { a: 1 }): Promise<string> {
  const answer = await requestRun(t.database, t.access, flow, { input });
  if (!answer.ok) throw new Error(answer.failure.message);
  return answer.runId;
}

/** Plain multi-row inserts of event rows by one connection, nothing else: how fast this PostgreSQL takes rows at all. Rows a second. */
export async function rawInserts({ t }: Bench, forMs: number): Promise<number> {
  const writer = postgres(t.database.url, { max: 1, onnotice: () => {} });
  await writer`create table if not exists bench_events (like run_events_default including defaults)`;
  await writer`create index if not exists bench_events_run on bench_events (run_id, seq)`;
  const data = JSON.stringify({ itemsIn: 1, itemsOut: 1, durationMs: 1, warnings: 0, many: false });
  const seqs = Array.from({ length: 100 }, (_, seq) => seq);
  const at = new Date().toISOString();
  const started = performance.now();
  let rows = 0;
  while (performance.now() - started < forMs) {
    await writer`insert into bench_events (run_id, seq, type, step_id, attempt, fence, at, data, hash, gpos)
      select gen_random_uuid(), t.seq, 'step.succeeded', 's1', 1, 1, ${at}, ${data}::jsonb, decode(repeat('ab', 32), 'hex'), 1 from unnest(${seqs}::int[]) t(seq)`;
    rows += seqs.length;
  }
  const perSecond = rows / ((performance.now() - started) / 1_000);
  await writer`truncate bench_events`;
  await writer.end();
  return perSecond;
}

export const flowOf = (bench: Bench, steps: number) => bench.t.insertFlow(chain(steps));
