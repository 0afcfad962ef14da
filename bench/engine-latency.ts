import { alone, ask, flowOf, startBench, startRivals } from './engine-parts';
import { median, quantile, report, spread } from './harness';
import { trafficOf } from './traffic';

/** One run of five steps at a time, from the question to the readable end, beside DBOS; and what steps of 10 ms or more commit. */
const rounds = Number(process.env['ROUNDS'] ?? 5);
const runs = 12;
const steps = 5;
const slowItems = 30_000;

const bench = await startBench();
const rivals = await startRivals(bench);
const flow = await flowOf(bench, steps);
const own: number[] = [];
const theirs: number[] = [];
const ratios: number[] = [];
const dbos = async (count: number) => (await rivals.dbos.work({ runs: count, steps, inFlight: 1 })).took;
const slow = { items: Array.from({ length: slowItems }, (_, n) => ({ n })) };
try {
  await Promise.all([alone(bench, flow, 5), dbos(5)]);
  for (let round = 0; round < rounds; round++) {
    const [ours, other] = [await alone(bench, flow, runs), await dbos(runs)];
    own.push(...ours);
    theirs.push(...other);
    ratios.push(median(ours) / median(other));
  }
  const traffic = await trafficOf(bench.t.database.sql, () => alone(bench, flow, 40));
  const dbosTraffic = await trafficOf(rivals.clients.dbos, () => dbos(40));
  const { t } = bench;
  const heavy = await t.insertFlow([{ id: 's0', type: 'get-raw-model', name: 's0', params: {} }, { id: 's1', type: 'extract-collection', name: 's1', params: { modelPath: 'items' }, sources: { source: 's0' } },
    ...Array.from({ length: steps }, (_, at) => ({ id: `s${at + 2}`, type: 'distinct', name: `s${at + 2}`, params: {}, sources: { source: `s${at + 1}` } }))]);
  const heavyRuns = 6;
  const ids: string[] = [];
  const heavyTraffic = await trafficOf(t.database.sql, async () => {
    for (let at = 0; at < heavyRuns; at++) {
      const runId = await ask(t, heavy, slow);
      ids.push(runId);
      await t.finished(runId, 60);
    }
  });
  const [took] = await t.database.sql<{ ms: number }[]>`select percentile_cont(0.5) within group (order by (data ->> 'durationMs')::int)::float as ms from run_events where run_id = any(${ids}::uuid[]) and type = 'step.succeeded' and step_id > 's1'`;
  report([
    { name: 'engine-latency: a lone run of 5 steps, p50', value: median(own), unit: 'ms', rival: 'DBOS', ratio: median(ratios), rounds },
    { name: 'engine-latency: the same, p95', value: quantile(own, 0.95), unit: 'ms', rival: 'DBOS', ratio: quantile(own, 0.95) / quantile(theirs, 0.95), rounds },
    { name: 'engine-latency: commits a lone run, claim and start included', value: traffic.commits / 40, unit: 'commits', rival: 'DBOS', ratio: traffic.commits / dbosTraffic.commits, rounds: 1 },
    { name: 'engine-latency: of these commits that write', value: traffic.writing / 40, unit: 'commits', rival: 'DBOS', ratio: traffic.writing / dbosTraffic.writing, rounds: 1 },
    { name: `engine-latency: commits a step of ${Math.round(took?.ms ?? 0)} ms`, value: heavyTraffic.commits / (heavyRuns * (steps + 2)), unit: 'commits', rounds: 1 },
  ]);
  console.log(`ours ${spread(own)} ms, DBOS ${spread(theirs)} ms; a run writes ${(traffic.rows / 40).toFixed(1)} rows here, ${(dbosTraffic.rows / 40).toFixed(1)} there`);
} finally {
  await rivals.stop();
  await bench.close();
}
