import { strict as assert } from 'node:assert';
import type { Database } from '#db/client';
import { hashEvent } from '#db/event-hash';
import { eventOf, logRows, type LogRow } from '#db/run-log';
import { foldEvents, initialRunState, isEnded } from '#flow/run-state';
import { foldedColumns } from './projection';

/** Holds every run of a database against RULES.md; thrown errors quote the rule. Called after every engine test. */
type RunRow = {
  id: string; status: string; warnings: number; stepsDone: number; itemsOut: number | null; startedAt: Date | null; finishedAt: Date | null; headSeq: number; headHash: string | null; lastFence: number;
  slot: string | null; slotSeq: number | null; slotHash: string | null; slotFence: number | null;
};

export async function checkAllRuns(database: Database): Promise<number> {
  const rows = await database.sql<RunRow[]>`select r.id, r.status, r.warnings, r.steps_done as "stepsDone", r.items_out as "itemsOut", r.started_at as "startedAt", r.finished_at as "finishedAt",
      r.head_seq as "headSeq", encode(r.head_hash, 'hex') as "headHash", r.last_fence as "lastFence",
      s.state as slot, s.head_seq as "slotSeq", encode(s.head_hash, 'hex') as "slotHash", s.fence as "slotFence"
    from runs r left join run_slots s on s.run_id = r.id`;
  for (let start = 0; start < rows.length; start += 200) {
    const part = rows.slice(start, start + 200);
    const logs = new Map<string, LogRow[]>(part.map((row) => [row.id, []]));
    for (const each of await logRows(database.sql, part.map((row) => row.id))) logs.get(each.runId)?.push(each);
    for (const row of part) checkRun(row, logs.get(row.id) ?? []);
  }
  const twice = await database.sql`select run_id, step_id, iteration, item_index, count(*) from run_effects group by 1, 2, 3, 4 having count(*) > 1`;
  assert.equal(twice.length, 0, 'R10: an effect was recorded twice');
  return rows.length;
}

function checkRun(run: RunRow, log: readonly LogRow[]): void {
  const at = `run ${run.id}`;
  log.forEach((row, place) => assert.equal(row.seq, place + 1, `R1: ${at} has a hole or a double at seq ${place + 1}`));
  checkChain(run, log, at);
  checkSteps(log, at);
  for (let place = 1; place < log.length; place++) {
    assert.ok((log[place]?.fence ?? 0) >= (log[place - 1]?.fence ?? 0), `R4: ${at}: the fence falls at seq ${place + 1}`);
    assert.ok((log[place]?.at.getTime() ?? 0) >= (log[place - 1]?.at.getTime() ?? 0), `R5: ${at}: time goes back at seq ${place + 1}`);
  }
  const state = foldEvents(initialRunState, log.map(eventOf));
  assert.equal(run.status, state.status, `R6: ${at}: the list says ${run.status}, the log ${state.status}`);
  if (isEnded(state.status)) {
    assert.equal(run.slot, null, `R7: ${at} ended and still has a slot`);
    const folded = foldedColumns(state);
    const iso = (time: Date | null) => time?.toISOString() ?? null;
    assert.deepEqual({ status: run.status, warnings: run.warnings, stepsDone: run.stepsDone, itemsOut: run.itemsOut, startedAt: iso(run.startedAt), finishedAt: iso(run.finishedAt) }, folded, `R6: ${at}: its row is not the fold of its log`);
  } else {
    assert.notEqual(run.slot, null, `R7: ${at} is ${state.status} and has no slot: nobody will carry it on`);
    assert.notEqual(run.slot, 'leased', `R7: ${at} is leased though no engine runs`);
  }
}

function checkChain(run: RunRow, log: readonly LogRow[], at: string): void {
  let previous = '';
  for (const row of log) {
    assert.equal(hashEvent(previous, { ...row, at: row.at.toISOString() }), row.hash, `R3: ${at}: the chain breaks at seq ${row.seq}`);
    previous = row.hash;
  }
  const [seq, hash] = run.slot === null ? [run.headSeq, run.headHash] : [run.slotSeq, run.slotHash];
  assert.equal(seq, log.length, `R2: ${at}: the head says ${seq}, the log has ${log.length}`);
  assert.equal(hash, previous, `R3: ${at}: the head is not the last hash`);
}

/** Steps in the order of the log: with branches side by side a success may stand far behind its start, never before it. */
function checkSteps(log: readonly LogRow[], at: string): void {
  const succeeded = new Set<string>();
  const open = new Set<string>();
  let [isOver, isPaused, isStopping, hasFailed] = [false, false, false, false];
  for (const row of log) {
    const attempt = `${row.stepId}/${row.iteration}/${row.attempt}`;
    const key = `${row.stepId}/${row.iteration}`;
    assert.ok(!isOver || row.type === 'run.resumed' || row.type === 'lease.taken' || row.type === 'note.added' || row.type === 'cancel.requested' || row.type === 'run.cancelled', `R7: ${at}: ${row.type} stands behind the end at seq ${row.seq}`);
    if (row.type === 'run.paused') isPaused = true;
    if (row.type === 'run.unpaused') isPaused = false;
    if (row.type === 'cancel.requested') isStopping = true;
    if (row.type === 'run.resumed') [isOver, isPaused, isStopping, hasFailed] = [false, false, false, false];
    if (ends.has(row.type)) isOver = true;
    if (row.type === 'step.retry_scheduled') hasFailed = false;
    if (row.type === 'step.failed') {
      open.delete(attempt);
      hasFailed = true;
    }
    if (row.type === 'step.started') {
      assert.ok(!isPaused, `R50: ${at}: step ${row.stepId} began while paused`);
      assert.ok(!isStopping, `R21: ${at}: step ${row.stepId} began after a cancellation was read`);
      assert.ok(!hasFailed, `R14: ${at}: step ${row.stepId} began after another had failed`);
      open.add(attempt);
    }
    if (row.type !== 'step.succeeded') continue;
    assert.ok(open.delete(attempt), `R9: ${at}: step ${row.stepId} succeeded in attempt ${row.attempt}, which never started or was over`);
    assert.ok(!succeeded.has(key), `R8: ${at}: step ${row.stepId} succeeded twice`);
    succeeded.add(key);
  }
}

const ends: ReadonlySet<string> = new Set(['run.succeeded', 'run.failed', 'run.cancelled', 'run.reset', 'run.quarantined']);
