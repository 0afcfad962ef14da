import { setTimeout as pause } from 'node:timers/promises';
import { workspaces } from '#db/schema/index';
import { createTestDatabase } from '#db/testing';
import { newId, newRunId } from '#flow/id';
import { forkWeb, insertFlow, join, liveClient, signUp, testEnv, until } from '../collab-server/testing';
import { median, quantile, report } from './harness';

/**
 * Time from the commit of a run's event until each of 199 sockets has it, with the hint an engine sends. The sockets
 * share one process with the writer; the server is another. Painting in a browser is not part of this figure yet.
 */
const rounds = 5;
const watchers = 199;
const eventsPerRound = 60;
const database = await createTestDatabase();
const env = await testEnv(database.url);
const workspaceId = newId('wks');
await database.db.insert(workspaces).values({ id: workspaceId, name: 'Bench' });
const user = await signUp(database, env, 'Bench');
await join(database, workspaceId, user.id, 'operator');
const flowId = await insertFlow(database, workspaceId);
await database.sql`insert into flow_versions (id, flow_id, number, content_hash, definition) values ('ver_bench', ${flowId}, 1, 'h', '{}')`;
const web = await forkWeb(env);
const sockets = Array.from({ length: watchers }, () => liveClient(`http://127.0.0.1:${env.port}`, '/runs', { cookie: user.cookie }));
try {
  await until(() => sockets.every((socket) => socket.connected), 'every socket to connect', 60_000);
  const results: number[][] = [];
  for (let round = 0; round < rounds; round++) results.push(await once());
  report([0.5, 0.99].map((q) => ({ name: `live ${watchers} sockets: commit → received p${q * 100}`, value: median(results.map((each) => quantile(each, q))), unit: 'ms', rounds })));
} finally {
  for (const socket of sockets) socket.disconnect();
  web.kill('SIGKILL');
  await database.drop();
}

async function once(): Promise<number[]> {
  const runId = newRunId();
  await database.sql`insert into runs (id, workspace_id, flow_id, flow_version_id, kind, trigger, status) values (${runId}, ${workspaceId}, ${flowId}, 'ver_bench', 'dataflow', 'manual', 'running')`;
  const committed = new Map<number, number>();
  const received: { seq: number; at: number }[] = [];
  const lastSeqs = new Map<object, number>();
  for (const socket of sockets) {
    socket.removeAllListeners('events');
    socket.on('events', (message: { runId: string; events: { seq: number }[] }) => {
      for (const { seq } of message.runId === runId ? message.events : []) {
        if (seq !== (lastSeqs.get(socket) ?? 0) + 1) throw new Error(`a gap or repetition at ${seq}`);
        lastSeqs.set(socket, seq);
        received.push({ seq, at: performance.now() });
      }
    });
  }
  await Promise.all(sockets.map((socket) => socket.timeout(10_000).emitWithAck('watch', { runId, after: 0 })));
  await pause(200);
  for (let seq = 1; seq <= eventsPerRound; seq++) {
    await database.sql`insert into run_events (run_id, seq, type, at, data, hash) values (${runId}, ${seq}, 'step.progress', now(), '{"done":1}', '\\x00')`;
    committed.set(seq, performance.now());
    await database.sql`select pg_notify('run_events', ${runId})`;
    await pause(50);
  }
  await until(() => received.length === watchers * eventsPerRound, 'every event to arrive', 30_000);
  return received.map(({ seq, at }) => at - (committed.get(seq) ?? at));
}
