import { closedLoop, drained, flowOf, rawInserts, startBench, startRivals } from './engine-parts';
import { median, report, spread } from './harness';
import { trafficOf } from './traffic';

/**
 * Five-step runs that do nothing, 64 in flight, every step durable and in the log, beside DBOS; queued one-step runs
 * beside graphile-worker's jobs, as it comes and batched; and what the same PostgreSQL takes in plain multi-row inserts.
 * In turn, round for round. What each writes is counted in a round of its own.
 */
const rounds = Number(process.env['ROUNDS'] ?? 5);
const inFlight = 64;
const steps = 5;
const sizes = { ours: 640, dbos: 200, queued: 1_500, jobs: 1_500, batched: 4_000 };
/** run.requested, lease.taken, run.started, a start and an end for each step, run.succeeded. */
const eventsPerRun = steps * 2 + 4;

const bench = await startBench();
const rivals = await startRivals(bench);
const [five, one] = [await flowOf(bench, steps), await flowOf(bench, 1)];
const dbos = async (runs: number) => (runs * steps) / (await rivals.dbos.work({ runs, steps, inFlight })).seconds;
const jobs = async (count: number, isBatched: boolean) => count / (await rivals.graphile.work({ jobs: count, inFlight, isBatched })).seconds;
const measured = { ours: [] as number[], dbos: [] as number[], queued: [] as number[], jobs: [] as number[], batched: [] as number[], raw: [] as number[] };

try {
  await closedLoop(bench, five, inFlight, inFlight);
  await Promise.all([dbos(20), jobs(200, false)]);
  for (let round = 0; round < rounds; round++) {
    measured.ours.push((sizes.ours * steps) / (await closedLoop(bench, five, sizes.ours, inFlight)));
    measured.dbos.push(await dbos(sizes.dbos));
    measured.raw.push(await rawInserts(bench, 1_500));
    measured.queued.push(sizes.queued / (await drained(bench, one, sizes.queued)));
    measured.jobs.push(await jobs(sizes.jobs, false));
    measured.batched.push(await jobs(sizes.batched, true));
    console.log(`round ${round + 1}: ${Object.entries(measured).map(([name, values]) => `${name} ${Math.round(values.at(-1) ?? 0)}`).join(', ')}`);
  }
  const traffic = {
    ours: await trafficOf(bench.t.database.sql, () => closedLoop(bench, five, 320, inFlight)),
    dbos: await trafficOf(rivals.clients.dbos, () => dbos(100)),
    jobs: await trafficOf(rivals.clients.graphile, () => jobs(1_000, false)),
    batched: await trafficOf(rivals.clients.graphile, () => jobs(1_000, true)),
  };
  const ratio = (ours: readonly number[], theirs: readonly number[]) => median(ours.map((value, round) => value / (theirs[round] ?? Number.NaN)));
  const rows = measured.ours.map((value) => (value / steps) * eventsPerRun);
  report([
    { name: 'engine: 5-step runs, 64 in flight', value: median(measured.ours), unit: 'steps/s', rival: 'DBOS', ratio: ratio(measured.ours, measured.dbos), rounds },
    { name: 'engine: the same in event rows', value: median(rows), unit: 'rows/s', rival: 'plain 100-row inserts', ratio: ratio(rows, measured.raw), rounds },
    { name: 'engine: queued 1-step runs', value: median(measured.queued), unit: 'runs/s', rival: 'graphile-worker as it comes', ratio: ratio(measured.queued, measured.jobs), rounds },
    { name: 'engine: queued 1-step runs', value: median(measured.queued), unit: 'runs/s', rival: 'graphile-worker batched', ratio: ratio(measured.queued, measured.batched), rounds },
    { name: 'engine: commits a step, 64 in flight', value: traffic.ours.commits / (320 * steps), unit: 'commits', rival: 'DBOS', ratio: traffic.ours.commits / 320 / (traffic.dbos.commits / 100), rounds: 1 },
  ]);
  const line = (name: string, speeds: readonly number[], unit: string, written: { commits: number; rows: number } | null, per: number, what: string) =>
    console.log(`| ${name} | ${spread(speeds)} ${unit} | ${written ? (written.commits / per).toFixed(2) : '–'} | ${written ? (written.rows / per).toFixed(1) : '–'} | ${what} |`);
  console.log('\n| system | speed: median (range) | commits a run or job | rows written a run or job | what is kept |\n|---|---|---|---|---|');
  line('Millrace, 5 steps', measured.ours, 'steps/s', traffic.ours, 320, 'every start and end of a step, times, counts, items, hash chain, list row');
  line('DBOS, 5 steps', measured.dbos, 'steps/s', traffic.dbos, 100, 'input, and the output of each step; nothing of starts, no chain');
  line('Millrace, queued 1-step runs', measured.queued, 'runs/s', null, 1, 'as above, 6 events a run');
  line('graphile-worker as it comes', measured.jobs, 'jobs/s', traffic.jobs, 1_000, 'nothing: a job that is done is deleted');
  line('graphile-worker batched', measured.batched, 'jobs/s', traffic.batched, 1_000, 'nothing; up to 500 jobs a process are locked ahead');
  line('plain 100-row inserts', measured.raw, 'rows/s', null, 1, 'rows of the log without anything around them');
} finally {
  await rivals.stop();
  await bench.close();
}
