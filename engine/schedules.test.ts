import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { getComponent, updateComponent } from '#db/components';
import { createSchedule, getSchedule, updateSchedule, type ScheduleView, type ScheduleWish } from '#db/schedules';
import { listNotifications, readNotifications } from '#db/notifications';
import { listRuns } from '#db/runs';
import { settleTicks } from '#db/schedule-news';
import { members, schedules, user } from '#db/schema/index';
import { codeOf, got } from '#db/testing-result';
import { newId } from '#flow/id';
import { fireSchedules } from './schedules';
import { aStep, engineTest, type EngineTest } from './testing';

/** Schedules by a clock that the test gives: no engine runs unless a test starts one, so runs stay open until then. */
let at: EngineTest;
beforeEach(async () => {
  at = await engineTest();
});
afterEach(() => at.close());

const wish: ScheduleWish = { cron: '0 7 * * *', timeZone: 'UTC', overlap: 'skip', catchUp: true, runAs: null, enabled: true };

async function schedule(more: Partial<ScheduleWish> = {}): Promise<ScheduleView> {
  const flowId = await at.insertFlow([aStep('s1', 'get-empty-model')], { name: 'Nightly' });
  return got(await createSchedule(at.database, at.access, at.componentId, { ...wish, flowId, ...more })).schedule;
}
const seen = async (id: string) => got(await getSchedule(at.database, at.access, id)).schedule;
const runs = async () => got(await listRuns(at.database, at.access, { limit: 200, trigger: 'cron' })).items;
const due = async (id: string, time: string) => void (await at.database.db.update(schedules).set({ nextAt: new Date(time) }).where(eq(schedules.id, id)));
const clock = (time: string) => new Date(time);
const outcomes = async (id: string) => (await seen(id)).ticks.map((tick) => tick.outcome);
const end = async () => {
  await at.start();
  for (const run of await runs()) await at.finished(run.id);
};

test('R81 a tick fires once however many workers look, and moves on by the rule', async () => {
  const { id } = await schedule();
  await due(id, '2030-01-01T07:00:00Z');
  expect(await fireSchedules(at.database, clock('2030-01-01T06:59:59Z'))).toEqual([]);
  const fired = (await Promise.all(Array.from({ length: 12 }, () => fireSchedules(at.database, clock('2030-01-01T07:00:00.500Z'))))).flat();
  expect(fired).toHaveLength(1);
  expect(fired[0]).toMatchObject({ scheduleId: id, at: '2030-01-01T07:00:00.000Z', outcome: 'run' });
  const [run, ...more] = await runs();
  expect(more).toEqual([]);
  expect(run).toMatchObject({ id: fired[0]?.runId, trigger: 'cron', triggerName: 'People', startedBy: { id: null, name: 'Millrace' }, flowName: 'Nightly' });
  expect((await seen(id)).next).toEqual(['2030-01-02T07:00:00.000Z', '2030-01-03T07:00:00.000Z', '2030-01-04T07:00:00.000Z']);
});

test('R81 a day of ticks among five workers that all look all the time: each once, none lost', async () => {
  const { id } = await schedule({ cron: '*/10 * * * *', overlap: 'queue' });
  await due(id, '2030-01-01T00:00:00Z');
  for (let minute = 0; minute < 24 * 60; minute += 10) {
    const now = new Date(Date.UTC(2030, 0, 1, 0, minute, 1));
    await Promise.all(Array.from({ length: 5 }, () => fireSchedules(at.database, now)));
  }
  const [counted] = await at.database.sql<{ runs: number; waiting: number }[]>`select (select count(*)::int from runs where trigger = 'cron') as runs, (select waiting from schedules) as waiting`;
  expect([counted?.runs, counted?.waiting]).toEqual([1, 100]); // the first one is still open: a hundred wait, the rest is noted as skipped
  expect(await outcomes(id)).toEqual(['skipped', 'skipped', 'skipped', 'skipped', 'skipped']);
});

test('R82 a tick while the run before it goes on is skipped and noted, the next one runs', async () => {
  const { id } = await schedule();
  await due(id, '2030-01-01T07:00:00Z');
  await fireSchedules(at.database, clock('2030-01-01T07:00:01Z'));
  await fireSchedules(at.database, clock('2030-01-02T07:00:01Z'));
  expect(await outcomes(id)).toEqual(['skipped', 'run']);
  expect(await runs()).toHaveLength(1);
  await end();
  await fireSchedules(at.database, clock('2030-01-03T07:00:01Z'));
  expect(await outcomes(id)).toEqual(['run', 'skipped', 'run']);
});

test('R82 with "queue" ticks wait their turn, one after the other', async () => {
  const { id } = await schedule({ overlap: 'queue' });
  await due(id, '2030-01-01T07:00:00Z');
  for (const day of ['01', '02', '03']) await fireSchedules(at.database, clock(`2030-01-${day}T07:00:01Z`));
  expect([(await seen(id)).waiting, await outcomes(id)]).toEqual([2, ['queued', 'queued', 'run']]);
  await end();
  // The engine that ended the first run fires by the real clock too: what waits goes on by itself.
  for (let tries = 0; (await seen(id)).waiting > 0 && tries < 100; tries++) await new Promise((resolve) => setTimeout(resolve, 100));
  for (const run of await runs()) await at.finished(run.id);
  expect([(await seen(id)).waiting, await outcomes(id)]).toEqual([0, ['run', 'run', 'run']]);
  const started = (await runs()).map((run) => ({ from: run.createdAt, to: run.finishedAt ?? '' })).toReversed();
  for (const [index, run] of started.entries()) if (index > 0) expect(run.from >= (started[index - 1]?.to ?? '')).toBe(true);
}, 180_000);

test('R83 ticks missed while nobody looked run once, or not at all when so wished', async () => {
  const { id } = await schedule();
  await due(id, '2030-01-01T07:00:00Z');
  const fired = await fireSchedules(at.database, clock('2030-01-09T12:00:00Z'));
  expect(fired.map((each) => [each.at, each.outcome])).toEqual([['2030-01-01T07:00:00.000Z', 'run']]);
  expect((await seen(id)).next[0]).toBe('2030-01-10T07:00:00.000Z');
  await end();
  got(await updateSchedule(at.database, at.access, id, { catchUp: false }));
  await due(id, '2030-01-10T07:00:00Z');
  expect((await fireSchedules(at.database, clock('2030-01-10T07:01:31Z'))).map((each) => each.outcome)).toEqual(['missed']);
  await due(id, '2030-01-11T07:00:00Z');
  expect((await fireSchedules(at.database, clock('2030-01-11T07:01:20Z'))).map((each) => each.outcome)).toEqual(['run']);
});

test('R84 it runs as the person chosen while they are a member; then it stops and says so', async () => {
  const person = { id: newId('usr'), name: 'Ben' };
  await at.database.db.insert(user).values({ ...person, email: `${person.id}@example.com` });
  await at.database.db.insert(members).values({ workspaceId: at.access.workspaceId, userId: person.id, role: 'operator' });
  const { id } = await schedule({ runAs: person.id });
  await due(id, '2030-01-01T07:00:00Z');
  await fireSchedules(at.database, clock('2030-01-01T07:00:01Z'));
  expect((await runs())[0]).toMatchObject({ startedBy: person, trigger: 'cron' });
  await end();
  await at.database.db.delete(members).where(eq(members.userId, person.id));
  await fireSchedules(at.database, clock('2030-01-02T07:00:01Z'));
  expect((await seen(id)).ticks[0]).toMatchObject({ outcome: 'refused', runId: null, failure: { code: 'MEMBER_NOT_FOUND' } });
  expect(await runs()).toHaveLength(1);
  await at.database.db.delete(user).where(eq(user.id, person.id));
  expect((await seen(id)).runAs).toEqual({ id: person.id, name: '' }); // never silently the platform's
});

test('R84 what cannot run is noted, harms no other schedule, and goes on once it can', async () => {
  const { id } = await schedule();
  got(await updateComponent(at.database, at.access, at.componentId, { settings: { inputFlowId: null } }));
  await due(id, '2030-01-01T07:00:00Z');
  await fireSchedules(at.database, clock('2030-01-01T07:00:01Z'));
  expect((await seen(id)).ticks[0]).toMatchObject({ outcome: 'refused', failure: { code: 'FLOW_NOT_FOUND' } });
  const flowId = await at.insertFlow([aStep('s1', 'get-empty-model')]);
  got(await updateSchedule(at.database, at.access, id, { flowId }));
  await at.database.sql`update flows set published_version_id = null where id = ${flowId}`;
  await fireSchedules(at.database, clock('2030-01-02T07:00:01Z'));
  expect((await seen(id)).ticks[0]).toMatchObject({ outcome: 'refused', failure: { code: 'NOT_PUBLISHED' } });
  await at.database.sql`update flows set published_version_id = (select id from flow_versions where flow_id = ${flowId}) where id = ${flowId}`;
  expect((await fireSchedules(at.database, clock('2030-01-03T07:00:01Z'))).map((each) => each.outcome)).toEqual(['run']);
});

const told = async (access = at.access) => got(await listNotifications(at.database, access, { limit: 50 })).items.filter((each) => each.kind === 'warning').map(({ subject, body, link }) => ({ subject: subject.en, body: body.en, link }));

test('R86 who made a schedule is told of a scheduled run that failed, with its link, once until they have read it', async () => {
  const { id } = await schedule();
  const broken = await at.insertFlow([aStep('s1', 'get-empty-model'), aStep('s2', 'send-notification', { channel: 'smtp', userName: [at.access.user?.id ?? ''], messageTheme: { const: 'x' }, messageBody: 'x' }, 's1')], { name: 'Broken' });
  got(await updateSchedule(at.database, at.access, id, { flowId: broken }));
  const fireAt = async (time: string) => {
    await fireSchedules(at.database, clock(time));
    const [run] = await runs();
    expect(await at.finished(run?.id ?? '')).toMatchObject({ status: 'failed' });
    await Promise.all(Array.from({ length: 5 }, () => settleTicks(at.database)));
    return run?.id ?? '';
  };
  await at.start();
  await due(id, '2030-01-01T07:00:00Z');
  const first = await fireAt('2030-01-01T07:00:01Z');
  expect(await told()).toEqual([{ subject: 'The scheduled run of "Broken" failed', body: expect.stringContaining('No e-mail server is set up'), link: { flowId: broken, runId: first, scheduleId: id, componentId: at.componentId } }]);
  await fireAt('2030-01-02T07:00:01Z');
  expect(await told()).toHaveLength(1);
  got(await readNotifications(at.database, at.access, 'all'));
  const third = await fireAt('2030-01-03T07:00:01Z');
  expect((await told()).map((each) => each.link.runId)).toEqual([third, first]);
  const fine = await at.insertFlow([aStep('s1', 'get-empty-model')]);
  got(await updateSchedule(at.database, at.access, id, { flowId: fine }));
  await fireSchedules(at.database, clock('2030-01-04T07:00:01Z'));
  for (const run of await runs()) await at.finished(run.id);
  expect(await settleTicks(at.database)).toBeLessThanOrEqual(1);
  expect(await told()).toHaveLength(2);
});

test('R86 they are told why a schedule cannot run, and that one whose time never comes again was switched off; the owners when they have left', async () => {
  const { id } = await schedule();
  got(await updateComponent(at.database, at.access, at.componentId, { settings: { inputFlowId: null } }));
  await due(id, '2030-01-01T07:00:00Z');
  await fireSchedules(at.database, clock('2030-01-01T07:00:01Z'));
  await fireSchedules(at.database, clock('2030-01-02T07:00:01Z'));
  expect(await told()).toEqual([{ subject: 'The schedule of "People" cannot run', body: expect.stringContaining('no input dataflow'), link: { scheduleId: id, componentId: at.componentId } }]);
  got(await readNotifications(at.database, at.access, 'all'));
  const maker = { id: newId('usr'), name: 'Gone' };
  await at.database.db.insert(user).values({ ...maker, email: `${maker.id}@example.com` });
  await at.database.db.update(schedules).set({ timeZone: 'Mars/Phobos', createdBy: maker.id }).where(eq(schedules.id, id));
  await at.insertFlow([aStep('s1', 'get-empty-model')]);
  await fireSchedules(at.database, clock('2030-01-03T07:00:01Z'));
  expect((await told())[0]).toMatchObject({ subject: 'The schedule of "People" was switched off', body: expect.stringContaining('Mars/Phobos'), link: { scheduleId: id } });
  expect((await at.database.sql`select enabled, next_at from schedules`)[0]).toEqual({ enabled: false, next_at: null });
  expect(await fireSchedules(at.database, clock('2031-01-03T07:00:01Z'))).toEqual([]);
});

test('R83 across the change of summer time a daily time keeps its hour', async () => {
  const { id } = await schedule({ cron: '30 2 * * *', timeZone: 'Europe/Paris' });
  await due(id, '2030-03-30T01:30:00Z');
  const fired = [];
  for (const time of ['2030-03-30T01:30:01Z', '2030-03-31T01:00:01Z', '2030-04-01T00:30:01Z']) fired.push(...(await fireSchedules(at.database, clock(time))));
  expect(fired.map((each) => each.at)).toEqual(['2030-03-30T01:30:00.000Z', '2030-03-31T01:00:00.000Z', '2030-04-01T00:30:00.000Z']);
  await due(id, '2030-10-26T00:30:00Z');
  const autumn = [];
  for (let hour = 0; hour < 48; hour++) autumn.push(...(await fireSchedules(at.database, new Date(Date.UTC(2030, 9, 26, hour, 30, 1)))));
  expect(autumn.map((each) => each.at)).toEqual(['2030-10-26T00:30:00.000Z', '2030-10-27T00:30:00.000Z']);
});

test('a schedule that is off, of a deleted component or without a further time never fires', async () => {
  const { id } = await schedule();
  await due(id, '2030-01-01T07:00:00Z');
  got(await updateSchedule(at.database, at.access, id, { enabled: false }));
  await due(id, '2030-01-01T07:00:00Z');
  expect(await fireSchedules(at.database, clock('2031-01-01T00:00:00Z'))).toEqual([]);
  expect((await seen(id)).next).toEqual([]);
  got(await updateSchedule(at.database, at.access, id, { enabled: true }));
  const next = new Date((await seen(id)).next[0] ?? '').getTime();
  expect(next - Date.now()).toBeLessThan(86_400_000); // switching on begins from now
  await at.database.sql`update components set deleted_at = now() where id = ${at.componentId}`;
  expect(await fireSchedules(at.database, clock('2031-01-01T00:00:00Z'))).toEqual([]);
});

test('bad wishes are refused with what to do, and change nothing', async () => {
  const flowId = await at.insertFlow([aStep('s1', 'get-empty-model')]);
  const workflowId = await at.insertFlow([], { kind: 'workflow' });
  const create = (more: Partial<ScheduleWish>, access = at.access) => createSchedule(at.database, access, at.componentId, { ...wish, flowId, ...more });
  expect(await create({ cron: '0 0 31 2 *' })).toMatchObject({ ok: false, failure: { code: 'PARAM_INVALID', path: 'cron', text: { en: expect.stringContaining('never fires'), fr: expect.stringContaining('jamais') } } });
  expect(codeOf(await create({ cron: 'every day' }))).toBe('PARAM_INVALID');
  expect(codeOf(await create({ timeZone: 'Mars/Phobos' }))).toBe('PARAM_INVALID');
  expect(codeOf(await create({ runAs: 'usr_nobody' }))).toBe('MEMBER_NOT_FOUND');
  expect(codeOf(await create({ flowId: 'flw_nothing' }))).toBe('FLOW_NOT_FOUND');
  expect(codeOf(await create({ flowId: workflowId }))).toBe('PARAM_INVALID');
  const editor = { ...at.access, role: 'editor' as const, user: { id: 'usr_editor', name: 'Editor' } };
  expect(codeOf(await create({ runAs: at.access.user?.id ?? '' }, editor))).toBe('ACCESS_DENIED');
  expect(codeOf(await create({}, { ...editor, role: 'operator' }))).toBe('ACCESS_DENIED');
  expect(got(await getComponent(at.database, at.access, at.componentId)).component.settings.inputFlowId).toBeUndefined();
  const { schedule: made } = got(await create({}));
  expect(codeOf(await create({}))).toBe('CONFLICT');
  const before = await seen(made.id);
  expect(codeOf(await updateSchedule(at.database, at.access, made.id, { cron: '0 0 31 2 *', overlap: 'queue' }))).toBe('PARAM_INVALID');
  expect(await seen(made.id)).toEqual(before);
});

test('R81 three real engines fire a schedule of every minute by the database’s clock once', async () => {
  const { id } = await schedule({ cron: '* * * * *' });
  await at.database.sql`update schedules set next_at = now() + interval '1500 milliseconds'`;
  await Promise.all([at.start(), at.start(), at.start()]);
  for (let tries = 0; (await runs()).length === 0 && tries < 100; tries++) await new Promise((resolve) => setTimeout(resolve, 100));
  const [run] = await runs();
  expect(await at.finished(run?.id ?? '')).toMatchObject({ status: 'succeeded', trigger: 'cron' });
  expect((await seen(id)).ticks.length).toBeLessThanOrEqual(2); // the minute may have turned meanwhile
  expect((await runs()).length).toBe((await seen(id)).ticks.length);
});
