import postgres from 'postgres';
import { expect, test } from 'vitest';
import { initialRunState } from '#flow/run-state';
import { defaultLimits } from '#flow/limits';
import { Appender } from './append';
import { LiveRun } from './live-run';
import { planOf } from './plan';
import { mostSuspects, Suspects } from './suspects';

const appender = new Appender(postgres('postgres://nobody@127.0.0.1:1/none'), () => {}, { write: async () => [] });
const plan = planOf({ schema: 1, kind: 'dataflow', name: 'F', lanes: [{ id: 'main', stages: [] }] });
const aRun = (id: string) => new LiveRun({
  id, workspaceId: 'w', flowId: 'f', flowName: 'F', component: { id: 'c', title: '', fields: [], settings: {} }, plan, kind: 'dataflow', trigger: 'api', startedBy: { id: null, name: '' }, instanceId: null, parentRunId: null,
  depth: 0, pins: {}, inputRef: null, outputRef: null, limits: defaultLimits, traceparent: null,
}, { fence: 1, headSeq: 1, headHash: '', wakes: 0, stalls: 1 }, initialRunState, appender, null);
const never = () => false;
const soon = () => new Promise((resolve) => setTimeout(resolve, 20));

test('R27 suspects of a worker begin one at a time: the next when the one before it got further or left', async () => {
  const suspects = new Suspects();
  const runs = ['a', 'b', 'c', 'd'].map(aRun);
  const begun: string[] = [];
  for (const run of runs) suspects.take(run);
  expect(suspects.room).toBe(mostSuspects - 4);
  const turns = runs.map((run) => suspects.turn(run, never).then(() => begun.push(run.facts.id)));
  await soon();
  expect(begun).toEqual(['a']);
  for (const [at, run] of runs.entries()) {
    expect(suspects.acquit(run)).toBe(true);
    expect(suspects.acquit(run), 'only once').toBe(false);
    await soon();
    expect(begun.length, `after ${run.facts.id}`).toBe(Math.min(4, at + 2));
  }
  await Promise.all(turns);
  expect(new Set(begun)).toEqual(new Set(['a', 'b', 'c', 'd']));
  expect(suspects.room).toBe(mostSuspects);
});

test('R27 a suspect that waits for its turn and is to end, to be handed back or is lost does not go on waiting', async () => {
  const suspects = new Suspects();
  const [first, cancelled, lost, handedBack] = [aRun('a'), aRun('b'), aRun('c'), aRun('d')];
  let isDraining = false;
  for (const run of [first, cancelled, lost, handedBack]) suspects.take(run);
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
  suspects.take(next);
  let isBegun = false;
  const turn = suspects.turn(next, never).then(() => (isBegun = true));
  for (const run of [cancelled, lost, handedBack]) suspects.acquit(run);
  await soon();
  expect(isBegun).toBe(false);
  suspects.acquit(first);
  await turn;
});
