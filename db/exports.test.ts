import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ExportRequest } from '#flow/export-request';
import { newId, newRunId } from '#flow/id';
import type { JsonObject } from '#flow/json';
import type { Access } from './access';
import { createApiKey, accessOfApiKey } from './api-keys';
import { sweepBlobs } from './blob-sweep';
import { createEntry, deleteEntry, updateEntry } from './entries';
import { prepareExport, trimExports } from './export-job';
import { deleteExport, exportContent, getExport, listExports, requestExport } from './exports';
import { removeMember } from './members';
import { listNotifications } from './notifications';
import { components, flows, flowVersions } from './schema';
import { createTestDatabase, type TestDatabase } from './testing';
import { insertTestWorkspace, type TestWorkspace } from './testing-workspace';

let t: TestDatabase;
let here: TestWorkspace;
let componentId = '';
let flowId = '';
let versionId = '';

beforeAll(async () => {
  t = await createTestDatabase();
  here = await insertTestWorkspace(t);
  [componentId, flowId, versionId] = [newId('cmp'), newId('flw'), newId('ver')];
  await t.db.insert(components).values({ id: componentId, workspaceId: here.id, title: 'Guests', fields: [{ name: 'town', title: 'Home town', type: 'string' }, { name: 'age', title: 'Age', type: 'integer' }, { name: 'seen', title: 'Seen', type: 'string', virtual: true }] });
  await t.db.insert(flows).values({ id: flowId, workspaceId: here.id, componentId, kind: 'dataflow', name: '=Flow, "one"' });
  await t.db.insert(flowVersions).values({ id: versionId, flowId, number: 1, contentHash: 'h', definition: {} });
});
afterEach(() => t.sql`truncate exports, export_parts, entries, entry_keys, runs, notifications, changes; delete from graphile_worker._private_jobs`.simple());
afterAll(() => t.drop());

const ofEntries = (more: Partial<Extract<ExportRequest, { kind: 'entries' }>> = {}): ExportRequest => ({ kind: 'entries', componentId, ...more });
const asked = async (access: Access, request: ExportRequest) => {
  const made = await requestExport(t, access, request);
  if (!made.ok) throw new Error(`${made.failure.code}: ${made.failure.message}`);
  return made.export;
};
const stateOf = async (access: Access, id: string) => {
  const found = await getExport(t, access, id);
  return found.ok ? found.export : found.failure.code;
};
const textOf = async (access: Access, id: string): Promise<string> => {
  const found = await exportContent(t, access, id);
  if (!found.ok) throw new Error(found.failure.code);
  const pieces: Uint8Array[] = [];
  for await (const piece of found.content) pieces.push(piece);
  const bytes = Buffer.concat(pieces);
  expect(bytes.length).toBe(found.export.size);
  return bytes.toString('utf8');
};
const linesOf = async (access: Access, id: string) => (await textOf(access, id)).split('\r\n').slice(1, -1);
const anEntry = async (name: string, data: JsonObject = {}): Promise<number> => {
  const made = await createEntry(t, here.as.editor, componentId, { name, data });
  if (!made.ok) throw new Error(made.failure.message);
  return made.entry.id;
};
/** Many at once, as their own table: what they are made by does not matter here. */
const insertEntries = (count: number, from = 1) => t.sql`insert into entries (component_id, id, name, data, created_at) select ${componentId}, n, 'N' || n, jsonb_build_object('town', 'Lyon', 'age', n % 90), now() from generate_series(${from}::int, ${from + count - 1}::int) n`;
const insertRuns = async (count: number, status: string, from = Date.now() - 60_000) => {
  const ids = Array.from({ length: count }, (_, at) => newRunId(from + at));
  await t.sql`insert into runs (id, workspace_id, flow_id, flow_version_id, kind, trigger, status, started_by_name, created_at, error) select id, ${here.id}, ${flowId}, ${versionId}, 'dataflow', 'button', ${status}, '@Zoe', now() - interval '1 minute',
    ${t.sql.json({ code: 'HTTP_STATUS', message: 'the answer said: hush' })} from unnest(${ids}::uuid[]) id`;
  return ids;
};
const jobs = async () => Number((await t.sql`select count(*) from graphile_worker.jobs where task_identifier = 'prepare-export'`)[0]?.['count']);
const told = async (access: Access) => {
  const found = await listNotifications(t, access, { limit: 50 });
  return found.ok ? found.items.map(({ kind, subject, body, link }) => ({ kind, subject: subject.en, body: body.en, link })) : [];
};

describe('an export', () => {
  test('O15 is there exactly with its job; asking again for what is being prepared gives that, and five are the most', async () => {
    const first = await asked(here.as.viewer, ofEntries());
    expect(first).toMatchObject({ state: 'preparing', rows: 0, name: expect.stringMatching(/^Guests-\d{4}-\d\d-\d\d\.csv$/) });
    const both = await Promise.all([asked(here.as.viewer, { kind: 'runs', q: 'x' }), asked(here.as.viewer, { kind: 'runs', q: 'x' })]);
    expect(both[0]?.id).toBe(both[1]?.id);
    expect((await asked(here.as.viewer, ofEntries())).id).toBe(first.id);
    expect((await asked(here.as.editor, ofEntries())).id).not.toBe(first.id);
    expect(await jobs()).toBe(3);
    await t.sql`create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no job'; end $$`;
    await t.sql`create trigger refuse before insert on graphile_worker._private_jobs for each row execute function refuse()`;
    await expect(requestExport(t, here.as.viewer, { kind: 'runs' })).rejects.toThrow();
    await t.sql`drop function refuse cascade`;
    expect(await listExports(t, here.as.viewer, { limit: 10 })).toMatchObject({ items: [{ id: both[0]?.id }, { id: first.id }] });
    for (const q of ['a', 'b', 'c']) await asked(here.as.viewer, { kind: 'runs', q });
    expect(await requestExport(t, here.as.viewer, { kind: 'runs', q: 'd' })).toMatchObject({ failure: { code: 'LIMIT_EXCEEDED' } });
    expect(await deleteExport(t, here.as.viewer, first.id)).toMatchObject({ ok: true });
    await asked(here.as.viewer, { kind: 'runs', q: 'd' });
  });

  test('O15 a filter that makes no sense and a component that is not there are refused at once, and nothing is stored', async () => {
    const wrong: [ExportRequest, string][] = [
      [ofEntries({ filter: { all: [{ field: 'data.nothing', operator: 'equal', value: { const: 1 } }] } }), 'FIELD_NOT_FOUND'], [{ kind: 'entries', componentId: 'cmp_none' }, 'COMPONENT_NOT_FOUND'],
    ];
    for (const [request, code] of wrong) expect(await requestExport(t, here.as.owner, request)).toMatchObject({ ok: false, failure: { code } });
    expect([await jobs(), (await t.sql`select 1 from exports`).length]).toEqual([0, 0]);
  });

  test('O15 of entries: every row once, in the order of ids, with titles, names of references and neutral cells; what was deleted or made later is not in it', async () => {
    await anEntry('=cmd|calc', { town: '@x, "y"', age: -3 });
    const gone = await anEntry('Gone', { town: 'Nice' });
    await anEntry('Plain', { town: 'Two\nlines' });
    await deleteEntry(t, here.as.editor, componentId, gone);
    const { id } = await asked(here.as.viewer, ofEntries());
    await new Promise((resolve) => setTimeout(resolve, 5));
    await anEntry('Later');
    expect(await exportContent(t, here.as.viewer, id)).toMatchObject({ failure: { code: 'STATE_INVALID' } });
    expect(await prepareExport(t, id)).toBe('done');
    const text = await textOf(here.as.viewer, id);
    expect(text.startsWith('\ufeffid,name,Home town,Age,created,created by,changed,changed by\r\n')).toBe(true);
    expect(text).toContain('\r\n1,\'=cmd|calc,"\'@x, ""y""",-3,2');
    expect(text).toContain(',Plain,"Two\nlines",,');
    expect(text).toContain(',The editor,');
    expect(text).not.toMatch(/Gone|Later/);
    expect(await stateOf(here.as.viewer, id)).toMatchObject({ state: 'ready', rows: 2, error: null });
    expect(await told(here.as.viewer)).toEqual([{ kind: 'message', subject: expect.stringMatching(/^Guests.*is ready$/), body: expect.stringContaining('2 rows'), link: { exportId: id } }]);
    expect(await told(here.as.owner)).toEqual([]);
  });

  test('O15 of more rows than any list gives, under a filter, in parts; fields that are added or removed meanwhile move no column', async () => {
    await insertEntries(25_000);
    const { id } = await asked(here.as.viewer, ofEntries({ filter: { all: [{ field: 'data.age', operator: 'greaterOrEqual', value: { const: 1 } }] } }));
    expect(await prepareExport(t, id, { forMs: 0 })).toBe('more');
    await t.sql`update components set fields = ${t.sql.json([{ name: 'extra', title: 'Extra', type: 'string' }, { name: 'age', title: 'Years', type: 'integer' }])} where id = ${componentId}`;
    // What people do between two pages: it is in the file once or not at all, and nothing else is missing.
    expect(await updateEntry(t, here.as.editor, componentId, 24_999, { data: { age: 7 } })).toMatchObject({ ok: true });
    expect(await deleteEntry(t, here.as.editor, componentId, 1)).toMatchObject({ ok: true });
    expect(await prepareExport(t, id)).toBe('done');
    await t.sql`update components set fields = ${t.sql.json([{ name: 'town', title: 'Home town', type: 'string' }, { name: 'age', title: 'Age', type: 'integer' }, { name: 'seen', title: 'Seen', type: 'string', virtual: true }])} where id = ${componentId}`;
    const lines = await linesOf(here.as.viewer, id);
    const wanted = Array.from({ length: 25_000 }, (_, at) => at + 1).filter((n) => n % 90 !== 0);
    expect(lines.map((line) => Number(line.split(',')[0]))).toEqual(wanted);
    expect(lines[24_000]?.split(',').length).toBe(8);
    expect(lines.at(-2)).toMatch(/^24999,N24999,,7,/);
    const [parts] = await t.sql`select count(*)::int as count, max(length(b.body))::int as largest from export_parts p join blobs b on b.sha256 = p.sha256`;
    expect(parts?.['count']).toBeGreaterThan(2);
    expect(await stateOf(here.as.viewer, id)).toMatchObject({ state: 'ready', rows: wanted.length });
  });

  test('O15 of runs: all of a filter, newest first, as the list shows them, without messages', async () => {
    await insertRuns(1_500, 'succeeded');
    const failed = await insertRuns(1_200, 'failed', Date.now() - 30_000);
    const { id } = await asked(here.as.viewer, { kind: 'runs', status: ['failed'], flowId });
    await insertRuns(3, 'failed', Date.now() + 1_000).then((ids) => t.sql`update runs set created_at = now() + interval '1 second' where id = any(${ids}::uuid[])`);
    expect(await prepareExport(t, id)).toBe('done');
    const text = await textOf(here.as.viewer, id);
    expect(text.startsWith('\ufeffrun,status,warnings,flow,version,trigger,started by,created,started,finished,steps done,steps,items,error,id\r\n')).toBe(true);
    const lines = text.split('\r\n').slice(1, -1);
    expect(lines.map((line) => line.split(',').at(-1))).toEqual(failed.toReversed());
    expect(lines[0]).toContain(',failed,0,"\'=Flow, ""one""",1,button,\'@Zoe,');
    expect(lines[0]).toContain(',HTTP_STATUS,');
    expect(text).not.toContain('hush');
  });

  test('O16 two that carry it on at once make one file and one notification', async () => {
    await insertEntries(6_000);
    const { id } = await asked(here.as.viewer, ofEntries());
    await Promise.all(Array.from({ length: 4 }, () => prepareExport(t, id)));
    expect((await linesOf(here.as.viewer, id)).map((line) => Number(line.split(',')[0]))).toEqual(Array.from({ length: 6_000 }, (_, at) => at + 1));
    expect(await told(here.as.viewer)).toHaveLength(1);
    expect(await prepareExport(t, id)).toBe('done');
    expect(await told(here.as.viewer)).toHaveLength(1);
  });

  test('O17 rights are those of the moment it is read: who leaves, or a key that is revoked, gets nothing more', async () => {
    await insertEntries(3_000);
    const other = await insertTestWorkspace(t);
    await t.sql`update members set workspace_id = ${here.id} where user_id = ${other.as.editor.user?.id ?? ''}`;
    const guest: Access = { ...other.as.editor, workspaceId: here.id };
    const { id } = await asked(guest, ofEntries());
    expect(await prepareExport(t, id, { forMs: 0 })).toBe('more');
    expect(await removeMember(t, here.as.owner, guest.user?.id ?? '')).toMatchObject({ ok: true });
    expect(await prepareExport(t, id)).toBe('done');
    expect(await stateOf(here.as.owner, id)).toMatchObject({ state: 'failed', error: { code: 'ACCESS_DENIED' } });
    expect((await t.sql`select 1 from export_parts`).length).toBe(0);
    expect(await exportContent(t, here.as.owner, id)).toMatchObject({ failure: { code: 'STATE_INVALID', message: expect.stringContaining('no longer a member') } });

    const made = await createApiKey(t, here.as.owner, { name: 'K', role: 'viewer' });
    const key = made.ok ? await accessOfApiKey(t, made.key) : null;
    if (!key) throw new Error('no key');
    const [kept, lost] = [await asked(key, ofEntries()), await asked(key, { kind: 'runs' })];
    expect(await prepareExport(t, kept.id)).toBe('done');
    expect(await linesOf(key, kept.id)).toHaveLength(3_000);
    await t.sql`update api_keys set revoked_at = now()`;
    expect(await prepareExport(t, lost.id)).toBe('done');
    expect(await stateOf(here.as.admin, lost.id)).toMatchObject({ state: 'failed', error: { code: 'ACCESS_DENIED' } });
  });

  test('O17 it is for who asked, owners and admins; for others of the workspace it is refused, elsewhere it does not exist', async () => {
    await insertEntries(1);
    const { id } = await asked(here.as.viewer, ofEntries());
    await prepareExport(t, id);
    for (const role of ['owner', 'admin', 'viewer'] as const) expect(await linesOf(here.as[role], id)).toHaveLength(1);
    for (const role of ['editor', 'operator'] as const) {
      for (const act of [getExport, exportContent, deleteExport]) expect(await act(t, here.as[role], id)).toMatchObject({ failure: { code: 'ACCESS_DENIED' } });
      expect(await listExports(t, here.as[role], { limit: 5 })).toMatchObject({ items: [] });
    }
    const elsewhere = await insertTestWorkspace(t);
    for (const act of [getExport, exportContent, deleteExport]) expect(await act(t, elsewhere.as.owner, id)).toMatchObject({ failure: { code: 'FILE_NOT_FOUND' } });
    expect(await requestExport(t, elsewhere.as.owner, ofEntries())).toMatchObject({ failure: { code: 'COMPONENT_NOT_FOUND' } });
  });

  test('O17 it is kept for seven days; then it is as if it had never been, and its content leaves with the sweep', async () => {
    await insertEntries(10);
    const { id } = await asked(here.as.viewer, ofEntries());
    await prepareExport(t, id);
    const [row] = await t.sql`select round(extract(epoch from expires_at - now()) / 86400)::int as days from exports`;
    expect(row?.['days']).toBe(7);
    const old = () => t.sql`update blobs set touched_at = now() - interval '2 days'`;
    await old();
    await sweepBlobs(t.sql);
    expect(await linesOf(here.as.viewer, id)).toHaveLength(10);
    await t.sql`update exports set expires_at = now() - interval '1 second'`;
    expect(await stateOf(here.as.viewer, id)).toBe('FILE_NOT_FOUND');
    expect(await exportContent(t, here.as.owner, id)).toMatchObject({ failure: { code: 'FILE_NOT_FOUND' } });
    expect(await trimExports(t)).toEqual({ expired: 1, givenUp: 0 });
    expect((await sweepBlobs(t.sql)).blobs).toBeGreaterThan(0);
    expect((await t.sql`select 1 from export_parts`).length + (await t.sql`select 1 from blobs`).length).toBe(0);
  });

  test('O16 one that cannot be prepared says why, once: too large, its component gone, interrupted too often', async () => {
    await insertEntries(5_000);
    const large = await asked(here.as.viewer, ofEntries());
    expect(await prepareExport(t, large.id, { mostBytes: 50_000 })).toBe('done');
    expect(await stateOf(here.as.viewer, large.id)).toMatchObject({ state: 'failed', error: { code: 'FILE_TOO_LARGE', message: expect.stringContaining('0.05 MB') } });

    const gone = await asked(here.as.viewer, ofEntries({ search: 'N' }));
    await t.sql`update components set deleted_at = now() where id = ${componentId}`;
    expect(await prepareExport(t, gone.id)).toBe('done');
    await t.sql`update components set deleted_at = null where id = ${componentId}`;
    expect(await stateOf(here.as.viewer, gone.id)).toMatchObject({ state: 'failed', error: { code: 'COMPONENT_NOT_FOUND' } });

    const broken = await asked(here.as.viewer, ofEntries({ search: 'N1' }));
    await t.sql`alter table export_parts rename to export_pieces`;
    await expect(prepareExport(t, broken.id)).rejects.toThrow();
    expect(await stateOf(here.as.viewer, broken.id)).toMatchObject({ state: 'preparing', rows: 0 });
    await t.sql`alter table export_pieces rename to export_parts`;
    await t.sql`alter table entries rename to entries_gone`;
    await expect(prepareExport(t, broken.id, { isLast: true })).rejects.toThrow();
    await t.sql`alter table entries_gone rename to entries`;
    expect(await stateOf(here.as.viewer, broken.id)).toMatchObject({ state: 'failed', error: { code: 'INTERNAL', message: expect.stringContaining('interrupted') } });

    const stuck = await asked(here.as.viewer, { kind: 'runs' });
    await t.sql`update exports set created_at = now() - interval '1 hour' where id = ${stuck.id}`;
    expect(await trimExports(t)).toEqual({ expired: 0, givenUp: 0 });
    await t.sql`update graphile_worker._private_jobs set attempts = max_attempts`;
    expect(await trimExports(t)).toEqual({ expired: 0, givenUp: 1 });
    expect(await stateOf(here.as.viewer, stuck.id)).toMatchObject({ state: 'failed' });
    expect((await told(here.as.viewer)).map((each) => each.kind)).toEqual(['warning', 'warning', 'warning', 'warning']);
  });
});
