import postgres from 'postgres';
import { expect, test } from 'vitest';
import { initialRunState } from '#flow/run-state';
import { defaultLimits } from '#flow/limits';
import { Appender } from './append';
import { LiveRun } from './live-run';
import { planOf } from './plan';
import { createTestDatabase } from '#db/testing';
import { isCondemned, mostSuspects, Suspects } from './suspects';

const appender = new Appender(postgres('postgres://nobody@127.0.0.1:1/none'), () => {}, { write: async () => [] });
const plan = planOf({ schema: 1, kind: 'dataflow', name: 'F', lanes: [{ id: 'main', stages: [] }] });
const aRun = (id: string) => new LiveRun({
  id, workspaceId: 'w', flowId: 'f', flowName: 'F', component: { id: 'c', title: '', fields: [], settings: {} }, plan, kind: 'dataflow', trigger: 'api', startedBy: { id: null, name: '' }, instanceId: null, parentRunId: null,
  depth: 0, pins: {}, inputRef: null, outputRef: null, limits: defaultLimits, traceparent: null,
}, { fence: 1, headSeq: 1, headHash: '', wakes: 0, stalls: 1 }, initialRunState, appender, null);
const never = () => false;
const soon = () => new Promise((resolve) => setTimeout(resolve, 20));

test.each([
  { stalls: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1], together: 8 },
  { stalls: [2, 1, 1, 1], together: 2 },
  { stalls: [1, 1, 1, 2, 1, 1], together: 3 },
  { stalls: [3, 1, 1], together: 1 },
  { stalls: [1, 4, 1], together: 1 },
])('R27 of suspects with $stalls deaths $together begin together, the next when one before it got further or left', async ({ stalls, together }) => {
  const suspects = new Suspects();
  const runs = stalls.map((_, at) => aRun(`r${at}`));
  const begun: string[] = [];
  for (const [at, run] of runs.entries()) suspects.take(run, stalls[at] ?? 1);
  expect(suspects.room).toBe(mostSuspects - stalls.length);
  const turns = runs.map((run) => suspects.turn(run, never).then(() => begun.push(run.facts.id)));
  await soon();
  expect(begun).toEqual(runs.slice(0, together).map((run) => run.facts.id));
  const company = (count: number) => (count <= 1 ? 8 : count === 2 ? 2 : 1);
  for (const [at, run] of runs.entries()) {
    expect(suspects.acquit(run)).toBe(true);
    expect(suspects.acquit(run), 'only once').toBe(false);
    await soon();
    const atTurn = stalls.slice(at + 1, begun.length);
    expect(atTurn.length, `after ${run.facts.id}`).toBeLessThanOrEqual(Math.min(...atTurn.map(company), 8));
    expect(begun.length, `after ${run.facts.id}`).toBeGreaterThanOrEqual(Math.min(stalls.length, at + 2));
  }
  await Promise.all(turns);
  expect(begun).toEqual(runs.map((run) => run.facts.id));
  expect(suspects.room).toBe(mostSuspects);
});

test('R27 a suspect that waits for its turn and is to end, to be handed back or is lost does not go on waiting', async () => {
  const suspects = new Suspects();
  const [first, cancelled, lost, handedBack] = [aRun('a'), aRun('b'), aRun('c'), aRun('d')];
  let isDraining = false;
  for (const run of [first, cancelled, lost, handedBack]) suspects.take(run, 3);
  await suspects.turn(first, never);
  const turns = [suspects.turn(cancelled, never), suspects.turn(lost, never), suspects.turn(handedBack, () => isDraining)];
  cancelled.step.abort(new Error('cancelled'));
  cancelled.called = true;
  lost.lose();
  isDraining = true;
  handedBack.wake();
  await Promise.all(turns);
  // None of them took the place of the one that had begun.
  const next = aRun('e');
  suspects.take(next, 1);
  let isBegun = false;
  const turn = suspects.turn(next, never).then(() => (isBegun = true));
  for (const run of [cancelled, lost, handedBack]) suspects.acquit(run);
  await soon();
  expect(isBegun).toBe(false);
  suspects.acquit(first);
  await turn;
});

test('R27 five deaths condemn a run, and eight where twenty workers died within the last minute', async () => {
  const database = await createTestDatabase();
  const condemned = () => Promise.all([4, 5, 7, 8].map((stalls) => isCondemned(database.sql, stalls)));
  const die = (count: number, ago: string) => database.sql`insert into workers (id, lease_until, host, pid) select ${ago} || n, now() - ${ago}::interval, 'h', n from generate_series(1, ${count}) n`;
  await die(40, '2 minutes');
  await die(3, '-9 seconds'); // these live
  await die(19, '1 second');
  expect(await condemned()).toEqual([false, true, true, true]);
  await die(1, '50 seconds');
  expect(await condemned()).toEqual([false, false, false, true]);
  await database.drop();
});
