import { once } from 'node:events';
import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newId, newRunId } from '#flow/id';
import type { RunEvent } from '#flow/run-event';
import { until } from '#flow/testing-until';
import { forkWeb, insertFlow, liveClient, person, startTestWeb, testEnv, type TestWeb } from './testing';

/** Watchers of live runs on two web processes of which one is killed again and again. `MILLRACE_LONG=1`: two hundred, every two seconds for half a minute. */
const isLong = Boolean(process.env['MILLRACE_LONG']);
const [watchers, kills, everyMs] = isLong ? [200, 14, 2_000] : [12, 2, 1_500];
const runCount = 4;
let web: TestWeb;
let flowId: string;
let versionId: string;
let cookie: string;
let env: TestWeb['env'];
let child: ChildProcess;

beforeAll(async () => {
  web = await startTestWeb();
  cookie = (await person(web, 'Vi', 'viewer')).cookie;
  flowId = await insertFlow(web.database, web.workspaceId);
  versionId = newId('ver');
  await web.database.sql`insert into flow_versions (id, flow_id, number, content_hash, definition) values (${versionId}, ${flowId}, 1, 'h', '{}')`;
  env = await testEnv(web.database.url);
  child = await forkWeb(env);
});
afterAll(async () => {
  child.kill('SIGKILL');
  await web.stop();
});

type Watcher = { seqs: number[]; lateMs: number[]; close: () => void };

function watch(url: string, runId: string, connectedSince: () => number): Watcher {
  const socket = liveClient(url, '/runs', { cookie });
  const seqs: number[] = [];
  const lateMs: number[] = [];
  let joinedAt = 0;
  socket.on('connect', () => {
    joinedAt = Date.now();
    socket.emit('watch', { runId, after: seqs.at(-1) ?? 0 }, () => {});
  });
  socket.on('events', (message: { runId: string; events: RunEvent[] }) => {
    for (const event of message.events) {
      seqs.push(event.seq);
      // What came about before this socket stood, or while its server was just starting, says nothing of the way here.
      const at = Date.parse(event.at);
      if (at > Math.max(joinedAt, connectedSince()) + 500) lateMs.push(Date.now() - at);
    }
  });
  return { seqs, lateMs, close: () => socket.disconnect() };
}

it(`L3 ${watchers} watchers of live runs miss nothing and see nothing twice or out of order while their server is killed ${kills} times`, async () => {
  const runs = Array.from({ length: runCount }, () => newRunId());
  for (const id of runs) await web.database.sql`insert into runs (id, workspace_id, flow_id, flow_version_id, kind, trigger, status) values (${id}, ${web.workspaceId}, ${flowId}, ${versionId}, 'dataflow', 'manual', 'running')`;
  let bornAt = Date.now();
  const urls = [web.url, `http://127.0.0.1:${env.port}`];
  const all = Array.from({ length: watchers }, (_, at) => watch(urls[at % 2] ?? web.url, runs[at % runCount] ?? '', () => (at % 2 === 0 ? 0 : bornAt)));
  let isOver = false;
  let last = 0;
  const writing = (async () => {
    while (!isOver) {
      last += 1;
      await web.database.sql`insert into run_events (run_id, seq, type, at, data, hash) select id, ${last}, 'step.progress', clock_timestamp(), '{"done":1}'::jsonb, '\\x00'::bytea from unnest(${runs}::uuid[]) id`;
      await web.database.sql`select pg_notify('run_events', ${runs.join(',')})`;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  })();
  for (let killed = 0; killed < kills; killed++) {
    await new Promise((resolve) => setTimeout(resolve, everyMs));
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    child = await forkWeb(env);
    bornAt = Date.now();
  }
  const caughtUp = all.map((each) => each.seqs.length);
  await until(() => all.every((each, at) => each.seqs.length > (caughtUp[at] ?? 0)), 'everybody to be back', 60_000);
  isOver = true;
  await writing;
  await until(() => all.every((each) => (each.seqs.at(-1) ?? 0) >= last), 'the last event', 60_000);
  const whole = Array.from({ length: last }, (_, at) => at + 1);
  for (const each of all) expect(each.seqs).toEqual(whole);
  const late = all.flatMap((each) => each.lateMs).toSorted((a, b) => a - b);
  const p99 = late[Math.floor(late.length * 0.99)] ?? 0;
  console.log(`${last} events × ${watchers} watchers, ${kills} kills: p50 ${late[Math.floor(late.length / 2)]} ms, p99 ${p99} ms of ${late.length} deliveries`);
  if (isLong) expect(p99).toBeLessThan(250);
  for (const each of all) each.close();
}, 300_000);
