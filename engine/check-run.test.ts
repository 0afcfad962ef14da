import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { hashEvent } from '#db/event-hash';
import { logRows, type LogRow } from '#db/run-log';
import { checkAllRuns } from './check-run';
import { aStep, chain, engineTest, type EngineTest } from './testing';

/**
 * The checker that every other test leans on: a log is damaged in each way the rules forbid, by somebody who has the key
 * and chains it anew, and the checker names the rule. Only then does a green test say anything of R1 to R9, R14, R21, R50.
 */
let t: EngineTest;
let runId: string;
let whole: LogRow[];
let stepsDone: number;
beforeAll(async () => {
  t = await engineTest();
  const engine = await t.start();
  runId = await t.run(await t.insertFlow(chain(3)), { input: { a: 1 } });
  ({ stepsDone } = await t.finished(runId));
  await engine.close();
  whole = await logRows(t.database.sql, [runId]);
});
beforeEach(() => store(whole));
afterAll(async () => {
  await store(whole);
  await t.close();
});

/** Puts these events in the place of the run's log. The run's row keeps its status; its head is that of the new log. */
async function store(rows: readonly Omit<LogRow, 'hash'>[], kept: { chain?: boolean; head?: boolean } = {}): Promise<void> {
  const { sql } = t.database;
  await sql`delete from run_events where run_id = ${runId}`;
  let hash = '';
  for (const row of rows) {
    const at = row.at.toISOString();
    hash = kept.chain ? (whole[row.seq - 1]?.hash ?? '') : hashEvent(hash, { ...row, at });
    await sql`insert into run_events (run_id, seq, type, version, step_id, attempt, iteration, fence, at, data, blob, hash) values (${runId}, ${row.seq}, ${row.type}, ${row.version}, ${row.stepId}, ${row.attempt}, ${row.iteration}, ${row.fence}, ${at},
      ${JSON.stringify(row.data)}::text::jsonb, decode(${row.blob}, 'hex'), decode(${hash}, 'hex'))`;
  }
  await sql`update runs set status = 'succeeded', steps_done = ${stepsDone}, head_seq = ${kept.head ? whole.length + 1 : rows.length}, head_hash = decode(${hash}, 'hex') where id = ${runId}`;
  await sql`delete from run_slots`;
}
const numbered = (rows: readonly LogRow[]) => rows.map((row, at) => ({ ...row, seq: at + 1 }));
const at = (type: string, stepId: string | null = null) => {
  const place = whole.findIndex((row) => row.type === type && (stepId === null || row.stepId === stepId));
  if (place < 0) throw new Error(`the run has no ${type}`);
  return place;
};
const without = (...places: number[]) => numbered(whole.filter((_, place) => !places.includes(place)));
const withBefore = (place: number, ...added: Partial<LogRow>[]) => numbered([...whole.slice(0, place), ...added.map((each) => ({ ...(whole[place] ?? whole[0]), ...each }) as LogRow), ...whole.slice(place)]); // of rows that are there
const changed = (place: number, change: Partial<LogRow>) => whole.map((row, here) => (here === place ? { ...row, ...change } : row));
const by = { id: 'usr', name: 'Ana' };

test('R1 R2 R3 R4 R5 R6 R7 R8 R9 a run as it is has nothing against it', async () => {
  expect(await checkAllRuns(t.database)).toBe(1);
  expect(whole.map((row) => row.type)).toEqual(expect.arrayContaining(['run.requested', 'lease.taken', 'run.started', 'step.started', 'step.succeeded', 'run.succeeded']));
});

const damages: [string, RegExp, () => Promise<void>][] = [
  ['R1 a hole in the numbers', /^R1: /, () => store(whole.filter((row) => row.seq !== 3))],
  ['R2 a head that is not the last event', /^R2: /, () => store(whole, { head: true })],
  ['R3 an event altered without the key', /^R3: .* breaks at seq 2\b/, () => store(changed(1, { data: { forged: true } }), { chain: true })],
  ['R3 a head with another hash', /^R3: .* head/, async () => void await t.database.sql`update runs set head_hash = '\\x00' where id = ${runId}`],
  ['R4 a fence that falls', /^R4: /, () => store(changed(whole.length - 1, { fence: 0 }))],
  ['R5 a time that goes back', /^R5: /, () => store(changed(whole.length - 1, { at: new Date(0) }))],
  ['R6 a row in lists that says something else', /^R6: /, async () => void await t.database.sql`update runs set status = 'failed' where id = ${runId}`],
  ['R6 a count in lists that says something else', /^R6: /, async () => void await t.database.sql`update runs set steps_done = 7 where id = ${runId}`],
  ['R7 an end that kept its slot', /^R7: .* still has a slot/, async () => void await t.database.sql`insert into run_slots (run_id, workspace_id, flow_id, head_seq, head_hash) select id, workspace_id, flow_id, head_seq, head_hash from runs`],
  ['R7 a run that goes on without a slot', /^R7: .* has no slot/, async () => {
    await store(whole.slice(0, -1));
    await t.database.sql`update runs set status = 'running' where id = ${runId}`;
  }],
  ['R7 a step behind the end', /^R7: .* behind the end/, () => store(numbered([...whole, ...whole.filter((row) => row.type === 'step.started').slice(0, 1).map((row) => ({ ...row, fence: 9, at: new Date() }))]))],
  ['R8 a step that succeeded twice', /^R8: /, () => store(withBefore(at('step.started', 's3'), { type: 'step.started', stepId: 's2', attempt: 2 }, { type: 'step.succeeded', stepId: 's2', attempt: 2, data: whole[at('step.succeeded', 's2')]?.data ?? {} }))],
  ['R9 a success that never started', /^R9: /, () => store(without(at('step.started', 's2')))],
  ['R9 a success of another attempt than was started', /^R9: /, () => store(changed(at('step.succeeded', 's2'), { attempt: 2 }))],
  ['R14 a step that began after another had failed', /^R14: /, () => store(changed(at('step.succeeded', 's2'), { type: 'step.failed', data: { error: { code: 'INTERNAL', message: 'x', text: { en: 'x', fr: 'x' } } } }))],
  ['R21 a step that began after a cancellation was read', /^R21: /, () => store(withBefore(at('step.started', 's3'), { type: 'cancel.requested', stepId: null, attempt: null, iteration: null, data: { by } }))],
  ['R50 a step that began while paused', /^R50: /, () => store(withBefore(at('step.started', 's3'), { type: 'run.paused', stepId: null, attempt: null, iteration: null, data: { by } }))],
];
test.each(damages)('%s is found', async (_what, rule, damage) => {
  await damage();
  await expect(checkAllRuns(t.database)).rejects.toThrow(rule);
});

test('R7 a run that is leased though no engine runs is found', async () => {
  const open = await t.run(await t.insertFlow([aStep('s1', 'get-raw-model')]));
  await t.database.sql`update run_slots set state = 'leased', owner = 'nobody' where run_id = ${open}`;
  await expect(checkAllRuns(t.database)).rejects.toThrow(/^R7: .* leased/);
  await t.database.sql`delete from run_events where run_id = ${open}`;
  await t.database.sql`delete from runs where id = ${open}`;
});
