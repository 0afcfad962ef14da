import { createRequire } from 'node:module';
import { Worker as Thread } from 'node:worker_threads';
import type postgres from 'postgres';

/**
 * The lease is kept by a thread of its own: a step that computes for seconds blocks the main thread, and a worker that
 * merely works hard must not lose its runs. The thread stops beating once the main thread has not given a sign of life
 * for a minute, so that an endless loop does lose them. A thread that fails is replaced: without one the worker would keep
 * its runs from everybody until its lease is over, and take no other ever again. The first beat comes from the main thread, and the
 * thread begins a second later: an engine that starts has runs to carry on before anything else. Times are `hrtime`, one clock for all threads of a process.
 */
export type Heartbeat = { ageMs(): number; stop(): Promise<void> };

export const leaseSeconds = 10;
const beatMs = 1_000;
const stuckMs = 60_000;
const againMs = 200;
const threadAfterMs = 1_000;
const [beatAt, pulseAt] = [0, 1];
const nowMs = () => process.hrtime.bigint() / 1_000_000n;

/** Plain JavaScript, because a thread must load without a TypeScript loader and from any bundle. */
const threadCode = `
const { parentPort, workerData } = require('node:worker_threads');
const postgres = require(workerData.driver);
const { url, id, host, pid, leaseSeconds, beatMs, stuckMs } = workerData;
const clock = new BigInt64Array(workerData.clock);
const now = () => process.hrtime.bigint() / 1000000n;
const sql = postgres(url, { max: 1, onnotice: () => {}, connect_timeout: 5, fetch_types: false, backoff: () => 0.5, connection: { synchronous_commit: 'off' } });
let stopping = false;
async function beat() {
  const started = now();
  if (started - Atomics.load(clock, 1) < BigInt(stuckMs)) {
    try {
      await sql\`insert into workers (id, lease_until, host, pid) values (\${id}, now() + make_interval(secs => \${leaseSeconds}), \${host}, \${pid})
        on conflict (id) do update set lease_until = excluded.lease_until\`;
      Atomics.store(clock, 0, started);
      parentPort.postMessage('beat');
    } catch {}
  }
  if (!stopping) setTimeout(beat, beatMs);
}
parentPort.on('message', () => {
  stopping = true;
  sql.end({ timeout: 1 }).finally(() => process.exit(0));
});
beat();
`;

export async function startHeartbeat(sql: postgres.Sql, url: string, worker: { id: string; host: string; pid: number }): Promise<Heartbeat> {
  const shared = new SharedArrayBuffer(16);
  const clock = new BigInt64Array(shared);
  Atomics.store(clock, pulseAt, nowMs());
  const driver = createRequire(import.meta.url).resolve('postgres');
  let isStopping = false;
  let announce = () => {};
  const firstOfThread = new Promise<void>((resolve) => (announce = resolve));
  const beganMs = nowMs();
  const isKnown = await sql`insert into workers (id, lease_until, host, pid) values (${worker.id}, now() + make_interval(secs => ${leaseSeconds}), ${worker.host}, ${worker.pid})`.then(() => true, () => false);
  if (isKnown) Atomics.store(clock, beatAt, beganMs);
  let running = isKnown ? null : begin();
  const later = setTimeout(() => (running ??= begin()), threadAfterMs);
  const pulse = setInterval(() => Atomics.store(clock, pulseAt, nowMs()), 500);
  if (!isKnown) await firstOfThread;
  return {
    ageMs: () => Number(nowMs() - Atomics.load(clock, beatAt)),
    stop: async () => {
      isStopping = true;
      clearInterval(pulse);
      clearTimeout(later);
      running?.thread.postMessage('stop');
      await running?.ended;
    },
  };

  function begin(): { thread: Thread; ended: Promise<void> } {
    const thread = new Thread(threadCode, { eval: true, workerData: { ...worker, driver, url, clock: shared, leaseSeconds, beatMs, stuckMs }, execArgv: [] });
    thread.on('error', (error) => console.error('engine: the heartbeat thread failed:', error));
    thread.once('message', announce);
    const ended = new Promise<void>((resolve) => thread.once('exit', () => {
      resolve();
      setTimeout(() => {
        if (!isStopping) running = begin();
      }, againMs).unref();
    }));
    return { thread, ended };
  }
}
