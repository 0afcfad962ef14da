import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getTableConfig } from 'drizzle-orm/pg-core';
import { is } from 'drizzle-orm';
import { PgTable } from 'drizzle-orm/pg-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { newId, newRunId } from '#flow/id';
import { blobReferences, sweepBlobs } from './blob-sweep';
import { blobOf, getItems, getValue, putBlobs, putItems, putValue } from './blobs';
import { hashEvent } from './event-hash';
import { removeOldRuns } from './retention';
import { readArchive, verifyArchived } from './run-archive';
import { firstIdAt, makeWeeks, weekOf, weeks } from './run-weeks';
import { verifyRun } from './run-verify';
import * as schema from './schema';
import { createTestDatabase, type TestDatabase } from './testing';
import { insertTestWorkspace, type TestWorkspace } from './testing-workspace';
import { trimTables } from './trim';

const dayMs = 24 * 3_600_000;
let t: TestDatabase;
let here: TestWorkspace;
let flowId = '';
let versionId = '';
const folder = mkdtempSync(join(tmpdir(), 'millrace-archive-'));

beforeAll(async () => {
  t = await createTestDatabase();
  here = await insertTestWorkspace(t);
  const componentId = newId('cmp');
  [flowId, versionId] = [newId('flw'), newId('ver')];
  await t.db.insert(schema.components).values({ id: componentId, workspaceId: here.id, title: 'C', fields: [] });
  await t.db.insert(schema.flows).values({ id: flowId, workspaceId: here.id, componentId, kind: 'dataflow', name: 'F' });
  await t.db.insert(schema.flowVersions).values({ id: versionId, flowId, number: 1, contentHash: 'h', definition: {} });
});
afterEach(async () => {
  await t.sql`truncate run_events, runs, run_slots, run_effects, run_inbox, run_keys, blobs`;
  await t.sql`update workspaces set settings = '{}'`;
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await t.drop();
});

/** A run that ended so many days ago, with a whole chain; a slot too when it has not ended. */
async function aRun(daysAgo: number, options: { open?: boolean; parentRunId?: string; workspaceId?: string; blob?: string; events?: number } = {}): Promise<string> {
  const atMs = Date.now() - daysAgo * dayMs;
  const runId = newRunId(atMs);
  const at = new Date(atMs).toISOString();
  const { workspaceId = here.id, events = 3, blob = null } = options;
  let hash = '';
  const rows = Array.from({ length: events }, (_, place) => {
    const row = { runId, seq: place + 1, type: 'note.added', version: 1, stepId: null, attempt: null, iteration: null, fence: 0, at, data: { by: { id: null, name: 'x' }, text: `${place}` }, blob: place === 1 ? blob : null };
    hash = hashEvent(hash, row);
    return { ...row, hash };
  });
  await t.sql`insert into runs (id, workspace_id, flow_id, flow_version_id, kind, trigger, status, head_seq, head_hash, created_at, finished_at, parent_run_id)
    values (${runId}, ${workspaceId}, ${flowId}, ${versionId}, 'dataflow', 'button', 'succeeded', ${events}, decode(${hash}, 'hex'), ${at}, ${options.open ? null : at}, ${options.parentRunId ?? null})`;
  for (const row of rows) await t.sql`insert into run_events (run_id, seq, type, at, data, blob, hash) values (${runId}, ${row.seq}, ${row.type}, ${row.at}, ${JSON.stringify(row.data)}::text::jsonb, decode(${row.blob}, 'hex'), decode(${row.hash}, 'hex'))`;
  await t.sql`insert into run_effects (run_id, step_id, iteration, item_index, state) values (${runId}, 's', 0, 0, 'recorded')`;
  await t.sql`insert into run_keys (workspace_id, key, run_id, flow_id, body_hash) values (${workspaceId}, ${runId}, ${runId}, ${flowId}, 'h')`;
  if (options.open) await t.sql`insert into run_slots (run_id, workspace_id, flow_id, head_seq, head_hash) values (${runId}, ${workspaceId}, ${flowId}, ${events}, decode(${hash}, 'hex'))`;
  return runId;
}
const left = async () => (await t.sql<{ id: string }[]>`select id from runs order by id`).map((row) => row.id);
const count = async (table: string) => Number((await t.sql.unsafe<{ count: string }[]>(`select count(*) from ${table}`))[0]?.count);
const remove = (runDays: number | null = 30) => removeOldRuns(t, { runDays, archiveFolder: folder });
/** Puts the week's rows where they would be, had its table been made in time. */
const makeWeek = async (ms: number) => {
  const week = weekOf(ms);
  await t.sql.unsafe(`create table if not exists ${week.table} partition of run_events for values from ('${week.from}') to ('${week.to}')`);
  return week.table;
};

describe('weeks of the event log', () => {
  test('O1 this week and the next four have a table of their own, and a run of now lies in its week', async () => {
    const made = await weeks(t.sql);
    expect(made.length).toBeGreaterThanOrEqual(5);
    expect(made.map((week) => week.table)).toContain(weekOf(Date.now()).table);
    const runId = await aRun(0);
    expect(await t.sql`select tableoid::regclass::text as table from run_events where run_id = ${runId} limit 1`).toEqual([{ table: weekOf(Date.now()).table }]);
    expect(await makeWeeks(t.sql)).toEqual([]);
  });

  test('O1 a week begins with the first id of its Monday, and what no table was made for is kept all the same', async () => {
    const week = weekOf(Date.UTC(2026, 10, 26));
    expect(week.table).toBe('run_events_w20261123');
    expect(week.from).toBe(firstIdAt(Date.UTC(2026, 10, 23)));
    expect(newRunId(week.startMs) > week.from && newRunId(week.startMs - 1) < week.from && newRunId(week.startMs + 7 * dayMs - 1) < week.to).toBe(true);
    const runId = await aRun(3_000);
    expect(await t.sql`select tableoid::regclass::text as table from run_events where run_id = ${runId} limit 1`).toEqual([{ table: 'run_events_default' }]);
  });

  test('O1 a week whose events lie in the default table already is not split', async () => {
    const future = Date.now() + 200 * dayMs;
    await aRun(-200);
    expect(await makeWeeks(t.sql, future)).not.toContain(weekOf(future).table);
    for (const week of await weeks(t.sql)) if (week.startMs > Date.now() + 60 * dayMs) await t.sql.unsafe(`drop table ${week.table}`);
  });
});

describe('removal by age', () => {
  test('O2 runs past their days go with events, effects, words and keys; younger and open ones stay whole and verify', async () => {
    const [old, young, open] = [await aRun(31), await aRun(29), await aRun(400, { open: true })];
    const child = await aRun(200, { parentRunId: open });
    expect(await remove()).toMatchObject({ runs: 1, archived: 0 });
    expect(await left()).toEqual([open, child, young].toSorted());
    expect([await count('run_events'), await count('run_effects'), await count('run_keys')]).toEqual([9, 3, 3]);
    for (const runId of [young, open, child]) expect(await verifyRun(t, here.as.owner, runId)).toMatchObject({ verified: { ok: true, events: 3 } });
    expect(await verifyRun(t, here.as.owner, old)).toMatchObject({ ok: false, failure: { code: 'RUN_NOT_FOUND' } });
  });

  test('O2 without days nothing goes, and a workspace’s own setting wins over the installation’s', async () => {
    await aRun(3_000);
    expect(await remove(null)).toMatchObject({ runs: 0, tables: [] });
    await t.sql`update workspaces set settings = '{"retention":{"runDays":null,"archive":false}}'`;
    expect(await remove(1)).toMatchObject({ runs: 0 });
    await t.sql`update workspaces set settings = '{"retention":{"runDays":5,"archive":false}}'`;
    expect(await remove(null)).toMatchObject({ runs: 1 });
  });

  test('O2 a week of which nothing is to be kept is dropped as a table; one run to keep keeps it', async () => {
    const ms = Date.now() - 100 * dayMs;
    const table = await makeWeek(ms);
    const other = await insertTestWorkspace(t);
    await t.sql`update workspaces set settings = '{"retention":{"runDays":null,"archive":false}}' where id = ${other.id}`;
    const keep = await aRun(100, { workspaceId: other.id });
    await Promise.all([aRun(100), aRun(100), aRun(100)]);
    expect(await remove()).toMatchObject({ runs: 3, tables: [] });
    expect(await left()).toEqual([keep]);
    await t.sql`update workspaces set settings = '{}'`;
    expect(await remove()).toMatchObject({ runs: 1, tables: [table] });
    expect((await weeks(t.sql)).map((week) => week.table)).not.toContain(table);
    expect(await count('run_events')).toBe(0);
    await t.sql`delete from workspaces where id = ${other.id}`;
  });

  test('O2 a run that is resumed while its week is about to be dropped keeps the week', async () => {
    await makeWeek(Date.now() - 150 * dayMs);
    const runId = await aRun(150);
    let removing: Promise<unknown> = Promise.resolve();
    await t.sql.begin(async (tx) => {
      await tx`update runs set finished_at = null, status = 'queued' where id = ${runId}`;
      await tx`insert into run_slots (run_id, workspace_id, flow_id, head_seq) values (${runId}, ${here.id}, ${flowId}, 3)`;
      removing = remove();
      await new Promise((resolve) => setTimeout(resolve, 300));
    });
    expect(await removing).toMatchObject({ runs: 0, tables: [] });
    expect(await left()).toEqual([runId]);
    expect(await count('run_events')).toBe(3);
  });

  test('O3 archived runs are on disk, whole and verifiable, before they leave; an altered archive is found out', async () => {
    await t.sql`update workspaces set settings = '{"retention":{"runDays":10,"archive":true}}'`;
    const items = Array.from({ length: 2_500 }, (_, n) => ({ n }));
    const blob = await putItems(t.db, here.id, items, true);
    const ids = [await aRun(40, { blob }), await aRun(40, { events: 5 })];
    expect(await remove()).toMatchObject({ runs: 2, archived: 2 });
    expect([await count('runs'), await count('run_events')]).toEqual([0, 0]);
    const file = join(folder, here.id, `runs-${new Date(Date.now() - 40 * dayMs).toISOString().slice(0, 7)}.jsonl.gz`);
    const archived = await readArchive(file);
    expect(archived.map((each) => each.run.id).toSorted()).toEqual(ids.toSorted());
    expect(archived.map(verifyArchived)).toEqual(expect.arrayContaining([{ ok: true, events: 3 }, { ok: true, events: 5 }]));
    expect(archived.find((each) => each.run.id === ids[0])?.blobs).toHaveLength(4); // the list and its three pages
    const first = archived[0];
    const tampered = first && { ...first, events: first.events.map((event) => (event.seq === 2 ? { ...event, data: { text: 'other' } } : event)) };
    expect(tampered && verifyArchived(tampered)).toEqual({ ok: false, seq: 2, reason: 'altered' });
  });
});

describe('recorded contents', () => {
  const age = (hours: number) => t.sql`update blobs set touched_at = now() - make_interval(hours => ${hours})`;

  test('O4 what nothing refers to goes after a day; what an event, a run, a file or a list refers to stays', async () => {
    const items = Array.from({ length: 1_500 }, (_, n) => ({ n }));
    const list = await putItems(t.db, here.id, items, true);
    const [input, alone] = [await putValue(t.db, here.id, { in: 1 }), await putValue(t.db, here.id, { alone: 1 })];
    const file = blobOf({ file: 1 });
    await putBlobs(t.db, here.id, [file]);
    await t.sql`insert into files (id, workspace_id, name, extension, mime_type, size_bytes, sha256) values ('fil_a', ${here.id}, 'a', '', 'text/plain', 1, ${file.sha256})`;
    const runId = await aRun(0, { blob: list });
    await t.sql`update runs set input_ref = decode(${input}, 'hex') where id = ${runId}`;
    expect(await sweepBlobs(t.sql)).toMatchObject({ blobs: 0 });
    await age(25);
    expect(await sweepBlobs(t.sql)).toMatchObject({ blobs: 1 });
    expect(await getValue(t.db, here.id, alone)).toBeUndefined();
    expect(await getValue(t.db, here.id, input)).toEqual({ in: 1 });
    expect((await getItems(t.db, here.id, list))?.items).toHaveLength(1_500);
    await t.sql`update files set deleted_at = now()`;
    await t.sql`truncate run_events, runs`;
    // The list goes first, its pages once nobody lists them.
    expect((await sweepBlobs(t.sql)).blobs + (await sweepBlobs(t.sql)).blobs).toBe(5);
    await t.sql`delete from files`;
  });

  test('O4 content that is stored again is touched, also while it is being swept', async () => {
    const ref = await putValue(t.db, here.id, { again: 1 });
    await age(25);
    let sweeping: Promise<unknown> = Promise.resolve();
    await t.db.transaction(async (tx) => {
      await putValue(tx, here.id, { again: 1 });
      sweeping = sweepBlobs(t.sql);
      await new Promise((resolve) => setTimeout(resolve, 200));
    });
    expect(await sweeping).toMatchObject({ blobs: 0 });
    expect(await getValue(t.db, here.id, ref)).toEqual({ again: 1 });
    await age(25);
    expect(await sweepBlobs(t.sql)).toMatchObject({ blobs: 1 });
    await putValue(t.db, here.id, { again: 1 });
    expect(await getValue(t.db, here.id, ref)).toEqual({ again: 1 });
  });

  test('O4 every column that names recorded contents is known to the sweep', () => {
    const named = Object.values(schema).flatMap((table) => (is(table, PgTable) ? [getTableConfig(table)] : [])).flatMap(({ name, columns }) => columns
      .filter((column) => name !== 'blobs' && (/sha256|_ref$|^blob$/.test(column.name))).map((column) => `${name}.${column.name}`));
    expect(named.toSorted()).toEqual([...blobReferences].toSorted());
  });
});

test('O5 idempotency keys go after a week, words after a day, neither while the run goes on', async () => {
  const [ended, open] = [await aRun(20), await aRun(20, { open: true })];
  await t.sql`update run_keys set created_at = now() - interval '8 days'`;
  for (const runId of [ended, open]) await t.sql`insert into run_inbox (run_id, kind, dedupe_key, at) values (${runId}, 'cancel', 'cancel', now() - interval '2 days')`;
  await aRun(0);
  expect(await trimTables(t.sql)).toEqual({ keys: 1, words: 1 });
  expect([await count('run_keys'), await count('run_inbox')]).toEqual([2, 1]);
});
