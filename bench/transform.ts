import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runEvents } from '#db/runs';
import { got } from '#db/testing-result';
import { updateWorkspace } from '#db/workspaces';
import type { Json } from '#flow/json';
import { aStep } from '../engine/testing';
import { startBench } from './engine-parts';
import { median, report, spread } from './harness';

/**
 * Flights (200,000 rows): filter → join airports → group → totals, as a flow and as hand-written code on the same rows. The flow
 * also keeps what every step gave, and says so in its log; both are reported. `ROWS=1000000` shows that a million completes, and in how much memory.
 */
const rounds = Number(process.env['ROUNDS'] ?? 5);
const rows = Number(process.env['ROWS'] ?? 200_000);
type Flight = { origin: string; delay: number };
type Airport = { iata: string; state: string };
type Totals = { state: string; delay: number; flights: number; longest: number };

const data = join(import.meta.dirname, '..', 'e2e', 'data');
const sample: Flight[] = JSON.parse(readFileSync(join(data, 'flights-2k.json'), 'utf8')).map(({ origin, delay }: Flight) => ({ origin, delay }));
const airports: Airport[] = readFileSync(join(data, 'airports.csv'), 'utf8').split('\n').slice(1).filter((line) => line.trim() !== '')
  .map((line) => ({ iata: line.slice(0, line.indexOf(',')), state: line.trim().split(',').at(-4) ?? '' }));
const flights: Flight[] = Array.from({ length: rows }, (_, at) => {
  const { origin, delay } = sample[at % sample.length] ?? { origin: '', delay: 0 };
  return { origin, delay: delay + (at % 7) };
});

/** What a person would write for this and nothing else. */
function byHand(): { totals: Totals[]; ms: number } {
  const started = performance.now();
  const late = flights.filter((flight) => flight.delay > 0);
  const byCode = new Map(airports.map((airport) => [airport.iata, airport]));
  const joined = late.map((flight) => ({ ...flight, state: byCode.get(flight.origin)?.state ?? '' }));
  const groups = new Map<string, typeof joined>();
  for (const flight of joined) {
    const group = groups.get(flight.state);
    if (group) group.push(flight);
    else groups.set(flight.state, [flight]);
  }
  const totals = [...groups].map(([state, items]) => ({
    state, delay: items.reduce((sum, each) => sum + each.delay, 0), flights: items.length, longest: items.reduce((most, each) => Math.max(most, each.delay), Number.NEGATIVE_INFINITY),
  }));
  return { totals, ms: performance.now() - started };
}

const bench = await startBench();
try {
  const { t } = bench;
  got(await updateWorkspace(t.database, t.access, { limits: { items: 1_000_000, itemBytes: 50_000_000 } }));
  const steps = [
    aStep('given', 'get-raw-model'),
    aStep('flights', 'extract-collection', { modelPath: 'flights' }, 'given'), aStep('airports', 'extract-collection', { modelPath: 'airports' }, 'given'),
    aStep('late', 'filter-source', { srcField: 'delay', operator: 'greater', filterValue: { const: 0 } }, 'flights'),
    { ...aStep('joined', 'join-models', { leftKey: 'origin', rightKey: 'iata', map: [{ target: 'state', value: { field: 'state' } }, { target: 'flight@number', value: { const: 1 } }] }), sources: { left: 'late', right: 'airports' } },
    aStep('groups', 'group-by', { keys: ['state'] }, 'joined'),
    aStep('totals', 'calculate-array', { operations: [
      { op: 'sum', arrayField: 'items', valueField: 'delay', resultField: 'delay' }, { op: 'sum', arrayField: 'items', valueField: 'flight', resultField: 'flights' }, { op: 'max', arrayField: 'items', valueField: 'delay', resultField: 'longest' },
    ] }, 'groups'),
    aStep('shown', 'transform-model', { fieldsMapping: ['state', 'delay', 'flights', 'longest'].map((name) => ({ target: name, value: { field: name } })) }, 'totals'),
    aStep('answer', 'write-response', {}, 'shown'),
  ];
  const flow = await t.insertFlow(steps);
  const measured = { hand: [] as number[], flow: [] as number[], step: [] as number[] };
  const perStep = new Map<string, number[]>();
  const input = { flights, airports } as unknown as Json; // plain rows of strings and numbers
  for (let round = 0; round < rounds; round++) {
    const { totals, ms } = byHand();
    const run = await t.finished(await t.run(flow, { input }), 600);
    if (run.status !== 'succeeded') throw new Error(JSON.stringify(run.error));
    const wanted = new Map(totals.map((each) => [each.state, each]));
    const given = run.output as unknown as Totals[]; // one row a state
    if (given.length !== totals.length) throw new Error(`${given.length} groups instead of ${totals.length}`);
    for (const each of given) if (JSON.stringify([each.delay, each.flights, each.longest]) !== JSON.stringify(Object.values(wanted.get(each.state ?? '') ?? {}).slice(1))) throw new Error(`wrong totals of ${each.state}`);
    const events = got(await runEvents(t.database, t.access, run.id, { after: 0, limit: 1_000 })).items;
    const at = (type: string, stepId: string) => Date.parse(events.find((each) => each.type === type && each.stepId === stepId)?.at ?? '');
    for (const id of ['late', 'joined', 'groups', 'totals']) perStep.set(id, [...(perStep.get(id) ?? []), at('step.succeeded', id) - at('step.started', id)]);
    measured.hand.push(ms);
    measured.flow.push(at('step.succeeded', 'totals') - at('step.started', 'late'));
  }
  const peak = process.platform === 'linux' ? Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${bench.engine.pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024 : 0;
  console.log(`by hand ${spread(measured.hand)} ms, as a flow with every step's items kept ${spread(measured.flow)} ms`);
  for (const [id, values] of perStep) console.log(`  ${id}: ${spread(values)} ms`);
  report([
    { name: `transform: ${rows} flights, four steps`, value: median(measured.flow), unit: 'ms', rival: 'hand-written code', ratio: median(measured.flow.map((value, round) => value / (measured.hand[round] ?? Number.NaN))), rounds },
    { name: `transform: peak memory of the engine, ${rows} rows`, value: peak, unit: 'MB', rounds: 1 },
  ]);
} finally {
  await bench.close();
}
