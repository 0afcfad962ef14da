import { setTimeout as pause } from 'node:timers/promises';
import { closedLoop, flowOf, startBench } from './engine-parts';
import { report } from './harness';

/** The row versions that a run writes, table by table: what a busy machine does not change. */
const runs = 640;
/** Who falls idle keeps its statistics for ten seconds. */
const settleMs = 11_000;
type Written = { name: string; made: number; moved: number; hot: number; gone: number };

const bench = await startBench();
const { sql } = bench.t.database;

async function written(): Promise<Map<string, Written>> {
  await pause(settleMs);
  await sql`select pg_stat_clear_snapshot()`;
  const rows = await sql<Written[]>`select regexp_replace(relname, '^run_events_.*', 'run_events') as name, sum(n_tup_ins)::int as made, sum(n_tup_upd)::int as moved, sum(n_tup_hot_upd)::int as hot, sum(n_tup_del)::int as gone
    from pg_stat_all_tables where n_tup_ins + n_tup_upd + n_tup_del > 0 and schemaname in ('public', 'pg_catalog') group by 1`;
  return new Map(rows.map((row) => [row.name, row]));
}

try {
  for (const steps of [1, 5]) {
    const flow = await flowOf(bench, steps);
    await closedLoop(bench, flow, 64, 64);
    const before = await written();
    await closedLoop(bench, flow, runs, 64);
    const after = await written();
    const since = [...after].map(([name, now]) => {
      const then = before.get(name);
      const of = (key: Exclude<keyof Written, 'name'>) => (now[key] - (then?.[key] ?? 0)) / runs;
      return { name, made: of('made'), moved: of('moved'), hot: of('hot'), gone: of('gone') };
    }).filter(({ made, moved, gone }) => made + moved + gone > 0.02);
    console.log(`\n| ${steps} steps: table | inserted | updated (of them in place) | deleted |\n|---|---|---|---|`);
    for (const { name, made, moved, hot, gone } of since) console.log(`| ${name} | ${made.toFixed(2)} | ${moved.toFixed(2)} (${hot.toFixed(2)}) | ${gone.toFixed(2)} |`);
    report([{ name: `engine-rows: row versions of a ${steps}-step run`, value: since.reduce((sum, { made, moved, gone }) => sum + made + moved + gone, 0), unit: 'rows', rounds: 1 }]);
  }
} finally {
  await bench.close();
}
