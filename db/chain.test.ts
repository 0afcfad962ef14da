import { createHmac } from 'node:crypto';
import type postgres from 'postgres';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { newId, newRunId } from '#flow/id';
import { recordAudit } from './audit';
import { verifyAudit, verifyAuditChain } from './audit-verify';
import { hashEvent } from './event-hash';
import { verifyRun } from './run-verify';
import { components, flows, flowVersions } from './schema';
import { createTestDatabase, type TestDatabase } from './testing';
import { insertTestWorkspace, type TestWorkspace } from './testing-workspace';

/** What somebody with the database, but without SECRET_KEY, may try; the append-only triggers are lifted for it. */
let t: TestDatabase;
let here: TestWorkspace;
let flowId = '';
let versionId = '';
beforeAll(async () => {
  t = await createTestDatabase();
  here = await insertTestWorkspace(t);
  const componentId = newId('cmp');
  [flowId, versionId] = [newId('flw'), newId('ver')];
  await t.db.insert(components).values({ id: componentId, workspaceId: here.id, title: 'C', fields: [] });
  await t.db.insert(flows).values({ id: flowId, workspaceId: here.id, componentId, kind: 'dataflow', name: 'F' });
  await t.db.insert(flowVersions).values({ id: versionId, flowId, number: 1, contentHash: 'h', definition: {} });
});
afterAll(() => t.drop());

const freely = (work: (sql: postgres.ISql) => Promise<unknown>) => t.sql.begin(async (tx) => {
  await tx`set local session_replication_role = replica`;
  await work(tx);
});
/** The attacker knows how hashes are made, but not the key. */
const forged = (previous: string, line: string) => createHmac('sha256', 'a guess').update(previous).update('\n').update(line).digest('hex');

describe('a run’s log', () => {
  let runId = '';
  const length = 9;
  const event = (seq: number) => ({ runId, seq, type: 'note.added', version: 1, stepId: null, attempt: null, iteration: null, fence: 0, at: new Date(Date.UTC(2026, 0, 1) + seq).toISOString(), data: { by: { id: null, name: 'Ana' }, text: `note ${seq}` }, blob: null });
  const write = async () => {
    runId = newRunId();
    let hash = '';
    await t.sql`insert into runs (id, workspace_id, flow_id, flow_version_id, kind, trigger, status) values (${runId}, ${here.id}, ${flowId}, ${versionId}, 'dataflow', 'button', 'succeeded')`;
    for (let seq = 1; seq <= length; seq++) {
      const row = event(seq);
      hash = hashEvent(hash, row);
      await t.sql`insert into run_events (run_id, seq, type, at, data, hash) values (${runId}, ${seq}, ${row.type}, ${row.at}, ${JSON.stringify(row.data)}::text::jsonb, decode(${hash}, 'hex'))`;
    }
    await t.sql`update runs set head_seq = ${length}, head_hash = decode(${hash}, 'hex') where id = ${runId}`;
  };
  const verify = async () => {
    const checked = await verifyRun(t, here.as.viewer, runId);
    return checked.ok ? checked.verified : checked;
  };

  test('R3 an untouched log is whole, and the table refuses changes by ordinary means', async () => {
    await write();
    expect(await verify()).toEqual({ ok: true, events: length });
    await expect(t.sql`update run_events set data = '{}' where run_id = ${runId}`).rejects.toThrow('append only');
  });

  test.each<[string, (sql: postgres.ISql) => Promise<unknown>, { seq: number; reason: string }]>([
    ['edit of a value', (sql) => sql`update run_events set data = jsonb_set(data, '{text}', '"other"') where run_id = ${runId} and seq = 4`, { seq: 4, reason: 'altered' }],
    ['edit of a time', (sql) => sql`update run_events set at = at + interval '1 hour' where run_id = ${runId} and seq = 5`, { seq: 5, reason: 'altered' }],
    ['delete', (sql) => sql`delete from run_events where run_id = ${runId} and seq = 4`, { seq: 4, reason: 'missing' }],
    ['insert', (sql) => sql`insert into run_events (run_id, seq, type, at, data, hash) select run_id, ${length + 1}, type, at, data, hash from run_events where run_id = ${runId} and seq = ${length}`, { seq: length + 1, reason: 'altered' }],
    ['reorder', async (sql) => {
      await sql`update run_events set seq = seq + 100 where run_id = ${runId} and seq in (3, 4)`;
      await sql`update run_events set seq = 107 - seq where run_id = ${runId} and seq in (103, 104)`;
    }, { seq: 3, reason: 'altered' }],
    ['truncate', (sql) => sql`delete from run_events where run_id = ${runId} and seq > 6`, { seq: 7, reason: 'missing' }],
    ['re-hash without the key', async (sql) => {
      const rows = await sql<{ seq: number; line: string }[]>`select seq, data::text as line from run_events where run_id = ${runId} and seq >= 4 order by seq`;
      let previous = '';
      for (const row of rows) {
        previous = forged(previous, row.line);
        await sql`update run_events set data = jsonb_set(data, '{text}', '"forged"'), hash = decode(${previous}, 'hex') where run_id = ${runId} and seq = ${row.seq}`;
      }
      await sql`update runs set head_hash = decode(${previous}, 'hex') where id = ${runId}`;
    }, { seq: 4, reason: 'altered' }],
    ['gap closed by renumbering', async (sql) => {
      await sql`delete from run_events where run_id = ${runId} and seq = 5`;
      await sql`update run_events set seq = seq - 1 where run_id = ${runId} and seq > 5`;
      await sql`update runs set head_seq = ${length - 1} where id = ${runId}`;
    }, { seq: 5, reason: 'altered' }],
    ['a head set back to hide the end', (sql) => sql`update runs set head_seq = 6 where id = ${runId}`, { seq: 6, reason: 'altered' }],
  ])('R3 %s is named', async (_name, tamper, named) => {
    await write();
    await freely(tamper);
    expect(await verify()).toEqual({ ok: false, ...named });
  });
});

describe('a workspace’s acts', () => {
  const length = 9;
  const ids = async () => (await t.sql<{ id: string }[]>`select id from audit where workspace_id = ${here.id} order by seq`).map((row) => row.id);
  const verify = async () => {
    const checked = await verifyAudit(t, here.as.admin);
    return checked.ok ? checked.verified : checked;
  };
  const write = async () => {
    for (let act = 0; act < length; act++) await recordAudit(t.db, { workspaceId: here.id, userId: here.as.owner.user?.id ?? null, action: 'member.role', objectId: `usr_${act}`, data: { role: 'editor' } });
  };
  afterEach(() => freely((sql) => sql`truncate audit, audit_heads`));

  test('O6 acts of a workspace, and of none, are chained in the order of their commits, however many at once', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, act) => t.db.transaction((tx) => recordAudit(tx, { workspaceId: act % 2 === 0 ? here.id : null, userId: null, action: `act ${act}` }))));
    expect(await verify()).toEqual({ ok: true, acts: 10 });
    expect(await verifyAuditChain(t.sql, null)).toEqual({ ok: true, acts: 10 });
    await t.db.transaction(async (tx) => {
      await recordAudit(tx, { workspaceId: here.id, userId: null, action: 'never done' });
      throw new Error('taken back');
    }).catch(() => {});
    expect(await verify()).toEqual({ ok: true, acts: 10 });
    await expect(t.sql`update audit set action = 'other'`).rejects.toThrow('append only');
    expect(await verifyAudit(t, here.as.editor)).toMatchObject({ ok: false, failure: { code: 'ACCESS_DENIED' } });
  });

  test.each<[string, (sql: postgres.ISql) => Promise<unknown>, object]>([
    ['edit', (sql) => sql`update audit set data = '{"role":"owner"}' where workspace_id = ${here.id} and seq = 4`, { seq: 4, reason: 'altered' }],
    ['an act moved to another person', (sql) => sql`update audit set user_id = 'usr_other' where workspace_id = ${here.id} and seq = 2`, { seq: 2, reason: 'altered' }],
    ['delete', (sql) => sql`delete from audit where workspace_id = ${here.id} and seq = 4`, { seq: 4, id: null, reason: 'missing' }],
    ['insert', (sql) => sql`insert into audit (id, workspace_id, action) values ('aud_forged', ${here.id}, 'member.role')`, { seq: 0, id: 'aud_forged', reason: 'extra' }],
    ['insert under a number in use', (sql) => sql`insert into audit (id, workspace_id, user_id, action, data, at, seq, hash) select 'aud_0', workspace_id, user_id, action, data, at + interval '1 second', seq, hash from audit where workspace_id = ${here.id} and seq = 5`, { seq: 5, id: 'aud_0', reason: 'extra' }],
    ['reorder', async (sql) => {
      await sql`update audit set seq = 7 - seq where workspace_id = ${here.id} and seq in (3, 4)`;
    }, { seq: 3, reason: 'altered' }],
    ['truncate', (sql) => sql`delete from audit where workspace_id = ${here.id} and seq > 6`, { seq: 7, id: null, reason: 'missing' }],
    ['re-hash without the key', async (sql) => {
      const guess = forged('', 'all of it');
      await sql`update audit set data = '{}', hash = decode(${guess}, 'hex') where workspace_id = ${here.id} and seq = ${length}`;
      await sql`update audit_heads set hash = decode(${guess}, 'hex') where chain = ${here.id}`;
    }, { seq: length, reason: 'altered' }],
    ['gap closed by renumbering', async (sql) => {
      await sql`delete from audit where workspace_id = ${here.id} and seq = 5`;
      await sql`update audit set seq = seq - 1 where workspace_id = ${here.id} and seq > 5`;
      await sql`update audit_heads set seq = ${length - 1} where chain = ${here.id}`;
    }, { seq: 5, reason: 'altered' }],
    ['the end cut off together with the head’s number', async (sql) => {
      await sql`delete from audit where workspace_id = ${here.id} and seq > 6`;
      await sql`update audit_heads set seq = 6 where chain = ${here.id}`;
    }, { seq: 6, reason: 'altered' }],
  ])('O6 %s is named', async (_name, tamper, named) => {
    await write();
    expect(await verify()).toEqual({ ok: true, acts: length });
    expect(await ids()).toHaveLength(length);
    await freely(tamper);
    expect(await verify()).toMatchObject({ ok: false, ...named });
  });
});
