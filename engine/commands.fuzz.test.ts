import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { failure } from '#flow/failure';
import { flowDefinition, type Step } from '#flow/flow';
import type { RunEvent } from '#flow/run-event';
import { evolve, foldEvents, initialRunState, isEnded, type RunState, type StepStatus } from '#flow/run-state';
import { decide } from './decide';
import { acts, planOf, type Plan } from './plan';

/**
 * Random commands of people and accidents against the pure core: whatever comes in whatever order, the rules hold at each
 * event, the fold agrees with a second, plainer one, and the run can be brought to an end.
 */
const commands = ['good', 'good', 'good', 'good', 'empty', 'fail', 'retry', 'wait', 'launch', 'launch', 'call', 'answer', 'pause', 'unpause', 'cancel', 'kill', 'resume', 'fork'] as const;
type Command = (typeof commands)[number];
const types = ['distinct', 'import-file', 'update-entry', 'execute-workflow', 'write-response'] as const;
const node = fc.record({ type: fc.constantFrom(...types), source: fc.nat() });
const by = { id: null, name: '' };

function planFrom(nodes: readonly { type: string; source: number }[]): Plan {
  const steps: Step[] = [{ id: 's0', type: 'get-raw-model', name: 's0' }, ...nodes.map((each, at): Step => ({ id: `s${at + 1}`, type: each.type, name: `s${at + 1}`, sources: { source: `s${each.source % (at + 1)}` } }))];
  return planOf(flowDefinition.parse({ schema: 1, kind: 'dataflow', name: 'f', lanes: [{ id: 'main', stages: [{ id: 'g', name: 'g', steps }] }] }));
}

type World = { plan: Plan; state: RunState; events: RunEvent[]; busy: Set<string>; due: Set<string>; clock: number };
type Loose = { type: RunEvent['type']; stepId?: string; attempt?: number; iteration?: number; data: object };

function tell(world: World, event: Loose): void {
  const full = { ...event, seq: world.state.seq + 1, at: new Date(world.clock).toISOString() } as RunEvent; // Built from the closed list below.
  hold(world, full);
  world.events.push(full);
  world.state = evolve(world.state, full);
}

/** The rules, at the moment an event is about to be written. */
function hold({ plan, state, busy }: World, event: RunEvent): void {
  const id = event.stepId ?? '';
  if (isEnded(state.status)) assert.equal(event.type, 'run.resumed', 'nothing follows the end but its resumption');
  if (event.type === 'step.started') {
    assert.ok(!state.cancelRequested, 'R21: a step began in a run that is to stop');
    assert.notEqual(state.status, 'paused', 'R50: a step began while paused');
    assert.ok(!Object.values(state.steps).some((step) => step.status === 'failed'), 'R14: a step began after one had failed');
    assert.ok(plan.graph.sourcesOf(id).every(({ stepId }) => ['succeeded', 'skipped'].includes(state.steps[stepId]?.status ?? '')), 'R11: a step began before its source');
    assert.ok(!acts(plan, id) || ![...busy].some((other) => acts(plan, other) && state.steps[other]?.status === 'running'), `R35: ${id} acts while another does`);
    assert.ok([...busy].filter((other) => state.steps[other]?.status === 'running').length < 8, 'R33: more than eight at once');
  }
  if (event.type === 'step.succeeded') {
    assert.ok(state.steps[id]?.status === 'running' || state.steps[id]?.status === 'waiting', 'R9: a success without a start');
    assert.equal(state.steps[id]?.attempt, event.attempt, 'R9: a success of another attempt');
  }
}

function begin(plan: Plan, first: Loose[] = []): World {
  const world: World = { plan, state: initialRunState, events: [], busy: new Set(), due: new Set(), clock: 1_000 };
  for (const event of first) {
    world.state = evolve(world.state, { ...event, seq: world.state.seq + 1, at: new Date(world.clock).toISOString() } as RunEvent);
    world.events.push({ ...event, seq: world.state.seq, at: new Date(world.clock).toISOString() } as RunEvent);
  }
  if (first.length === 0) tell(world, { type: 'run.requested', data: { trigger: 'api', startedBy: by, version: 1, draft: false } });
  tell(world, { type: 'run.started', data: { worker: 'w' } });
  return world;
}

const waitingOf = (world: World) => Object.entries(world.state.steps).filter(([id, step]) => step.status === 'waiting' && !world.busy.has(id)).map(([id]) => id);

function play(world: World, command: Command): World {
  world.clock += 100;
  const ended = isEnded(world.state.status);
  switch (command) {
    case 'pause':
      if (!ended && world.state.status !== 'paused') tell(world, { type: 'run.paused', data: { by } });
      return world;
    case 'unpause':
      if (world.state.status === 'paused') tell(world, { type: 'run.unpaused', data: { by } });
      return world;
    case 'cancel':
      if (!ended && !world.state.cancelRequested) tell(world, { type: 'cancel.requested', data: { by } });
      return world;
    case 'answer':
      world.due = new Set(waitingOf(world));
      return world;
    case 'kill':
      world.busy.clear();
      world.due = new Set(waitingOf(world));
      return world;
    case 'resume': {
      const open = world.plan.graph.order.find((id) => !['succeeded', 'skipped'].includes(world.state.steps[id]?.status ?? 'pending'));
      if ((world.state.status !== 'failed' && world.state.status !== 'cancelled') || open === undefined) return world;
      tell(world, { type: 'run.resumed', data: { by, fromStep: open, version: 1 } });
      tell(world, { type: 'run.started', data: { worker: 'w' } });
      world.due = new Set(waitingOf(world));
      return world;
    }
    case 'fork':
      return fork(world);
    case 'good': case 'empty': case 'fail': case 'retry': case 'wait': case 'launch': case 'call':
      if (!ended) carryOn(world, command);
      return world;
  }
}

/** What `db/run-fork.ts` does: the results before a step's start begin the log of a new run. */
function fork(world: World): World {
  const cut = world.events.findLast((event) => event.type === 'step.started');
  if (!cut) return world;
  const kept = new Map<string, RunEvent>();
  for (const event of world.events) if (event.seq < cut.seq && event.stepId !== cut.stepId && (event.type === 'step.succeeded' || event.type === 'step.skipped')) kept.set(event.stepId ?? '', event);
  const own = (event: RunEvent) => ({ stepId: event.stepId ?? '', attempt: event.attempt ?? 1, iteration: 0 });
  return begin(world.plan, [
    { type: 'run.requested', data: { trigger: 'api', startedBy: by, version: 1, draft: false, fork: { runId: 'r', seq: cut.seq - 1, fromStep: cut.stepId ?? '', allowEffects: true } } },
    ...[...kept.values()].flatMap((event): Loose[] => [
      ...(event.type === 'step.succeeded' ? [{ type: 'step.started' as const, ...own(event), data: { itemsIn: 1, reused: true } }] : []), { type: event.type, ...own(event), data: { ...event.data, reused: true } },
    ]),
  ]);
}

function carryOn(world: World, command: Command): void {
  const decision = decide(world.state, world.plan, { due: world.due, now: new Date(world.clock).toISOString(), busy: world.busy });
  switch (decision.do) {
    case 'skip':
      return tell(world, { type: 'step.skipped', stepId: decision.stepId, data: { reason: decision.reason } });
    case 'succeed':
      return tell(world, { type: 'run.succeeded', data: { warnings: 0 } });
    case 'fail':
      return tell(world, { type: 'run.failed', data: { error: decision.error } });
    case 'cancel':
      world.busy.clear();
      return tell(world, { type: 'run.cancelled', data: {} });
    case 'park': {
      const [first] = world.busy;
      if (first !== undefined) return finish(world, first, command);
      world.clock += 10_000;
      if (world.state.status !== 'paused') world.due = new Set(waitingOf(world));
      return;
    }
    case 'continue':
      world.due.delete(decision.stepId);
      return finish(world, decision.stepId, command);
    case 'start': {
      const own = { stepId: decision.stepId, attempt: decision.attempt, iteration: decision.iteration };
      tell(world, { type: 'step.started', ...own, data: { itemsIn: 1 } });
      if (command === 'launch' || command === 'call') world.busy.add(decision.stepId);
      if (command === 'call') tell(world, { type: 'step.waiting', ...own, data: { reason: 'call' } });
      if (command !== 'launch' && command !== 'call') finish(world, decision.stepId, command);
    }
  }
}

function finish(world: World, stepId: string, command: Command): void {
  world.busy.delete(stepId);
  const own = { stepId, attempt: world.state.steps[stepId]?.attempt ?? 1, iteration: 0 };
  const error = failure('TYPE_MISMATCH', { en: 'no', fr: 'non' }, { stepId });
  if (command === 'wait') return tell(world, { type: 'step.waiting', ...own, data: { reason: 'child' } });
  if (command === 'fail' || command === 'retry') tell(world, { type: 'step.failed', ...own, data: { error, retryable: command === 'retry' } });
  if (command === 'fail') return;
  if (command === 'retry') return tell(world, { type: 'step.retry_scheduled', ...own, data: { at: new Date(world.clock + 1_000).toISOString(), attempt: own.attempt + 1, of: 3 } });
  const responded = world.plan.steps.get(stepId)?.type === 'write-response' && !world.state.responded ? { responded: true } : {};
  tell(world, { type: 'step.succeeded', ...own, data: { itemsIn: 1, itemsOut: command === 'empty' ? 0 : 2, durationMs: 1, warnings: 0, many: true, ...responded } });
}

/** The same facts, folded plainly: the last event of a step says how it stands, but for the ends and resumptions of its run. */
function plainly(events: readonly RunEvent[]): Record<string, StepStatus> {
  const says: Partial<Record<RunEvent['type'], StepStatus>> = { 'step.started': 'running', 'step.waiting': 'waiting', 'step.succeeded': 'succeeded', 'step.failed': 'failed', 'step.skipped': 'skipped', 'step.retry_scheduled': 'retrying' };
  const steps: Record<string, StepStatus> = {};
  for (const event of events) {
    const status = says[event.type];
    if (status && event.stepId) steps[event.stepId] = status;
    if (event.type === 'run.cancelled') for (const [id, each] of Object.entries(steps)) if (each === 'running' || each === 'waiting' || each === 'retrying') steps[id] = 'cancelled';
    if (event.type === 'run.resumed') for (const [id, each] of Object.entries(steps)) if (each === 'failed' || each === 'cancelled' || id === event.data.fromStep) steps[id] = 'pending';
  }
  return steps;
}

describe('commands in any order', () => {
  test('R8 R9 R11 R14 R21 R35 R50 R52 hold through any sequence, the fold agrees with a plainer one, and every run can end', () => {
    const seen = new Map<string, number>();
    let sequences = 0;
    fc.assert(fc.property(fc.array(node, { minLength: 1, maxLength: 5 }), fc.array(fc.constantFrom(...commands), { maxLength: 22 }), (nodes, list) => {
      let world = begin(planFrom(nodes));
      for (const command of list) world = play(world, command);
      for (let tries = 0; tries < 200 && !isEnded(world.state.status); tries++) world = play(world, world.state.status === 'paused' ? 'unpause' : 'good');
      assert.ok(isEnded(world.state.status), 'it came to an end');
      assert.deepEqual(foldEvents(initialRunState, world.events), world.state);
      assert.deepEqual(Object.fromEntries(Object.entries(world.state.steps).map(([id, step]) => [id, step.status])), plainly(world.events));
      const done = world.events.filter((event) => event.type === 'step.succeeded').map((event) => event.stepId);
      assert.equal(new Set(done).size, done.length, 'R8: a step succeeded twice');
      sequences += 1;
      for (const { type } of world.events) seen.set(type, (seen.get(type) ?? 0) + 1);
    }), { numRuns: process.env['MILLRACE_LONG'] ? 100_000 : 10_000, seed: Number(process.env['MILLRACE_SEED'] ?? 20_261_127) });
    expect(sequences).toBeGreaterThanOrEqual(10_000);
    for (const type of ['run.paused', 'run.unpaused', 'run.resumed', 'run.cancelled', 'run.failed', 'run.succeeded', 'step.waiting', 'step.retry_scheduled', 'step.skipped']) expect(seen.get(type) ?? 0, type).toBeGreaterThan(200);
  }, 120_000);
});
