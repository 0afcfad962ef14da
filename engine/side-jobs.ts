import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Runner, TaskList } from 'graphile-worker';
import { createTransport } from 'nodemailer';
import { sweepBlobs } from '#db/blob-sweep';
import type { Database } from '#db/client';
import { indexEntries } from '#db/entry-indexes';
import { prepareExport, trimExports } from '#db/export-job';
import type { Env } from '#db/env';
import { log, reasonOf } from '#db/log';
import { openMail } from '#db/mail';
import { noteDelivery } from '#db/notifications';
import { removeOldRuns } from '#db/retention';
import { makeWeeks } from '#db/run-weeks';
import { addJob, sideJobs, type SideJob } from '#db/side-jobs';
import { trimTables } from '#db/trim';

/** The other work of an engine process: mail, removal by age, clean-up. graphile-worker fetches it and, by cron, asks for it. */
export type SideJobs = { close(): Promise<void> };
type Parts = { env: Env; database: Database; connectionUrl: string; workerId: string };

const atOnce = 2;
const pollMs = 2_000;
const drainMs = 3_000;
const againMs = 2_000;
// Times of the database's day, spread so that nothing starts with the hour. `fill` makes up for what was missed while nothing ran.
const crontab = `
17 * * * * remove-old-runs ?max=3
41 3 * * * sweep-blobs ?max=3&fill=1d
5,35 * * * * trim-tables ?max=3
23 */6 * * * make-weeks ?max=3&fill=6h
11 4 * * * index-entries ?max=3&fill=1d
`;

export async function startSideJobs(parts: Parts): Promise<SideJobs> {
  const stopping = new AbortController();
  let runner = await begin(parts);
  const kept = (async () => {
    while (!stopping.signal.aborted) {
      await runner.promise.catch((error: unknown) => log('error', 'side jobs stopped, starting again', { reason: reasonOf(error) }));
      if (stopping.signal.aborted) return;
      await pause(againMs, undefined, { signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted) return;
      runner = await begin(parts).catch((error: unknown) => {
        log('error', 'side jobs could not start', { reason: reasonOf(error) });
        return runner;
      });
    }
  })();
  return {
    close: async () => {
      stopping.abort();
      await runner.stop().catch(() => {}); // It has stopped by itself.
      await kept;
    },
  };
}

async function begin({ env, database, connectionUrl, workerId }: Parts): Promise<Runner> {
  const { Logger, run } = await import('graphile-worker');
  const events = new EventEmitter();
  // Under which names jobs are held stands on the worker's row: whoever finds it dead frees them.
  // Since 0.17 that is the pool's name, not the single worker's.
  events.on('pool:create', ({ workerPool }: { workerPool: { id: string } }) => {
    database.sql`update workers set job_workers = array_append(job_workers, ${workerPool.id}) where id = ${workerId}`.catch((error: unknown) => log('error', 'a pool of side-job workers was not noted', { reason: reasonOf(error) }));
  });
  return run({
    connectionString: connectionUrl, concurrency: atOnce, maxPoolSize: atOnce + 2, pollInterval: pollMs, noHandleSignals: true, gracefulShutdownAbortTimeout: drainMs, crontab, events, taskList: tasksOf(env, database),
    logger: new Logger(() => (level, message) => {
      if (level === 'error') log('error', `side jobs: ${message}`);
    }),
  });
}

const hostOf = (address: string) => /@([^>\s]+)/.exec(address)?.[1] ?? 'localhost';

export function tasksOf(env: Env, database: Database): TaskList {
  const transport = env.smtpUrl === null ? null : createTransport(env.smtpUrl);
  const work: { [J in SideJob]: (payload: unknown, isLast: boolean, signal: AbortSignal | undefined) => Promise<unknown> } = {
    'send-mail': async (payload, isLast) => {
      const { sealed, notificationId } = sideJobs['send-mail'].parse(payload);
      const note = async (status: 'sent' | 'failed') => (notificationId === undefined ? undefined : noteDelivery(database.sql, notificationId, status));
      try {
        if (!transport) throw new Error('SMTP_URL is not set: the mail waits');
        const { to, subject, text } = openMail(sealed);
        // A crash right after the server took it repeats it under the same id, by which mailboxes know it again.
        const messageId = notificationId === undefined ? {} : { messageId: `<${notificationId}@${hostOf(env.mailFrom)}>` };
        await transport.sendMail({ from: env.mailFrom, to, subject, text, ...messageId, disableFileAccess: true, disableUrlAccess: true });
      } catch (error) {
        if (isLast) await note('failed');
        throw error;
      }
      await note('sent');
    },
    'remove-old-runs': () => removeOldRuns(database, { runDays: env.runRetentionDays, archiveFolder: join(env.dataDir, 'archive') }),
    'sweep-blobs': () => sweepBlobs(database.sql),
    'trim-tables': async () => ({ ...(await trimTables(database.sql)), ...(await trimExports(database)) }),
    'make-weeks': () => makeWeeks(database.sql),
    'index-entries': () => indexEntries(database),
    'prepare-export': async (payload, isLast, signal) => {
      const { exportId } = sideJobs['prepare-export'].parse(payload);
      if ((await prepareExport(database, exportId, { isLast, signal })) === 'more') await addJob(database.db, 'prepare-export', { exportId }, `export ${exportId}`);
    },
  };
  return Object.fromEntries(Object.entries(work).map(([name, does]) => [name, async (payload: unknown, { job, abortSignal }) => {
    const done = await does(payload, job.attempts >= job.max_attempts, abortSignal);
    if (typeof done === 'object' && done !== null) log('info', `side job ${name} done`, { result: JSON.stringify(done) });
  }]));
}
