import { afterAll, beforeAll, expect, test } from 'vitest';
import { requestRun } from '#db/runs';
import type { Json } from '#flow/json';
import { aStep, chain, engineTest, type EngineTest } from './testing';

let t: EngineTest;
beforeAll(async () => {
  t = await engineTest();
});
afterAll(async () => t.close());

const deep = (levels: number): Json => (levels === 0 ? 1 : [deep(levels - 1)]);

test('R87 starts asked for at the same moment share commits, and every one of them is in the log', async () => {
  const flow = await t.insertFlow([...chain(2), aStep('out', 'write-response', {}, 's2')]);
  const ids = await Promise.all(Array.from({ length: 200 }, (_, n) => t.run(flow, { input: { n: n % 50 } })));
  expect(new Set(ids).size).toBe(200);
  const [commits] = await t.database.sql<{ count: number }[]>`select count(distinct xmin::text)::int as count from runs where flow_id = ${flow}`;
  expect(commits?.count).toBeLessThan(20);
  const engine = await t.start();
  const runs = await Promise.all(ids.map((id) => t.finished(id)));
  expect(runs.map((run) => [run.status, run.input, run.output])).toEqual(ids.map((_, n) => ['succeeded', { n: n % 50 }, { n: n % 50 }]));
  await engine.close();
});

test('R87 a start that is refused harms none of those beside it', async () => {
  const [flow, deleted, unpublished, poor] = await Promise.all(['Fine', 'Deleted', 'Unpublished', 'Poor'].map((name) => t.insertFlow(chain(1), { name })));
  const { sql } = t.database;
  await sql`update flows set deleted_at = now() where id = ${deleted ?? ''}`;
  await sql`update flows set published_version_id = null where id = ${unpublished ?? ''}`;
  // PostgreSQL itself refuses the runs of one flow: the statement of all fails, and each is tried alone.
  await sql.unsafe(`create function refuse_poor() returns trigger language plpgsql as $$ begin if new.flow_id = '${poor}' then raise exception 'not this one' using errcode = 'check_violation'; end if; return new; end $$;
    create trigger refuse_poor before insert on runs for each row execute function refuse_poor()`);
  const stranger = { ...t.access, workspaceId: 'wks_of_somebody_else' };
  const asked = [
    requestRun(t.database, t.access, flow ?? '', { input: { a: 1 } }), requestRun(t.database, t.access, deleted ?? ''), requestRun(t.database, t.access, unpublished ?? ''),
    requestRun(t.database, t.access, flow ?? '', { input: deep(70) }), requestRun(t.database, stranger, flow ?? ''), requestRun(t.database, t.access, 'flw_nothing'),
    requestRun(t.database, t.access, poor ?? ''), requestRun(t.database, t.access, flow ?? '', { input: { a: 2 } }),
  ];
  const told = (await Promise.allSettled(asked)).map((each) => (each.status === 'rejected' ? 'rejected' : each.value.ok ? 'started' : each.value.failure.code));
  expect(told).toEqual(['started', 'FLOW_NOT_FOUND', 'NOT_PUBLISHED', 'PARAM_INVALID', 'FLOW_NOT_FOUND', 'FLOW_NOT_FOUND', 'rejected', 'started']);
  await sql`drop trigger refuse_poor on runs`;
  const runs = await sql<{ input: string }[]>`select input_ref is not null as input from runs where flow_id = any(${[flow ?? '', poor ?? '', deleted ?? '', unpublished ?? '']})`;
  expect(runs).toEqual([{ input: true }, { input: true }]);
});

test('R87 a key makes one run of many requests at once, beside plain ones', async () => {
  const flow = await t.insertFlow(chain(1));
  const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => requestRun(t.database, t.access, flow, n % 2 === 0 ? { idempotencyKey: 'once' } : {})));
  const ids = answers.map((each) => (each.ok ? each.runId : each.failure.code));
  expect(new Set(ids.filter((_, n) => n % 2 === 0)).size).toBe(1);
  expect(new Set(ids).size).toBe(11);
});
