import { hostname } from 'node:os';
import type { Database } from '#db/client';
import type { Env } from '#db/env';
import { callingOf } from '#db/open-connector';
import { newId } from '#flow/id';
import { Appender } from './append';
import type { Append } from './append-statement';
import { appendConnection, controlConnection } from './connections';
import type { Engine } from './engine';
import { createFigures, publishFigures } from './figures';
import { startHeartbeat } from './heartbeat';
import { Worker } from './worker';

/** One engine process: any number of them work on one database, on any machines. */
const noEffectAfterMs = 6_000;

/** `sideJobs`: also mail and clean-up, as every engine of an installation does. */
export type EngineStart = { env: Env; database: Database; connectionUrl: string; sideJobs?: boolean };
export type RunningEngine = { workerId: string; totals: Appender['totals']; close(): Promise<void> };

export async function startEngine({ env, database, connectionUrl, sideJobs = false }: EngineStart): Promise<RunningEngine> {
  const workerId = `${hostname()}:${process.pid}:${newId('wrk')}`;
  const [appends, control] = [appendConnection(connectionUrl), controlConnection(connectionUrl)];
  const heartbeat = await startHeartbeat(control, connectionUrl, { id: workerId, host: hostname(), pid: process.pid });
  const figures = createFigures();
  const appender = new Appender(appends, (written: readonly Append[]) => worker.announce(written), { figures });
  const engine: Engine = {
    workerId, database, control, appender, figures, calling: callingOf(env), canMail: env.smtpUrl !== null, mayAct: () => heartbeat.ageMs() < noEffectAfterMs, isDraining: () => worker.isDraining(), madeRoom: () => worker.madeRoom(),
  };
  const worker = new Worker(engine, heartbeat);
  worker.start();
  const listening = await control.listen('run_slots', (payload) => worker.hinted(payload.split(',')), () => worker.lookForWork());
  const stopFigures = publishFigures(control, workerId, figures);
  const others = sideJobs ? await (await import('./side-jobs')).startSideJobs({ env, database, connectionUrl, workerId }) : null;
  let closing: Promise<void> | undefined;
  const stop = async () => {
    await listening.unlisten().catch(() => {}); // The connection may be gone already, and with it the listening.
    stopFigures();
    await Promise.all([worker.stop(), others?.close()]);
    await heartbeat.stop();
    await Promise.all([appends.end({ timeout: 2 }), control.end({ timeout: 2 })]);
  };
  return { workerId, totals: appender.totals, close: () => (closing ??= stop()) };
}
