import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listEntries } from '#db/entries';
import { cancelRun, getRun, rerunRun, resumeRun, runEvents } from '#db/runs';
import type { RetryPolicy } from '#flow/retry-policy';
import { nextAttempt, judge } from './retry';
import { failure, FailureError, type Failure } from '#flow/failure';
import { aStep, chain, engineTest, type EngineTest } from './testing';

let t: EngineTest;
beforeAll(async () => {
  t = await engineTest();
  await t.start();
});
afterAll(() => t.close());

const saving = (source = 'in') => aStep('save', 'update-entry', { component: t.componentId, fieldsMapping: [{ target: 'user_name', value: { field: 'n' } }] }, source);
const people = (count: number) => Array.from({ length: count }, (_, at) => ({ n: `P${at}` }));

describe('people and runs', () => {
  test('R21 cancelling at random moments stops each within a second, never both cancelled and finished', async () => {
    const flow = await t.insertFlow([...chain(1), aStep('save', 'update-entry', { component: t.componentId, fieldsMapping: [{ target: 'user_name', value: { field: 'n' } }] }, 's1')]);
    const ids = await Promise.all(Array.from({ length: 12 }, () => t.run(flow, { input: people(40) })));
    const asked = await Promise.all(ids.map(async (id, at) => {
      await new Promise((resolve) => setTimeout(resolve, at * 25));
      const from = Date.now();
      const answer = await cancelRun(t.database, t.access, id);
      const run = await t.finished(id);
      return { answer, run, tookMs: Date.now() - from };
    }));
    for (const { answer, run, tookMs } of asked) {
      expect(['cancelled', 'succeeded']).toContain(run.status);
      if (!answer.ok) expect(answer.failure.code).toBe('STATE_INVALID');
      if (run.status === 'cancelled') expect(tookMs).toBeLessThan(process.env['MILLRACE_LONG'] ? 1_500 : 5_000); // a second, and what a shared machine adds
      const events = await runEvents(t.database, t.access, run.id, { after: 0, limit: 1_000 });
      const ends = events.ok ? events.items.filter((each) => ['run.cancelled', 'run.succeeded'].includes(each.type)) : [];
      expect(ends).toHaveLength(1);
    }
    expect(asked.some((each) => each.run.status === 'cancelled')).toBe(true);
  });

  test('R21 a run cancelled before any engine took it does not begin one step', async () => {
    const quiet = await engineTest();
    const flow = await quiet.insertFlow(chain(3));
    const runId = await quiet.run(flow);
    expect(await cancelRun(quiet.database, quiet.access, runId)).toMatchObject({ ok: true });
    await quiet.start();
    const run = await quiet.finished(runId);
    expect(run).toMatchObject({ status: 'cancelled', steps: {} });
    expect(await cancelRun(quiet.database, quiet.access, runId)).toMatchObject({ failure: { code: 'STATE_INVALID' } });
    expect(await resumeRun(quiet.database, quiet.access, runId)).toMatchObject({ ok: true });
    expect(await quiet.finished(runId)).toMatchObject({ status: 'succeeded', stepsDone: 3 });
    await quiet.close();
  });

  test('R22 resuming after a failure in the middle repeats no effect', async () => {
    const flow = await t.insertFlow([aStep('in', 'get-raw-model'), saving()]);
    const before = await listEntries(t.database, t.access, t.componentId, { limit: 1 });
    const input = [...people(5), { n: null }, ...people(4)];
    const run = await t.finished(await t.run(flow, { input }));
    expect(run).toMatchObject({ status: 'failed', error: { code: 'VALIDATION_FAILED', itemIndex: 5, stepId: 'save' } });
    expect(await resumeRun(t.database, t.access, run.id)).toMatchObject({ ok: true });
    const second = await t.finished(run.id);
    expect(second).toMatchObject({ status: 'failed', steps: { in: { attempt: 1 }, save: { attempt: 2 } } });
    const after = await listEntries(t.database, t.access, t.componentId, { limit: 1 });
    expect((after.ok ? after.total : 0) - (before.ok ? before.total : 0)).toBe(5);
    expect(await resumeRun(t.database, t.access, run.id, { fromStep: 'in' })).toMatchObject({ failure: { code: 'STATE_INVALID' } });
  });

  test('R11 running again uses the same input in a new run', async () => {
    const flow = await t.insertFlow([...chain(1), aStep('out', 'write-response', {}, 's1')]);
    const first = await t.finished(await t.run(flow, { input: { a: 1 } }));
    const again = await rerunRun(t.database, t.access, first.id);
    expect(again.ok && again.runId).not.toBe(first.id);
    expect(await t.finished(again.ok ? again.runId : '')).toMatchObject({ status: 'succeeded', input: { a: 1 }, output: { a: 1 } });
    expect(await resumeRun(t.database, t.access, first.id)).toMatchObject({ failure: { code: 'STATE_INVALID' } });
    expect(await getRun(t.database, { ...t.access, workspaceId: 'wks_other' }, first.id)).toMatchObject({ failure: { code: 'RUN_NOT_FOUND' } });
  });

  test('R16 a step whose query is cut off is tried again, and its effect happens once', async () => {
    const flow = await t.insertFlow([aStep('in', 'get-raw-model'), { ...saving(), retry: { attempts: 4, backoffMs: 50 } }]);
    const before = await listEntries(t.database, t.access, t.componentId, { limit: 1 });
    let runId = '';
    await t.database.sql.begin(async (tx) => {
      await tx`select 1 from components where id = ${t.componentId} for update`;
      runId = await t.run(flow, { input: people(3) });
      for (let tries = 0; tries < 100; tries++) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        const cut = await t.database.sql`select pg_cancel_backend(pid) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query ilike '%components%share%'`;
        if (cut.length > 0) return;
      }
      throw new Error('the step never waited for the lock');
    });
    const run = await t.finished(runId);
    expect(run, JSON.stringify(run.error)).toMatchObject({ status: 'succeeded', steps: { save: { attempt: 2 } } });
    const after = await listEntries(t.database, t.access, t.componentId, { limit: 1 });
    expect((after.ok ? after.total : 0) - (before.ok ? before.total : 0)).toBe(3);
    const events = await runEvents(t.database, t.access, runId, { after: 0, limit: 100 });
    expect(events.ok && events.items.filter((each) => each.stepId === 'save' && each.type !== 'step.progress').map((each) => each.type)).toEqual(['step.started', 'step.failed', 'step.retry_scheduled', 'step.started', 'effect.recorded', 'step.succeeded']);
  });

  test('R16 only what may pass is tried again, three times in all', () => {
    const node = aStep('s', 'distinct');
    const judged = (transient: boolean, ours: boolean, failed: Failure['code'] = 'HTTP_TIMEOUT') => ({ failure: failure(failed, { en: '', fr: '' }), transient, ours });
    const passing = judged(true, false);
    const of = (code: 'HTTP_STATUS' | 'HTTP_TIMEOUT' | 'VALIDATION_FAILED', details = {}) => judge(new FailureError(failure(code, { en: '', fr: '' }, { details })), 's').transient;
    expect([of('HTTP_TIMEOUT'), of('HTTP_STATUS', { status: 503 }), of('HTTP_STATUS', { status: 404 }), of('VALIDATION_FAILED')]).toEqual([true, true, false, false]);
    expect([1, 2, 3].map((attempt) => nextAttempt(node, attempt, passing, 0)?.pauseMs ?? null)).toEqual([1_000, 5_000, null]);
    expect(nextAttempt(node, 1, judged(false, false), 0)).toBeNull();
    expect(nextAttempt(node, 9, judged(true, true), 0)).not.toBeNull();
    expect(nextAttempt({ ...node, retry: { attempts: 1 } }, 1, passing, 0)).toBeNull();
    // Own policies: how often, how long, which errors.
    const own = (retry: RetryPolicy, attempt: number, luck = 0, which = passing) => nextAttempt({ ...node, retry }, attempt, which, luck)?.pauseMs ?? null;
    expect([1, 2, 3, 4, 5, 6].map((attempt) => own({ attempts: 6 }, attempt))).toEqual([1_000, 5_000, 25_000, 60_000, 60_000, null]);
    expect([1, 2, 3].map((attempt) => own({ attempts: 4, backoff: 'fixed', backoffMs: 300 }, attempt))).toEqual([300, 300, 300]);
    expect([1, 2].map((attempt) => own({ attempts: 4, backoffMs: 300, maxBackoffMs: 1_000 }, attempt))).toEqual([300, 1_000]);
    expect([own({ attempts: 2 }, 1, 1), own({ attempts: 2, jitter: false }, 1, 1)]).toEqual([1_200, 1_000]);
    expect(own({ attempts: 2, on: ['LIMIT_EXCEEDED'] }, 1)).toBeNull();
    expect(own({ attempts: 2, on: ['LIMIT_EXCEEDED'] }, 1, 0, judged(false, false, 'LIMIT_EXCEEDED'))).toBe(1_000);
    expect(own({ attempts: 2, on: 'all' }, 1, 0, judged(false, false, 'VALIDATION_FAILED'))).toBe(1_000);
  });
});
