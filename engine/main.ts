import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { Database } from '#db/client';
import { EntryNumbers } from '#db/entry-numbers';
import type { Env } from '#db/env';
import { log, reasonOf } from '#db/log';
import { callingOf } from '#db/open-connector';
import { newId } from '#flow/id';
import { Appender } from './append';
import type { Append } from './append-statement';
import { appendConnection, controlConnection, numbersConnection } from './connections';
import type { Engine } from './engine';
import { createFigures, publishFigures } from './figures';
import { startHeartbeat } from './heartbeat';
import { Relay } from './relay';
import { Suspects } from './suspects';
import { Worker } from './worker';

/** One engine process: any number of them work on one database, on any machines. */
const noEffectAfterMs = 6_000;
const othersAfterMs = 1_000;
const othersAgainMs = 5_000;

/** `sideJobs`: also mail and clean-up, as every engine of an installation does. */
export type EngineStart = { env: Env; database: Database; connectionUrl: string; sideJobs?: boolean };
export type RunningEngine = { workerId: string; totals: Appender['totals']; close(): Promise<void> };

export async function startEngine({ env, database, connectionUrl, sideJobs = false }: EngineStart): Promise<RunningEngine> {
  const workerId = `${hostname()}:${process.pid}:${newId('wrk')}`;
  const [appends, control, numbers] = [appendConnection(connectionUrl), controlConnection(connectionUrl), numbersConnection(connectionUrl)];
  const heartbeat = await startHeartbeat(control, connectionUrl, { id: workerId, host: hostname(), pid: process.pid });
  const figures = createFigures();
  const appender = new Appender(appends, (written: readonly Append[]) => worker.announce(written), { figures });
  const engine: Engine = {
    workerId, database, control, appender, entryNumbers: new EntryNumbers(numbers), figures, relay: new Relay(), suspects: new Suspects(), calling: callingOf(env), canMail: env.smtpUrl !== null, mayAct: () => heartbeat.ageMs() < noEffectAfterMs, isDraining: () => worker.isDraining(), madeRoom: () => worker.madeRoom(),
  };
  const worker = new Worker(engine, heartbeat);
  worker.start();
  const listening = await control.listen('run_slots', (payload) => worker.hinted(payload.split(',')), () => worker.lookForWork());
  const stopFigures = publishFigures(control, workerId, figures);
  const others = sideJobs ? later(async () => (await import('./side-jobs')).startSideJobs({ env, database, connectionUrl, workerId })) : null;
  let closing: Promise<void> | undefined;
  const stop = async () => {
    await listening.unlisten().catch(() => {}); // The connection may be gone already, and with it the listening.
    stopFigures();
    await Promise.all([worker.stop(), others?.close()]);
    await heartbeat.stop();
    await Promise.all([appends, control, numbers].map((each) => each.end({ timeout: 2 })));
  };
  return { workerId, totals: appender.totals, close: () => (closing ??= stop()) };
}

/** What takes as long to load as the engine itself begins when the runs are under way already. */
function later(begin: () => Promise<{ close(): Promise<void> }>): { close(): Promise<void> } {
  const stop = new AbortController();
  const begun = (async () => {
    for (let waitMs = othersAfterMs; !stop.signal.aborted; waitMs = othersAgainMs) {
      await pause(waitMs, undefined, { signal: stop.signal }).catch(() => {});
      if (stop.signal.aborted) return null;
      const started = await begin().catch((error: unknown) => log('error', 'side jobs could not start', { reason: reasonOf(error) }));
      if (started) return started;
    }
    return null;
  })();
  return {
    close: async () => {
      stop.abort();
      await (await begun)?.close();
    },
  };
}
