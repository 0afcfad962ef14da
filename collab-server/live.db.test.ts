import { afterAll, beforeAll, expect, it } from 'vitest';
import { createApiKey } from '#db/api-keys';
import { recordChange } from '#db/record-change';
import { newId, newRunId } from '#flow/id';
import type { RunEvent } from '#flow/run-event';
import { until } from '#flow/testing-until';
import { insertFlow, liveClient, otherWorkspaceId, outsider, person, startTestWeb, type Person, type TestWeb } from './testing';

let web: TestWeb;
let op: Person;
let vi: Person;
let eve: Person;
let flowId: string;
let versionId: string;
const sockets: ReturnType<typeof liveClient>[] = [];

beforeAll(async () => {
  web = await startTestWeb();
  op = await person(web, 'Op', 'operator');
  vi = await person(web, 'Vi', 'viewer');
  eve = await outsider(web, 'Eve');
  flowId = await insertFlow(web.database, web.workspaceId);
  versionId = newId('ver');
  await web.database.sql`insert into flow_versions (id, flow_id, number, content_hash, definition) values (${versionId}, ${flowId}, 1, 'h', '{}')`;
});
afterAll(async () => {
  for (const socket of sockets) socket.disconnect();
  await web.stop();
});

function connected(namespace: string, options: Parameters<typeof liveClient>[2]) {
  const socket = liveClient(web.url, namespace, options);
  sockets.push(socket);
  return socket;
}
const ask = (socket: ReturnType<typeof liveClient>, event: string, payload?: unknown): Promise<{ ok: boolean; error?: { code: string }; status?: string; runs?: { runId: string }[] }> =>
  socket.timeout(60_000).emitWithAck(event, payload);

async function insertRun(status = 'running'): Promise<string> {
  const id = newRunId();
  await web.database.sql`insert into runs (id, workspace_id, flow_id, flow_version_id, kind, trigger, status) values (${id}, ${web.workspaceId}, ${flowId}, ${versionId}, 'dataflow', 'manual', ${status})`;
  return id;
}

async function append(runId: string, from: number, count: number, hint = true): Promise<void> {
  const seqs = Array.from({ length: count }, (_, at) => from + at);
  await web.database.sql`insert into run_events (run_id, seq, type, at, data, hash)
    select ${runId}::uuid, s, 'step.progress', now(), '{"done":1}'::jsonb, '\\x00'::bytea from unnest(${seqs}::int[]) s`;
  if (hint) await web.database.sql`select pg_notify('run_events', ${runId})`;
}

/** Everything a watcher receives, asked for again after each reconnect from the last seq on. */
function follow(socket: ReturnType<typeof liveClient>, runId: string, after = 0): number[] {
  const seqs: number[] = [];
  const watch = () => void ask(socket, 'watch', { runId, after: seqs.at(-1) ?? after });
  socket.on('connect', watch);
  if (socket.connected) watch();
  socket.on('events', (message: { runId: string; events: RunEvent[] }) => {
    if (message.runId === runId) seqs.push(...message.events.map((event) => event.seq));
  });
  return seqs;
}
const upTo = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);

it('L3 a late watcher gets the past and then what comes, without gap or repetition, also over a restart', async () => {
  const runId = await insertRun();
  await append(runId, 1, 1_200);
  const early = follow(connected('/runs', { cookie: op.cookie }), runId);
  const late = follow(connected('/runs', { cookie: vi.cookie }), runId, 1_150);
  await until(() => early.length === 1_200 && late.length === 50, 'the past');
  await append(runId, 1_201, 5);
  await append(runId, 1_206, 5, false);
  await until(() => early.length === 1_210, 'what came');
  await web.restart(() => append(runId, 1_211, 40, false));
  await append(runId, 1_251, 10);
  await until(() => early.length === 1_260 && late.length === 110, 'what came during the restart', 15_000);
  expect(early).toEqual(upTo(1, 1_260));
  expect(late).toEqual(upTo(1_151, 1_260));
});

it('L3 delivers a hinted event within tens of milliseconds', async () => {
  const runId = await insertRun();
  const seqs = follow(connected('/runs', { cookie: op.cookie }), runId);
  await append(runId, 1, 1);
  await until(() => seqs.length === 1, 'the first event');
  const tookMs: number[] = [];
  for (const seq of [2, 3, 4, 5, 6]) {
    const started = performance.now();
    await append(runId, seq, 1);
    await until(() => seqs.length === seq, 'the next event');
    tookMs.push(performance.now() - started);
  }
  expect(Math.min(...tookMs)).toBeLessThan(250); // the best of five: without the hint none comes before the second's look around
});

it('L3 a run whose log this build cannot read holds up nobody else', async () => {
  const [odd, fine] = [await insertRun(), await insertRun()];
  await web.database.sql`insert into run_events (run_id, seq, type, at, data, hash) values (${odd}, 1, 'from.the.future', now(), '{}', '\\x00')`;
  const socket = connected('/runs', { cookie: op.cookie });
  follow(socket, odd);
  const seqs = follow(socket, fine);
  await append(fine, 1, 3);
  await until(() => seqs.length === 3, 'the other run');
  await append(fine, 4, 1);
  await until(() => seqs.length === 4, 'the other run again');
});

it('L4 a flow’s watchers hear of every run of it, and no other flow’s', async () => {
  const other = await insertFlow(web.database, web.workspaceId);
  const open = await insertRun('waiting');
  const socket = connected('/runs', { cookie: vi.cookie });
  const heard: { runId: string; status: string }[] = [];
  socket.on('run', (run: { runId: string; status: string }) => heard.push(run));
  const answer = await ask(socket, 'watchFlow', { flowId });
  expect(answer.runs?.map((run) => run.runId)).toContain(open);
  expect(await ask(socket, 'watchFlow', { flowId: other })).toEqual({ ok: true, runs: [] });
  const started = await insertRun('queued');
  await web.database.sql`insert into run_events (run_id, seq, type, at, data, hash) values (${started}, 1, 'run.requested', now(), '{}', '\\x00')`;
  await until(() => heard.some((run) => run.runId === started && run.status === 'queued'), 'the run to be announced without a hint', 15_000);
  await web.database.sql`update runs set status = 'succeeded', finished_at = now() where id = ${started}`;
  await web.database.sql`select pg_notify('run_events', ${started})`;
  await until(() => heard.some((run) => run.runId === started && run.status === 'succeeded'), 'its end');
  expect(new Set(heard.map((run) => run.runId))).toEqual(new Set([started]));
  await ask(socket, 'unwatchFlow', { flowId });
});

it('L4 a list’s watchers hear of runs that match its filter', async () => {
  const socket = connected('/runs', { cookie: vi.cookie });
  const heard: string[] = [];
  socket.on('run', (run: { runId: string }) => heard.push(run.runId));
  expect(await ask(socket, 'watchRuns', { status: 'failed,cancelled' })).toEqual({ ok: true });
  const [fine, failed] = [await insertRun('succeeded'), await insertRun('failed')];
  await web.database.sql`select pg_notify('run_events', ${`${fine},${failed}`})`;
  await until(() => heard.length > 0, 'the failed run');
  expect(heard).toEqual([failed]);
});

it('L1 L2 refuses who is not signed in, foreign ids and payloads that are none', async () => {
  const refusal = (options: Parameters<typeof liveClient>[2]) => new Promise<unknown>((resolve) => {
    connected('/runs', options).once('connect_error', (error: Error & { data?: { code: string } }) => resolve(error.data?.code ?? error.message));
  });
  expect(await refusal({})).toBe('NOT_SIGNED_IN');
  expect(await refusal({ auth: { apiKey: 'mlr_forged' } })).toBe('NOT_SIGNED_IN');
  expect(await refusal({ cookie: op.cookie, auth: { workspace: otherWorkspaceId } })).toBe('WORKSPACE_NOT_FOUND');
  expect(await refusal({ cookie: op.cookie, origin: 'https://evil.example' })).toBe('websocket error');
  const runId = await insertRun();
  const stranger = connected('/runs', { cookie: eve.cookie });
  expect((await ask(stranger, 'watch', { runId, after: 0 })).error?.code).toBe('RUN_NOT_FOUND');
  expect((await ask(stranger, 'watchFlow', { flowId })).error?.code).toBe('FLOW_NOT_FOUND');
  const member = connected('/runs', { cookie: op.cookie });
  for (const bad of [{}, { runId: 'x' }, { runId, after: -1 }, { runId, after: '0' }, { runId, more: 1 }, null, 'text', 5]) {
    expect((await ask(member, 'watch', bad)).error?.code).toBe('PARAM_INVALID');
  }
  expect((await ask(member, 'watch', { runId: newRunId(), after: 0 })).error?.code).toBe('RUN_NOT_FOUND');
});

it('L1 L5 an API key opens a socket and its revocation closes it', async () => {
  const access = { workspaceId: web.workspaceId, role: 'owner' as const, user: { id: op.id, name: op.name }, via: 'session' as const };
  const key = await createApiKey(web.database, access, { name: 'watcher', role: 'viewer' });
  if (!key.ok) return expect.fail('no key');
  const socket = connected('/runs', { auth: { apiKey: key.key } });
  expect(await ask(socket, 'watch', { runId: await insertRun(), after: 0 })).toMatchObject({ ok: true, status: 'running' });
  const ended = new Promise<string>((resolve) => socket.once('disconnect', resolve));
  await web.database.sql`update api_keys set revoked_at = now() where id = ${key.id}`;
  expect(await ended).toBe('io server disconnect');
});

it('L7 followers hear of what changed under their topics in their workspace', async () => {
  const socket = connected('/changes', { cookie: vi.cookie });
  const heard: string[] = [];
  socket.on('changes', ({ changes }: { changes: { topic: string; objectId: string }[] }) => heard.push(...changes.map((each) => `${each.topic} ${each.objectId}`)));
  expect(await ask(socket, 'follow', { topics: [{ topic: 'entry', objectId: 'cmp_1' }, { topic: 'file' }] })).toEqual({ ok: true });
  const { db } = web.database;
  await recordChange(db, { workspaceId: otherWorkspaceId, topic: 'file', objectId: 'fil_0' });
  await recordChange(db, { workspaceId: web.workspaceId, topic: 'entry', objectId: 'cmp_2', entryId: 1 });
  await recordChange(db, { workspaceId: web.workspaceId, topic: 'entry', objectId: 'cmp_1', entryId: 1 });
  await recordChange(db, { workspaceId: web.workspaceId, topic: 'file', objectId: 'fil_1' });
  await until(() => heard.length === 2, 'two changes', 15_000);
  expect(heard).toEqual(['entry cmp_1', 'file fil_1']);
  expect((await ask(socket, 'follow', { topics: [{ topic: 'passwords' }] })).error?.code).toBe('PARAM_INVALID');
});

it('L7 a page that follows late is told what changed since it was drawn, and of its topics and workspace only', async () => {
  const witness = connected('/changes', { cookie: vi.cookie });
  let seen = 0;
  witness.on('changes', ({ changes }: { changes: unknown[] }) => void (seen += changes.length));
  await ask(witness, 'follow', { topics: [{ topic: 'component' }] });
  const { db } = web.database;
  await recordChange(db, { workspaceId: otherWorkspaceId, topic: 'component', objectId: 'cmp_other' });
  await recordChange(db, { workspaceId: web.workspaceId, topic: 'member', objectId: 'usr_1' });
  await recordChange(db, { workspaceId: web.workspaceId, topic: 'component', objectId: 'cmp_drawn_before', deleted: true });
  await until(() => seen === 1, 'the change', 15_000);
  const late = connected('/changes', { cookie: vi.cookie });
  const follow = { topics: [{ topic: 'component' }] };
  expect(await ask(late, 'follow', { ...follow, withinMs: 60_000 })).toMatchObject({ ok: true, recent: [{ topic: 'component', objectId: 'cmp_drawn_before', deleted: true }] });
  expect(await ask(late, 'follow', { ...follow, withinMs: 0 })).toEqual({ ok: true, recent: [] });
  expect((await ask(late, 'follow', { ...follow, withinMs: 60_001 })).error?.code).toBe('PARAM_INVALID');
});

it('L6 a socket watches 200 things at most, however quickly it asks, and gets its places back', async () => {
  const socket = connected('/runs', { cookie: op.cookie });
  const runIds = await Promise.all(Array.from({ length: 230 }, () => insertRun()));
  const answers = await Promise.all(runIds.map((runId) => ask(socket, 'watch', { runId })));
  expect(answers.filter((each) => each.ok)).toHaveLength(200);
  expect(answers.filter((each) => !each.ok).every((each) => each.error?.code === 'TOO_MANY_REQUESTS')).toBe(true);
  expect(await ask(socket, 'watchFlow', { flowId })).toMatchObject({ ok: false, error: { code: 'TOO_MANY_REQUESTS' } });
  const watched = runIds[answers.findIndex((each) => each.ok)] ?? '';
  expect(await ask(socket, 'watch', { runId: watched }), 'the same again takes no other place').toMatchObject({ ok: true });
  await ask(socket, 'unwatch', { runId: watched });
  expect(await ask(socket, 'watchFlow', { flowId })).toMatchObject({ ok: true });
});

it('L6 too many events are refused and the socket goes on; a message over 64 KB ends it', async () => {
  const socket = connected('/runs', { cookie: op.cookie });
  const runId = await insertRun();
  const answers = await Promise.all(Array.from({ length: 1_500 }, () => ask(socket, 'unwatch', { runId })));
  expect(answers.filter((each) => each.ok).length).toBeGreaterThanOrEqual(500);
  expect(answers.some((each) => each.error?.code === 'TOO_MANY_REQUESTS')).toBe(true);
  await until(async () => (await ask(socket, 'watch', { runId })).ok, 'the socket to be heard again');
  const ended = new Promise<string>((resolve) => socket.once('disconnect', resolve));
  socket.emit('watch', { runId, more: 'x'.repeat(65 * 1024) });
  expect(await ended).toMatch(/transport (close|error)/);
});
