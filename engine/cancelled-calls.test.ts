import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEntry, listEntries } from '#db/entries';
import { cancelRun, getRun, resumeRun, runEvents } from '#db/runs';
import type { FlowSettings, Step } from '#flow/flow';
import type { Json } from '#flow/json';
import { until } from '#flow/testing-until';
import { aStep, engineTest, type EngineTest } from './testing';

/** A run that ends while runs it called go on: on real PostgreSQL, with two engines that share parents and children. */
let t: EngineTest;
beforeAll(async () => {
  t = await engineTest();
  await Promise.all([t.start(), t.start()]);
});
afterAll(() => t.close(), 60_000);

const given = aStep('given', 'get-raw-model');
const saving = () => aStep('save', 'update-entry', { component: t.componentId, fieldsMapping: [{ target: 'user_name', value: { const: 'Child' } }] }, 'given');
const calling = (dataflow: string, params: { [key: string]: Json } = {}) => aStep('call', 'execute-dataflow', { component: t.componentId, dataflow, ...params }, 'given');
const dataflow = (steps: Step[], settings: FlowSettings = {}) => t.insertFlow(steps, { settings });
const childrenOf = (runId: string) => t.database.sql<{ id: string; status: string; created: Date }[]>`select id, status, created_at as created from runs where parent_run_id = ${runId} order by id`;
const entries = async () => {
  const listed = await listEntries(t.database, t.access, t.componentId, { limit: 1 });
  return listed.ok ? listed.total : -1;
};
/** Nothing can be saved meanwhile: runs that save stand still in the middle of their step. */
async function whileSavingStands(work: () => Promise<void>): Promise<void> {
  await t.database.sql.begin(async (tx) => {
    await tx`select 1 from components where id = ${t.componentId} for no key update`;
    await work();
  });
}
const endsOf = async (runId: string) => {
  const events = await runEvents(t.database, t.access, runId, { after: 0, limit: 1_000 });
  return events.ok ? events.items.map((each) => each.type).slice(-1) : [];
};
const allEnded = async (ids: readonly string[]) => {
  for (const id of ids) await t.finished(id);
};

describe('the children of a cancelled run', () => {
  test.each(['dataflow', 'workflow'] as const)('R51 sub-runs of "execute dataflow" in a %s end with it, two levels down; nothing is written after', async (kind) => {
    const leaf = await dataflow([given, saving()]);
    const middle = await dataflow([given, calling(leaf)]);
    const flow = kind === 'dataflow' ? await dataflow([given, calling(middle, { itemsField: 'list' })]) : await t.insertFlow([aStep('call', 'execute-dataflow', { dataflow: await dataflow([aStep('given', 'get-workflow-model'), calling(leaf)]) })], { kind: 'workflow' });
    const made = await createEntry(t.database, t.access, t.componentId, { data: { user_name: 'Ana', state: 1 } });
    const before = await entries();
    await whileSavingStands(async () => {
      const runId = await t.run(flow, kind === 'dataflow' ? { input: { list: [1, 2, 3].map((n) => ({ n })) } } : { entryId: made.ok ? made.entry.id : 0 });
      const grandchildren = async () => (await Promise.all((await childrenOf(runId)).map((each) => childrenOf(each.id)))).flat();
      await until(async () => (await grandchildren()).filter((each) => each.status === 'running').length === (kind === 'dataflow' ? 3 : 1));
      expect(await cancelRun(t.database, t.access, runId)).toMatchObject({ ok: true });
      const from = Date.now();
      expect((await t.finished(runId)).status).toBe('cancelled');
      const family = [...(await childrenOf(runId)), ...(await grandchildren())].map((each) => each.id);
      await allEnded(family);
      expect(Date.now() - from).toBeLessThan(6_000); // three levels, each within a second and what a shared machine adds
      for (const id of [runId, ...family]) expect([id, (await getRun(t.database, t.access, id)), await endsOf(id)]).toMatchObject([id, { run: { status: 'cancelled' } }, ['run.cancelled']]);
    });
    await pause(1_500); // what hung in PostgreSQL has gone on by now
    expect(await entries()).toBe(before);
  });

  test('R51 a workflow that "execute workflow" waits for ends with it, and its instance says so', async () => {
    const child = await t.insertFlow([aStep('save', 'update-model')], { kind: 'workflow', name: 'Child' });
    const flow = await dataflow([given, aStep('call', 'execute-workflow', { component: t.componentId, workflow: child, waitComplete: true }, 'given')]);
    await whileSavingStands(async () => {
      const runId = await t.run(flow, { input: [{ user_name: 'Lou' }, { user_name: 'Max' }] });
      await until(async () => (await childrenOf(runId)).some((each) => each.status === 'running'));
      await cancelRun(t.database, t.access, runId);
      expect((await t.finished(runId)).status).toBe('cancelled');
      const own = await childrenOf(runId);
      await allEnded(own.map((each) => each.id));
      expect((await childrenOf(runId)).map((each) => each.status)).toEqual(own.map(() => 'cancelled'));
      const states = await t.database.sql<{ state: string }[]>`select i.state from instances i join runs r on r.instance_id = i.id where r.parent_run_id = ${runId}`;
      expect(states.map((each) => each.state)).toEqual(own.map(() => 'cancelled'));
    });
  });

  test('R51 cancelled at any moment, also while it begins them, no child escapes', async () => {
    const leaf = await dataflow([given, ...Array.from({ length: 6 }, (_, at) => ({ ...saving(), id: `save${at}`, name: `save${at}`, ...(at === 0 ? {} : { sources: { source: `save${at - 1}` } }) }))]);
    const flow = await dataflow([given, calling(leaf, { itemsField: 'list' })]);
    const list = Array.from({ length: 40 }, (_, n) => ({ n }));
    const runs = await Promise.all(Array.from({ length: 24 }, async (_, at) => {
      const runId = await t.run(flow, { input: { list } });
      await pause(at * 60);
      await cancelRun(t.database, t.access, runId);
      return runId;
    }));
    let [cancelled, stopped] = [0, 0];
    for (const id of runs) {
      const run = await t.finished(id, 40);
      const own = await childrenOf(id);
      await allEnded(own.map((each) => each.id));
      if (run.status !== 'cancelled') continue;
      cancelled += 1;
      for (const child of own) expect(child.created.getTime(), 'no child begins after its parent’s end').toBeLessThanOrEqual(Date.parse(run.finishedAt ?? ''));
      stopped += (await childrenOf(id)).filter((each) => each.status === 'cancelled').length;
    }
    expect(cancelled).toBeGreaterThan(12);
    expect(stopped).toBeGreaterThan(0);
    expect(await t.database.sql`select 1 from run_slots`).toHaveLength(0);
  }, 120_000);
});

describe('the children of a run that fails', () => {
  test('R51 over its time limit: they end with it', async () => {
    const flow = await dataflow([given, calling(await dataflow([given, saving()]))], { timeoutMs: 1_500 });
    await whileSavingStands(async () => {
      const runId = await t.run(flow, { input: { n: 1 } });
      expect(await t.finished(runId)).toMatchObject({ status: 'failed', error: { code: 'RUN_TIMEOUT' } });
      const [child] = await childrenOf(runId);
      expect(await t.finished(child?.id ?? '')).toMatchObject({ status: 'cancelled' });
    });
  });

  test('R51 at another step: they end with it, and a resume calls again', async () => {
    const leaf = await dataflow([given, saving()]);
    const late = await dataflow([given]);
    await t.database.sql`update flows set published_version_id = null where id = ${late}`;
    const flow = await dataflow([given, calling(leaf), { ...calling(late), id: 'fails', name: 'fails' }]);
    let runId = '';
    await whileSavingStands(async () => {
      runId = await t.run(flow, { input: { n: 1 } });
      expect(await t.finished(runId)).toMatchObject({ status: 'failed', error: { code: 'NOT_PUBLISHED', stepId: 'fails' } });
      for (const each of await childrenOf(runId)) await t.finished(each.id);
      expect((await childrenOf(runId)).map((each) => each.status)).toEqual(['cancelled']);
    });
    await t.database.sql`update flows set published_version_id = (select id from flow_versions where flow_id = ${late}) where id = ${late}`;
    const before = await entries();
    expect(await resumeRun(t.database, t.access, runId)).toMatchObject({ ok: true });
    expect(await t.finished(runId)).toMatchObject({ status: 'succeeded' });
    expect(await entries() - before).toBe(1);
  });
});
