import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listEntries } from '#db/entries';
import { uploadFile, fileContent } from '#db/files';
import { listRuns, requestRun, runEvents, runItems, verifyRun } from '#db/runs';
import { aStep, chain, engineTest, type EngineTest } from './testing';

let t: EngineTest;
beforeAll(async () => {
  t = await engineTest();
  await t.start();
});
afterAll(() => t.close());

const typesOf = async (runId: string) => {
  const events = await runEvents(t.database, t.access, runId, { after: 0, limit: 1_000 });
  return events.ok ? events.items.map((each) => `${each.type}${each.stepId ? ` ${each.stepId}` : ''}`) : [];
};

describe('a dataflow run', () => {
  test('R11 goes through its steps in order and ends by itself', async () => {
    const flow = await t.insertFlow([...chain(4), aStep('out', 'write-response', {}, 's4')]);
    const run = await t.finished(await t.run(flow, { input: [{ a: 1 }, { a: 1 }, { a: 2 }] }));
    expect(run).toMatchObject({ status: 'succeeded', output: [{ a: 1 }, { a: 2 }], stepsDone: 5, warnings: 0 });
    expect((await typesOf(run.id)).filter((each) => !each.startsWith('step.'))).toEqual(['run.requested', 'lease.taken', 'run.started', 'run.succeeded']);
    expect(await runItems(t.database, t.access, run.id, 's2', { side: 'in', offset: 1, limit: 1 })).toMatchObject({ ok: true, items: [{ a: 1 }], total: 3, many: true });
  });

  test('R12 skips what no item reaches, without a side effect', async () => {
    const flow = await t.insertFlow([aStep('in', 'get-raw-model'), aStep('none', 'filter-source', { srcField: 'a', operator: 'greater', filterValue: { const: 9 } }, 'in'),
      aStep('save', 'update-entry', { component: t.componentId, fieldsMapping: [{ target: 'user_name', value: { const: 'never' } }] }, 'none'), aStep('out', 'write-response', {}, 'save')]);
    const run = await t.finished(await t.run(flow, { input: [{ a: 1 }] }));
    expect(run).toMatchObject({ status: 'succeeded', output: [], steps: { none: { status: 'succeeded', itemsOut: 0 }, save: { status: 'skipped' }, out: { status: 'skipped' } } });
    expect(await listEntries(t.database, t.access, t.componentId, { limit: 10 })).toMatchObject({ total: 0 });
  });

  test('R13 the first answer wins and comes before the end', async () => {
    const flow = await t.insertFlow([aStep('in', 'get-raw-model'), aStep('out', 'write-response', {}, 'in'), aStep('late', 'write-response', {}, 'in'), aStep('more', 'distinct', {}, 'in')]);
    const run = await t.finished(await t.run(flow, { input: { a: 1 } }));
    expect(run).toMatchObject({ output: { a: 1 }, steps: { late: { status: 'skipped' }, more: { status: 'succeeded' } } });
  });

  test('R14 stops at the step that fails, with its error, and R15 goes on where it may', async () => {
    const bad = aStep('bad', 'extract-collection', { modelPath: 'a' }, 'in');
    const flow = await t.insertFlow([aStep('in', 'get-raw-model'), bad, aStep('next', 'distinct', {}, 'in')]);
    const run = await t.finished(await t.run(flow, { input: { a: 'text' } }));
    expect(run).toMatchObject({ status: 'failed', error: { stepId: 'bad' }, steps: { bad: { status: 'failed' } } });
    expect(run.steps['next']).toBeUndefined();
    const tolerant = await t.insertFlow([aStep('in', 'get-raw-model'), { ...bad, onError: 'continue' }, aStep('out', 'write-response', {}, 'bad')]);
    const second = await t.finished(await t.run(tolerant, { input: { a: 'text' } }));
    expect(second).toMatchObject({ status: 'succeeded', warnings: 1 });
    expect(JSON.stringify(second.output)).toContain('$error');
  });

  test('R10 reads a csv, keeps the wet days, saves them once and exports them without formulas', async () => {
    const uploaded = await uploadFile(t.database, t.access, { name: 'w.csv', mimeType: 'text/csv', bytes: Buffer.from('\ufeffname,rain\n=cmd,1.5\n"two\nlines",0\nplain,3\n') });
    if (!uploaded.ok) throw new Error(uploaded.failure.message);
    const flow = await t.insertFlow([
      aStep('in', 'get-raw-model'),
      aStep('read', 'import-file', { fileField: 'file', columnSeparator: ',', fieldsMapping: [{ target: 'user_name', value: { column: 'name' } }, { target: 'rain@number', value: { column: 2 } }] }, 'in'),
      aStep('wet', 'filter-source', { srcField: 'rain', operator: 'greater', filterValue: { const: 0 } }, 'read'),
      aStep('save', 'update-entry', { component: t.componentId, fieldsMapping: [{ target: 'user_name', value: { field: 'user_name' } }] }, 'wet'),
      aStep('file', 'export-to-file', { fileType: 'csv', fileName: { const: 'wet' }, fieldsMapping: [{ target: 'name', value: { field: 'user_name' } }, { target: 'rain', value: { field: 'rain' } }] }, 'save'),
      aStep('book', 'export-to-file', { fileType: 'xlsx', fileName: { const: 'wet' } }, 'save'),
      aStep('again', 'import-file', { fileField: 'fileId', fileType: 'xlsx', fieldsMapping: [{ target: 'rain@number', value: { column: 'rain' } }] }, 'book'),
      aStep('out', 'write-response', {}, 'file'), aStep('count', 'distinct', {}, 'again'),
    ]);
    const run = await t.finished(await t.run(flow, { input: { file: { id: uploaded.file.id } } }));
    expect(run, JSON.stringify(run.error)).toMatchObject({ status: 'succeeded', steps: { read: { itemsOut: 3 }, wet: { itemsOut: 2 }, again: { itemsOut: 2 } }, output: { fileName: 'wet.csv', rows: 2 } });
    const fileId = typeof run.output === 'object' && run.output !== null && 'fileId' in run.output ? String(run.output.fileId) : '';
    const content = await fileContent(t.database, t.access, fileId);
    expect(content.ok && Buffer.from(content.bytes).toString()).toBe("\ufeffname;rain\n'=cmd;1.5\nplain;3");
    expect((await typesOf(run.id)).filter((each) => each.startsWith('effect.recorded'))).toHaveLength(3);
  });

  test('R23 the same idempotency key gives the same run, another body is refused', async () => {
    const flow = await t.insertFlow(chain(1));
    const asked = await Promise.all(Array.from({ length: 8 }, () => requestRun(t.database, t.access, flow, { input: { a: 1 }, idempotencyKey: 'k1' })));
    expect(new Set(asked.map((each) => each.ok && each.runId)).size).toBe(1);
    expect(asked.filter((each) => each.ok && !each.existing)).toHaveLength(1);
    expect(await requestRun(t.database, t.access, flow, { input: { a: 2 }, idempotencyKey: 'k1' })).toMatchObject({ failure: { code: 'IDEMPOTENCY_CONFLICT' } });
    await t.settle();
  });

  test('R3 an altered, a removed and an added row are found by the audit', async () => {
    const flow = await t.insertFlow(chain(2));
    const { sql } = t.database;
    const audit = async (tamper: (runId: string) => Promise<unknown>) => {
      const runId = await t.run(flow, { input: { a: 1 } });
      await t.finished(runId);
      await sql`alter table run_events disable trigger all`;
      await tamper(runId);
      const found = await verifyRun(t.database, t.access, runId);
      await sql`delete from runs where id = ${runId}`;
      await sql`delete from run_events where run_id = ${runId}`;
      await sql`alter table run_events enable trigger all`;
      return found.ok ? found.verified : found.failure;
    };
    expect(await audit(async () => {})).toMatchObject({ ok: true });
    expect(await audit((id) => sql`update run_events set data = data || '{"itemsOut": 9}' where run_id = ${id} and seq = 6`)).toEqual({ ok: false, seq: 6, reason: 'altered' });
    expect(await audit((id) => sql`delete from run_events where run_id = ${id} and seq = 4`)).toEqual({ ok: false, seq: 4, reason: 'missing' });
    expect(await audit((id) => sql`delete from run_events where run_id = ${id} and seq = (select max(seq) from run_events where run_id = ${id})`)).toMatchObject({ ok: false, reason: 'missing' });
  });

  test('R6 lists filter by status, time, starter and text, newest first', async () => {
    const flow = await t.insertFlow(chain(1), { name: 'Needle' });
    const ids = [];
    for (let at = 0; at < 3; at++) ids.push(await t.run(flow, { input: { word: `haystack${at}` } }));
    for (const id of ids) await t.finished(id);
    const first = await listRuns(t.database, t.access, { flowId: flow, limit: 2 });
    expect(first).toMatchObject({ items: [{ id: ids[2] }, { id: ids[1] }] });
    expect(await listRuns(t.database, t.access, { flowId: flow, limit: 2, cursor: first.ok ? (first.nextCursor ?? undefined) : undefined })).toMatchObject({ items: [{ id: ids[0] }], nextCursor: null });
    expect(await listRuns(t.database, t.access, { q: 'haystack1', status: ['succeeded'], from: new Date(Date.now() - 60_000).toISOString(), startedBy: t.access.user?.id, trigger: 'button', limit: 9 })).toMatchObject({ items: [{ id: ids[1] }] });
    expect(await listRuns(t.database, t.access, { q: '100%_', limit: 9 })).toMatchObject({ items: [] });
  });
});
