import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Json } from '#flow/json';
import { serverContext } from '../_server/context';
import { defaultMaxBytes } from './_route';
import { definition, samplesOf } from './_testing/samples';
import { createWorld, send, type World } from './_testing/world';

/** What people and programs send by mistake, through the API: each its documented code, and the database is what it was. */
let world: World;
let flow: { flowId: string };
let componentId: string;
let cookie: string;
beforeAll(async () => {
  world = await createWorld();
  cookie = world.cookies.owner;
  componentId = (await (await send('POST', '/components', cookie, { body: { title: 'Mistakes' } })).json()).id;
  flow = { flowId: (await (await send('POST', '/flows', cookie, { body: { componentId, kind: 'dataflow', name: 'Echo', definition } })).json()).id };
  expect((await send('POST', '/flows/:flowId/publish', cookie, { params: flow, body: {} })).status).toBe(201);
});
afterAll(() => world.close());

/** Everything a run, a question or a schedule consists of, row by row. */
async function everything(): Promise<string> {
  const { sql } = serverContext().database;
  const parts = ['runs', 'run_slots', 'run_events', 'run_inbox', 'run_keys', 'blobs', 'tasks', 'schedules', 'schedule_ticks', 'instances'];
  const rows = await Promise.all(parts.map((part) => sql.unsafe(`select count(*) as count, md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as sum from ${part} t`)));
  return JSON.stringify(parts.map((part, at) => [part, rows[at]?.[0]]));
}

type Asked = Parameters<typeof send>[3];
async function refused(path: string, asked: Asked, wanted: [number, string]): Promise<{ message: string; path?: string; details?: { path: string }[] }> {
  const before = await everything();
  const reply = await send('POST', path, cookie, asked);
  const body = await reply.json();
  expect([reply.status, body.error?.code], JSON.stringify(body).slice(0, 300)).toEqual(wanted);
  expect(await everything(), 'nothing was stored').toBe(before);
  return body.error;
}

const nested = (levels: number): Json => (levels === 0 ? 1 : { a: nested(levels - 1) });
const runOf = async (): Promise<{ runId: string }> => {
  const reply = await send('POST', '/flows/:flowId/runs', cookie, { params: flow, body: { input: { a: 1 } } });
  expect(reply.status).toBe(202);
  return { runId: (await reply.json()).runId };
};

test.each<[string, string, [number, string]]>([
  ['not JSON', '{"input":{"a":', [400, 'INVALID_JSON']], ['a lone word', 'hello', [400, 'INVALID_JSON']], ['U+0000', '{"input":{"a":"x\\u0000"}}', [400, 'INVALID_JSON']], ['U+0000 in a key', '{"input":{"\\u0000":1}}', [400, 'INVALID_JSON']],
  ['half a character', '{"input":{"a":"\\ud800"}}', [400, 'INVALID_JSON']], ['deeper than 64 levels', JSON.stringify({ input: nested(65) }), [400, 'PARAM_INVALID']],
  ['deeper than a stack', `{"input":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, [400, 'INVALID_JSON']], ['larger than a request may be', JSON.stringify({ input: 'x'.repeat(defaultMaxBytes) }), [413, 'TOO_LARGE']],
])('R30 R54 the input of a run that is %s is refused', async (_what, body, wanted) => {
  await refused('/flows/:flowId/runs', { params: flow, body }, wanted);
  await refused('/runs/:runId/fork', { params: await runOf(), body: body.replace('{"input"', '{"fromStep":"stp_2","input"') }, wanted);
});

test('an input of 64 levels is taken', async () => {
  expect((await send('POST', '/flows/:flowId/runs', cookie, { params: flow, body: { input: nested(64) } })).status).toBe(202);
});

test.each(['0 0 31 2 *', '0 0 30 2 *', '61 * * * *', '* * * *', 'daily', ''])('R83 a schedule of "%s", which never fires or is none, is refused and not kept', async (cron) => {
  const told = await refused('/schedules', { body: { componentId, flowId: flow.flowId, cron } }, [400, 'PARAM_INVALID']);
  expect(told.path ?? told.details?.[0]?.path).toBe('cron');
});

test('R83 an existing schedule keeps its times when it is given one that never fires', async () => {
  const params = (await samplesOf(world).getSchedule()).params;
  const before = await everything();
  const reply = await send('PATCH', '/schedules/:scheduleId', cookie, { params, body: { cron: '0 0 31 2 *' } });
  expect([reply.status, (await reply.json()).error.code]).toEqual([400, 'PARAM_INVALID']);
  expect(await everything()).toBe(before);
});

test.each<[string, string, number]>([['answered', 'CONFIRMATION_ANSWERED', 409], ['expired', 'CONFIRMATION_TIMEOUT', 409], ['closed', 'STATE_INVALID', 409]])('R44 an answer to a question that is %s changes nothing', async (state, code, status) => {
  const { params } = await samplesOf(world).answerTask();
  const { sql } = serverContext().database;
  await sql`update tasks set state = ${state}, closed_at = now(), answered_by_name = 'Bo', answer = ${state === 'answered' ? 'false' : null}::text::jsonb where id = ${params?.['taskId'] ?? ''}`;
  await refused('/tasks/:taskId/answer', { params, body: { value: true } }, [status, code]);
});

test('R44 an answer that was not offered, or to a question that is not there, changes nothing', async () => {
  const { params } = await samplesOf(world).answerTask();
  await refused('/tasks/:taskId/answer', { params, body: { value: 'perhaps' } }, [422, 'VALIDATION_FAILED']);
  await refused('/tasks/:taskId/answer', { params: { taskId: 'tsk_none' }, body: { value: true } }, [404, 'TASK_NOT_FOUND']);
});

test.each(['queued', 'running', 'waiting', 'paused', 'succeeded'])('R22 resuming a run that is %s is refused', async (status) => {
  const params = await runOf();
  await serverContext().database.sql`update runs set status = ${status} where id = ${params.runId}`;
  await refused('/runs/:runId/resume', { params, body: {} }, [409, 'STATE_INVALID']);
});

test('R54 forking from a step, a version or a run that is not there is refused', async () => {
  const params = await runOf();
  await refused('/runs/:runId/fork', { params, body: { fromStep: 'stp_none' } }, [404, 'STEP_NOT_FOUND']);
  await refused('/runs/:runId/fork', { params, body: { fromStep: 'stp_2', allowEffects: ['stp_none'] } }, [404, 'STEP_NOT_FOUND']);
  await refused('/runs/:runId/fork', { params, body: { fromStep: 'stp_2', version: 99 } }, [404, 'VERSION_NOT_FOUND']);
  await refused('/runs/:runId/fork', { params: { runId: '01900000-0000-7000-8000-000000000000' }, body: { fromStep: 'stp_2' } }, [404, 'RUN_NOT_FOUND']);
  await refused('/runs/:runId/fork', { params: { runId: 'not-a-run' }, body: { fromStep: 'stp_2' } }, [404, 'RUN_NOT_FOUND']);
});
