// graphile-worker 0.17 carrying out jobs that are queued already: as it comes, or with a local queue and batched ends.
import { EventEmitter } from 'node:events';
import { run, runMigrations, Logger } from 'graphile-worker';
import pg from 'pg';

const logger = new Logger(() => (level, message) => level === 'error' && console.error(message));
const connectionString = process.env.BENCH_URL;
await runMigrations({ connectionString, logger });
const pool = new pg.Pool({ connectionString, max: 1 });
const batched = { worker: { localQueue: { size: 500, refetchDelay: { durationMs: 20 } }, completeJobBatchDelay: 0, failJobBatchDelay: 0 } };

process.on('message', async ({ jobs, inFlight, isBatched }) => {
  await pool.query(`select graphile_worker.add_jobs(array(select json_populate_record(null::graphile_worker.job_spec, '{"identifier":"nothing","payload":{"a":1}}'::json) from generate_series(1, $1)))`, [jobs]);
  const events = new EventEmitter();
  let done = 0;
  const started = performance.now();
  const ended = new Promise((resolve) => events.on('job:complete', () => ++done === jobs && resolve()));
  const runner = await run({ connectionString, concurrency: inFlight, maxPoolSize: 20, noHandleSignals: true, pollInterval: 100, logger, events, taskList: { nothing: async () => {} }, ...(isBatched ? { preset: batched } : {}) });
  await ended;
  // Ended means gone from the table: with batches the last deletions come after the event.
  while ((await pool.query('select 1 from graphile_worker._private_jobs limit 1')).rowCount > 0) await new Promise((resolve) => setTimeout(resolve, 1));
  const seconds = (performance.now() - started) / 1_000;
  await runner.stop();
  process.send({ seconds });
});
process.on('disconnect', () => process.exit(0));
process.send('ready');
