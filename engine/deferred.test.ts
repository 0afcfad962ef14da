import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEntry, listEntries, updateEntry } from '#db/entries';
import { components } from '#db/schema/index';
import { forkRun, rerunRun, resumeRun, runEvents } from '#db/runs';
import { releaseLeases } from '#db/worker-leases';
import { newId } from '#flow/id';
import type { Json } from '#flow/json';
import { aStep, engineTest, type EngineTest } from './testing';
import { bundleEngine, spawnEngine } from './testing-process';

let t: EngineTest;
beforeAll(async () => {
  t = await engineTest();
});
afterAll(() => t.close(), 60_000);

const given = aStep('given', 'get-raw-model');
const rows = aStep('rows', 'extract-collection', { modelPath: 'rows' }, 'given');
const fresh = async () => {
  const id = newId('cmp');
  await t.database.db.insert(components).values({ id, workspaceId: t.access.workspaceId, title: 'Stock', fields: [{ name: 'code', title: 'Code', type: 'string', primaryKey: true, required: true }, { name: 'count', title: 'Count', type: 'integer', min: 0 }] });
  return id;
};
const defer = (id: string, component: string, source: string, more: { [key: string]: Json } = {}) => aStep(id, 'deferred-update-entry', { component, ...more }, source);
const apply = (id: string, params: { [key: string]: Json } = {}, source?: string) => aStep(id, 'apply-deferred-update-operations', params, source);
const stockOf = async (component: string) => {
  const listed = await listEntries(t.database, t.access, component, { limit: 200, sort: 'id' });
  return listed.ok ? { total: listed.total, items: listed.items.map((each) => [each.id, each.data['code'], each.data['count']]) } : null;
};
const xidsOf = async (component: string, runId: string) => (await t.database.sql<{ count: number }[]>`select count(distinct e.xmin::text)::int as count from entries e where e.component_id = ${component}
  and exists (select 1 from entry_changes c where c.component_id = e.component_id and c.entry_id = e.id and c.run_id = ${runId})`)[0]?.count;
const renameAll = async (component: string) => {
  for (const [id] of (await stockOf(component))?.items ?? []) expect(await updateEntry(t.database, t.access, component, Number(id), { data: { code: `old ${newId('x')}` } })).toMatchObject({ ok: true });
};
const fork = async (runId: string, fromStep: string, allowEffects = true) => {
  const asked = await forkRun(t.database, t.access, runId, { fromStep, allowEffects });
  if (!asked.ok) throw new Error(`${asked.failure.code}: ${asked.failure.message}`);
  return asked.runId;
};
const insert = async (component: string, code: string, count = 0) => {
  const made = await createEntry(t.database, t.access, component, { data: { code, count } });
  if (!made.ok) throw new Error(made.failure.message);
  return made.entry.id;
};

describe('kill -9', () => {
  test('R63 R26 the queue survives a killed engine: each operation is written once', async () => {
    const component = await fresh();
    const file = await bundleEngine();
    const doomed = await spawnEngine(file, t.database.url);
    const many = Array.from({ length: 1_500 }, (_, at) => ({ code: `K${at}`, count: at }));
    const flow = await t.insertFlow([given, rows, defer('queue', component, 'rows'), defer('again', component, 'queue', { fieldsMapping: [{ target: 'code', value: { expr: 'item.code + "b"' } }] }), apply('apply', { batchChunkSize: 100 }), aStep('answer', 'write-response', {}, 'apply')]);
    const runId = await t.run(flow, { input: { rows: many } });
    for (let tries = 0; tries < 400; tries++) {
      const [row] = await t.database.sql<{ count: number }[]>`select count(*)::int as count from run_effects where run_id = ${runId} and step_id = 'apply'`;
      if ((row?.count ?? 0) >= 2) break;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    await doomed.kill('SIGKILL');
    await releaseLeases(t.database.sql, doomed.pid);
    await t.start();
    const run = await t.finished(runId, 60);
    expect(run).toMatchObject({ status: 'succeeded', output: { _applied: { created: 3_000, updated: 0, deleted: 0, failed: [] } } });
    expect((await stockOf(component))?.total).toBe(3_000);
    const events = await runEvents(t.database, t.access, runId, { after: 0, limit: 1_000 });
    expect(events.ok && events.items.filter((each) => each.type === 'lease.taken').length).toBeGreaterThan(1);
  }, 120_000);
});

describe('the deferred pair', () => {
  beforeAll(async () => void (await t.start()));

  test('R63 a thousand entries are created, changed and deleted in one transaction', async () => {
    const component = await fresh();
    const old = [];
    for (let at = 0; at < 20; at++) old.push(await insert(component, `old${at}`));
    const input = {
      rows: [...Array.from({ length: 960 }, (_, at) => ({ code: `N${at}`, count: at })), ...old.slice(0, 20).map((id, at) => ({ id, code: `old${at}`, count: 100 + at }))],
      gone: old.slice(0, 20).map((id) => ({ id })),
    };
    const flow = await t.insertFlow([
      given, rows, defer('queue', component, 'rows', { keyField: 'id' }), aStep('gone', 'extract-collection', { modelPath: 'gone' }, 'given'), defer('remove', component, 'gone', { keyField: 'id', markForDeletion: true }),
      apply('apply'), aStep('answer', 'write-response', {}, 'apply'),
    ]);
    const run = await t.finished(await t.run(flow, { input }), 60);
    expect(run).toMatchObject({ status: 'succeeded', warnings: 0, output: { _applied: { created: 960, updated: 20, deleted: 20, failed: [] } } });
    expect((await stockOf(component))?.total).toBe(960);
    expect(await xidsOf(component, run.id)).toBe(1);
  });

  test('R64 one bad operation rolls its batch back, with its place named; earlier batches stay, and a resume skips them', async () => {
    const component = await fresh();
    await insert(component, 'taken');
    const list = Array.from({ length: 10 }, (_, at) => ({ code: at === 7 ? 'taken' : `B${at}`, count: at }));
    const flow = await t.insertFlow([given, rows, defer('queue', component, 'rows'), apply('apply', { batchChunkSize: 4 }), aStep('answer', 'write-response', {}, 'apply')]);
    const run = await t.finished(await t.run(flow, { input: { rows: list } }));
    expect(run.error).toMatchObject({ code: 'DUPLICATE_KEY', stepId: 'apply', path: 'operations[7]', details: { operation: 7 } });
    expect((await stockOf(component))?.items.map(([, code]) => code)).toEqual(['taken', 'B0', 'B1', 'B2', 'B3']);
    const whole = await t.finished(await t.run(await t.insertFlow([given, rows, defer('queue', component, 'rows'), apply('apply')]), { input: { rows: [{ code: 'C1' }, { code: 'C2', count: -1 }] } }));
    expect(whole.error).toMatchObject({ code: 'VALIDATION_FAILED', details: { operation: 1 } });
    expect((await stockOf(component))?.total).toBe(5);
  });

  test('R64 with "continue on error" the other batches are written and the refused one is listed', async () => {
    const component = await fresh();
    const flow = await t.insertFlow([given, rows, defer('queue', component, 'rows'), { ...apply('apply', { batchChunkSize: 2, parallelBatches: 4 }, 'given'), onError: 'continue' }, aStep('answer', 'write-response', {}, 'apply')]);
    const run = await t.finished(await t.run(flow, { input: { rows: [{ code: 'A' }, { code: 'B' }, { code: 'C' }, { code: 'D', count: -1 }, { code: 'E' }] } }));
    expect(run).toMatchObject({ status: 'succeeded', output: { _applied: { created: 3, failed: [{ operation: 3, code: 'VALIDATION_FAILED' }] } } });
    expect((await stockOf(component))?.total).toBe(3);
  });

  test('R63 operations on one entry stay in order and in one batch, however small the batches', async () => {
    const component = await fresh();
    const id = await insert(component, 'one');
    const flow = await t.insertFlow([given, rows, defer('queue', component, 'rows', { keyField: 'id' }), apply('apply', { batchChunkSize: 1, parallelBatches: 8 })]);
    await t.finished(await t.run(flow, { input: { rows: [{ id, count: 1 }, { code: 'two' }, { id, count: 2 }, { code: 'three' }, { id, count: 3 }] } }));
    expect((await stockOf(component))?.items[0]).toEqual([id, 'one', 3]);
    expect((await stockOf(component))?.total).toBe(3);
  });

  test('R63 the second apply takes only what was queued since the first; one without anything counts zero', async () => {
    const component = await fresh();
    const flow = await t.insertFlow([
      given, rows, apply('none'), defer('first', component, 'rows'), apply('one'), defer('second', component, 'rows', { fieldsMapping: [{ target: 'code', value: { expr: 'item.code + "2"' } }] }), apply('two', {}, 'second'), aStep('answer', 'write-response', {}, 'two'),
    ]);
    const run = await t.finished(await t.run(flow, { input: { rows: [{ code: 'A' }, { code: 'B' }] } }));
    expect(run.output).toMatchObject([{ code: 'A', _deferred: true, _applied: { created: 2 } }, { _applied: { created: 2 } }]);
    expect((await stockOf(component))?.items.map(([, code]) => code)).toEqual(['A', 'B', 'A2', 'B2']);
  });

  test('R65 what nobody applied is dropped when the run ends, with a warning', async () => {
    const component = await fresh();
    const run = await t.finished(await t.run(await t.insertFlow([given, rows, defer('queue', component, 'rows')]), { input: { rows: [{ code: 'A' }] } }));
    expect(run).toMatchObject({ status: 'succeeded', warnings: 1 });
    expect((await stockOf(component))?.total).toBe(0);
  });

  test('R66 a fork between the pair writes what the reused steps had queued, also a fork of that fork; the runs keep queues of their own', async () => {
    const component = await fresh();
    const flow = await t.insertFlow([given, rows, defer('queue', component, 'rows'), aStep('stop', 'distinct', {}, 'queue'), apply('apply'), aStep('answer', 'write-response', {}, 'apply')]);
    const input = { rows: [{ code: 'A', count: -1 }, { code: 'B' }] };
    const first = await t.finished(await t.run(flow, { input }));
    expect(first.error).toMatchObject({ code: 'VALIDATION_FAILED', details: { operation: 0 } });
    await t.database.sql`update components set fields = jsonb_set(fields, '{1}', (fields->1) - 'min') where id = ${component}`; // now that negative counts are allowed the queue will do
    const second = await t.finished(await fork(first.id, 'stop'));
    expect(second, JSON.stringify(second.error)).toMatchObject({ status: 'succeeded', warnings: 0, output: { _applied: { created: 2, failed: [] } }, steps: { queue: { status: 'succeeded' } } });
    expect((await stockOf(component))?.items.map(([, code, count]) => [code, count])).toEqual([['A', -1], ['B', null]]);
    const third = await fork(second.id, 'apply');
    expect((await t.finished(third)).error).toMatchObject({ code: 'DUPLICATE_KEY', stepId: 'apply', details: { operation: 0 } });
    await renameAll(component);
    expect(await t.finished(await fork(third, 'apply'))).toMatchObject({ status: 'succeeded', output: { _applied: { created: 2 } } });
    expect((await stockOf(component))?.total).toBe(4);
  });

  test('R66 a fork behind the apply step has an empty queue; one where applying is not allowed drops it with a warning', async () => {
    const component = await fresh();
    const flow = await t.insertFlow([given, rows, defer('queue', component, 'rows'), apply('apply', {}, 'queue'), aStep('late', 'distinct', {}, 'apply'), apply('again')]);
    const first = await t.finished(await t.run(flow, { input: { rows: [{ code: 'A' }] } }));
    expect(await t.finished(await fork(first.id, 'late'))).toMatchObject({ status: 'succeeded', warnings: 0 });
    expect((await stockOf(component))?.total).toBe(1);
    expect(await t.finished(await fork(first.id, 'apply', false))).toMatchObject({ status: 'succeeded', warnings: 1, steps: { apply: { status: 'skipped' } } });
    expect((await stockOf(component))?.total).toBe(1);
  });

  test('R66 resuming at the apply step writes the queue of the run; running again queues anew', async () => {
    const component = await fresh();
    const flow = await t.insertFlow([given, rows, defer('queue', component, 'rows'), apply('apply', { batchChunkSize: 1 }), aStep('answer', 'write-response', {}, 'apply')]);
    const taken = await insert(component, 'B');
    const first = await t.finished(await t.run(flow, { input: { rows: [{ code: 'A' }, { code: 'B' }, { code: 'C' }] } }));
    expect(first.error).toMatchObject({ code: 'DUPLICATE_KEY', details: { operation: 1 } });
    expect(await updateEntry(t.database, t.access, component, taken, { data: { code: 'free' } })).toMatchObject({ ok: true });
    expect(await resumeRun(t.database, t.access, first.id)).toMatchObject({ ok: true });
    expect(await t.finished(first.id)).toMatchObject({ status: 'succeeded', output: { _applied: { created: 3 } } });
    expect((await stockOf(component))?.items.map(([, code]) => code)).toEqual(['free', 'A', 'B', 'C']);
    await renameAll(component);
    const again = await rerunRun(t.database, t.access, first.id);
    expect(await t.finished(again.ok ? again.runId : '')).toMatchObject({ status: 'succeeded', output: { _applied: { created: 3 } } });
    expect((await stockOf(component))?.total).toBe(7);
  });

  test('types are judged before anything is queued', async () => {
    const component = await fresh();
    const run = await t.finished(await t.run(await t.insertFlow([given, rows, defer('queue', component, 'rows'), apply('apply')]), { input: { rows: [{ code: 'A' }, { code: 'B', count: 'many' }] } }));
    expect(run.error).toMatchObject({ code: 'TYPE_MISMATCH', stepId: 'queue', itemIndex: 1 });
  });
});
