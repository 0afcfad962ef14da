import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cancelRun, runEvents } from '#db/runs';
import { listEntries } from '#db/entries';
import type { Step } from '#flow/flow';
import { failure, FailureError } from '#flow/failure';
import type { JsonObject } from '#flow/json';
import { defineDataflowStep, type ExecutionClass } from '#flow/steps/define-step';
import { perItem } from '#flow/steps/per-item';
import { world } from '#flow/steps/testing';
import type { StepUse } from '#flow/steps/capabilities';
import { text } from '#flow/text';
import { Appender } from './append';
import { claimSlots, loadRuns } from './claim';
import { drive, type Outcome } from './drive';
import type { Engine } from './engine';
import { Relay } from './relay';
import { LiveRun } from './live-run';
import { createFigures } from './figures';
import { Suspects } from './suspects';
import { EntryNumbers } from '#db/entry-numbers';
import { until } from '#flow/testing-until';
import { aStep, chain, engineTest, type EngineTest } from './testing';

/** Runs driven by hand, with steps that wait at a gate until the test opens it: what runs beside what is then certain. */
let t: EngineTest;
let appends: postgres.Sql;
beforeAll(async () => {
  t = await engineTest();
  appends = postgres(t.database.url, { max: 1, onnotice: () => {} });
});
afterAll(async () => {
  await appends.end();
  await t.close();
});

type Gate = { arrived: Promise<void>; open: (error?: Error) => void };
type Gates = Map<string, Gate & { pass: (use: StepUse) => Promise<void> }>;

function gatesFor(ids: readonly string[]): Gates {
  return new Map(ids.map((id) => {
    let [reach, open] = [() => {}, (_error?: Error) => {}];
    const arrived = new Promise<void>((resolve) => (reach = resolve));
    const opened = new Promise<void>((resolve, reject) => (open = (error) => (error ? reject(error) : resolve())));
    opened.catch(() => {});
    return [id, { arrived, open, pass: async () => { reach(); await opened; } }];
  }));
}

/** A step type of the given class that passes its items on once its gate is open; with `calls` it is outside meanwhile. */
function gated(gates: Gates, kind: ExecutionClass, calls: boolean) {
  return defineDataflowStep({}, {
    id: 'gated', group: 'transform', class: kind, version: 1, icon: 'box', sources: 'optional', cardinality: 'n→n', title: text('Gated', 'Gated'), summary: text('', ''), help: text('', ''), examples: [], errors: [],
    outputSchema: (_params, { source }) => source ?? { cardinality: 'many', open: true, fields: {} },
    run: async (_params, { source }, use) => {
      const pass = async () => gates.get(use.step.id)?.pass(use);
      if (calls) await use.outside(text('Calls the API', 'Appelle l’API'), pass);
      else await pass();
      return { kind: 'items', items: [...source.items], many: source.many };
    },
  });
}

const isFree = { suspects: 8 };
type Driven = { runId: string; run: LiveRun; outcome: Promise<Outcome> };

async function driven(flowId: string, own: Record<string, ReturnType<typeof gated>>, input: JsonObject = { n: 'A' }): Promise<Driven> {
  const worker = `hand_${flowId}`;
  await t.database.sql`insert into workers (id, lease_until, host, pid) values (${worker}, now() + interval '5 minutes', 'h', 1) on conflict do nothing`;
  const runId = await t.run(flowId, { input });
  const appender = new Appender(appends, () => {});
  const slots = await claimSlots(t.database.sql, worker, 50, isFree);
  const slot = slots.find((each) => each.runId === runId);
  const [loaded] = slot ? await loadRuns(t.database, [slot], appender) : [];
  if (!slot || !loaded) throw new Error('the run was not claimed');
  const plan = { ...loaded.facts.plan, types: new Map([...loaded.facts.plan.types, ...Object.entries(own)]) };
  const run = new LiveRun({ ...loaded.facts, plan }, slot, loaded.state, appender, null);
  return { runId, run, outcome: drive(engineFor(worker, appender), run, slot) };
}

function engineFor(workerId: string, appender: Appender): Engine {
  return { workerId, database: t.database, control: t.database.sql, appender, entryNumbers: new EntryNumbers(t.database.sql), figures: createFigures(), relay: new Relay(), suspects: new Suspects(), calling: { key: Buffer.alloc(32), ownUrl: '' }, canMail: false, mayAct: () => true, isDraining: () => false, madeRoom: () => {} };
}

const events = async (runId: string) => {
  const found = await runEvents(t.database, t.access, runId, { after: 0, limit: 1_000 });
  return found.ok ? found.items.filter((each) => each.type.startsWith('step.') || each.type.startsWith('run.')).map((each) => (each.stepId ? `${each.type.slice(5)} ${each.stepId}` : each.type)) : [];
};
const source = (id: string, from: string): Step => aStep(id, 'distinct', {}, from);
const save = (id: string, from: string): Step => aStep(id, 'update-entry', { component: t.componentId, fieldsMapping: [{ target: 'user_name', value: { field: 'n' } }] }, from);

describe('branches of a dataflow', () => {
  test('R33 steps that read go side by side, and what stands behind one does not wait for the other', async () => {
    const gates = gatesFor(['slow', 'quick']);
    const type = gated(gates, 'read', false);
    const flow = await t.insertFlow([aStep('in', 'get-raw-model'), source('slow', 'in'), source('quick', 'in'), source('behind', 'quick'), source('last', 'slow')]);
    const { runId, run, outcome } = await driven(flow, { slow: type, quick: type });
    await Promise.all([gates.get('slow')?.arrived, gates.get('quick')?.arrived]);
    expect([run.state.steps['slow']?.status, run.state.steps['quick']?.status]).toEqual(['running', 'running']);
    gates.get('quick')?.open();
    await until(() => run.state.steps['behind']?.status === 'succeeded');
    expect(run.state.steps['last']).toBeUndefined();
    gates.get('slow')?.open();
    expect(await outcome).toBe('ended');
    expect(await events(runId)).toEqual([
      'run.requested', 'run.started', 'started in', 'succeeded in', 'started slow', 'started quick', 'succeeded quick', 'started behind', 'succeeded behind', 'succeeded slow', 'started last', 'succeeded last', 'run.succeeded',
    ]);
  });

  test('R34 a call is shown waiting and holds up only what stands behind it; effects elsewhere go on', async () => {
    const gates = gatesFor(['call']);
    const flow = await t.insertFlow([aStep('in', 'get-raw-model'), source('call', 'in'), save('after', 'call'), save('beside', 'in'), aStep('out', 'write-response', {}, 'beside')]);
    const { run, runId, outcome } = await driven(flow, { call: gated(gates, 'effect', true) });
    await gates.get('call')?.arrived;
    await until(() => run.state.steps['out']?.status === 'succeeded');
    expect(run.state).toMatchObject({ status: 'waiting', steps: { call: { status: 'waiting', reason: { en: 'Calls the API' } }, beside: { status: 'succeeded' } } });
    await until(() => run.isResting);
    gates.get('call')?.open();
    await outcome;
    expect(run.state).toMatchObject({ status: 'succeeded', steps: { call: { attempt: 1, status: 'succeeded', reason: null }, after: { status: 'succeeded' } } });
    const told = await events(runId);
    expect(told.indexOf('waiting call')).toBeLessThan(told.indexOf('started beside'));
    expect(told.indexOf('succeeded call')).toBeGreaterThan(told.indexOf('succeeded out'));
  });

  test('R35 effects begin one at a time in position order, also when a later one is ready sooner', async () => {
    const gates = gatesFor(['first', 'read']);
    const flow = await t.insertFlow([aStep('in', 'get-raw-model'), source('read', 'in'), source('first', 'read'), save('second', 'in')]);
    const { run, runId, outcome } = await driven(flow, { read: gated(gates, 'read', false), first: gated(gates, 'effect', false) });
    await gates.get('read')?.arrived;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(run.state.steps['second'], 'it is ready, yet an earlier effect is still to come').toBeUndefined();
    gates.get('read')?.open();
    await gates.get('first')?.arrived;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(run.state.steps['second']).toBeUndefined();
    gates.get('first')?.open();
    await outcome;
    expect((await events(runId)).slice(-5)).toEqual(['started first', 'succeeded first', 'started second', 'succeeded second', 'run.succeeded']);
  });

  test('R14 after a failure nothing new starts, what runs is finished, and the first failure is the run’s', async () => {
    const gates = gatesFor(['bad', 'good', 'worse']);
    const type = gated(gates, 'read', false);
    const flow = await t.insertFlow([aStep('in', 'get-raw-model'), source('good', 'in'), source('bad', 'in'), source('worse', 'in'), source('never', 'good')]);
    const { run, outcome } = await driven(flow, { bad: type, good: type, worse: type });
    await Promise.all([...gates.values()].map((gate) => gate.arrived));
    gates.get('bad')?.open(new Error('broken (the test says so)'));
    await until(() => run.state.steps['bad']?.status === 'failed');
    gates.get('worse')?.open(new Error('worse (the test says so)'));
    await until(() => run.state.steps['worse']?.status === 'failed');
    expect(run.state.status).toBe('running');
    gates.get('good')?.open();
    await outcome;
    expect(run.state).toMatchObject({ status: 'failed', error: { stepId: 'bad' }, steps: { good: { status: 'succeeded' }, worse: { status: 'failed' } } });
    expect(run.state.steps['never']).toBeUndefined();
  });

  test('R21 cancelling stops calls and reads that do not even listen, and nothing is said after the end', async () => {
    const gates = gatesFor(['call', 'read']);
    const flow = await t.insertFlow([aStep('in', 'get-raw-model'), source('call', 'in'), source('read', 'in')]);
    const { run, runId, outcome } = await driven(flow, { call: gated(gates, 'read', true), read: gated(gates, 'read', false) });
    await Promise.all([...gates.values()].map((gate) => gate.arrived));
    expect(await cancelRun(t.database, t.access, runId)).toMatchObject({ ok: true });
    run.called = true; // What the worker's tick does.
    expect(await outcome).toBe('ended'); // with both gates still shut
    expect(run.state).toMatchObject({ status: 'cancelled', steps: { call: { status: 'cancelled' }, read: { status: 'cancelled' } } });
    const before = (await events(runId)).length;
    for (const gate of gates.values()) gate.open();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await events(runId)).toHaveLength(before);
  });

  test('R10 what steps beside an effect say waits for its transaction, and is written behind it', async () => {
    const flow = await t.insertFlow([...chain(1), source('read', 's1'), save('save', 's1')]);
    const gates = gatesFor(['read']);
    const before = await listEntries(t.database, t.access, t.componentId, { limit: 1 });
    const { run, runId, outcome } = await driven(flow, { read: gated(gates, 'read', false) });
    await gates.get('read')?.arrived;
    let [isOpen, begin] = [false, () => {}];
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const alone = run.exclusive(async () => {
      begin();
      run.emit([{ type: 'step.progress', stepId: 'read', attempt: 1, iteration: 0, data: { done: 1 } }]);
      await new Promise((resolve) => setTimeout(resolve, 60));
      expect(await events(runId)).not.toContain('progress read');
      isOpen = true;
    });
    await begun;
    await run.settled();
    expect(isOpen, 'settled means written, not held back').toBe(true);
    await alone;
    expect(await events(runId)).toContain('progress read');
    gates.get('read')?.open();
    await outcome;
    const after = await listEntries(t.database, t.access, t.componentId, { limit: 1 });
    expect((after.ok ? after.total : 0) - (before.ok ? before.total : 0)).toBe(1);
  });
});

describe('items side by side', () => {
  const list = (count: number) => ({ items: Array.from({ length: count }, (_, at) => ({ at })), many: true });

  test('R36 results keep the items’ order, never more than the width at once', async () => {
    let [now, most] = [0, 0];
    const outcome = await perItem(list(40), world().use, async (item, index) => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, (index * 7) % 11));
      now -= 1;
      return { ...item, done: true };
    }, true, 4);
    expect(most).toBe(4);
    expect(outcome).toEqual({ kind: 'items', many: true, items: list(40).items.map((item) => ({ ...item, done: true })) });
  });

  test('R36 the first item by order that failed is named, those under way are brought to their end, no other begins', async () => {
    const begun: number[] = [];
    const ended: number[] = [];
    const work = perItem(list(40), world().use, async (_item, index) => {
      begun.push(index);
      await new Promise((resolve) => setTimeout(resolve, index === 1 ? 5 : 15));
      if (index === 1) throw new FailureError(failure('TYPE_MISMATCH', text('no', 'non')));
      ended.push(index);
      return null;
    }, true, 4);
    await expect(work).rejects.toMatchObject({ failure: { code: 'TYPE_MISMATCH', itemIndex: 1 } });
    expect(begun).toEqual([0, 1, 2, 3]);
    expect(ended.toSorted()).toEqual([0, 2, 3]);
  });
});

