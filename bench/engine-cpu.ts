import { readFileSync, readdirSync } from 'node:fs';
import { closedLoop, flowOf, startBench } from './engine-parts';
import { median, report, spread } from './harness';

/**
 * Where the processor time of a five-step run goes: who asks, the engine, PostgreSQL. Steadier than a speed on a machine
 * that does other things too. Reads /proc, so Linux only.
 */
const rounds = Number(process.env['ROUNDS'] ?? 5);
const runs = 640;
const inFlight = 64;
const tickMs = 10; // USER_HZ is 100 on every Linux that Node runs on

type Stat = { parent: number; cpuMs: number };
function statOf(pid: number): Stat | null {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' '); // from field 3 on, proc(5)
    return { parent: Number(fields[1]), cpuMs: (Number(fields[11]) + Number(fields[12])) * tickMs };
  } catch {
    return null; // it has ended
  }
}

if (process.platform !== 'linux') throw new Error('engine-cpu reads /proc: run it on Linux');
const bench = await startBench();
try {
  const flow = await flowOf(bench, 5);
  const [backend] = await bench.t.database.sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
  const postmaster = statOf(backend?.pid ?? 0)?.parent ?? 0;
  const ofPostgres = () => new Map(readdirSync('/proc').map(Number).flatMap((pid): [number, number][] => {
    const stat = Number.isInteger(pid) ? statOf(pid) : null;
    return stat?.parent === postmaster ? [[pid, stat.cpuMs]] : [];
  }));
  const used: Record<'asker' | 'engine' | 'postgres', number[]> = { asker: [], engine: [], postgres: [] };
  await closedLoop(bench, flow, runs, inFlight);
  for (let round = 0; round < rounds; round++) {
    const before = { asker: process.cpuUsage(), engine: statOf(bench.engine.pid)?.cpuMs ?? 0, postgres: ofPostgres() };
    await closedLoop(bench, flow, runs, inFlight);
    const asker = process.cpuUsage(before.asker);
    used.asker.push((asker.user + asker.system) / 1_000 / runs);
    used.engine.push(((statOf(bench.engine.pid)?.cpuMs ?? 0) - before.engine) / runs);
    used.postgres.push([...ofPostgres()].reduce((sum, [pid, cpuMs]) => sum + cpuMs - (before.postgres.get(pid) ?? 0), 0) / runs);
  }
  for (const [who, values] of Object.entries(used)) console.log(`${who}: ${spread(values)} ms of processor a run`);
  report(Object.entries(used).map(([who, values]) => ({ name: `engine-cpu: ${who}, a 5-step run`, value: median(values), unit: 'ms', rounds })));
} finally {
  await bench.close();
}
