import { once } from 'node:events';
import { connect, type Database } from '#db/client';
import { survivesCutConnections } from '#db/driver-guard';
import { EnvError, readEnv, type Env } from '#db/env';
import { logAs } from '#db/log';
import { startTracing, stopTracing } from '#db/trace';

/** One part in a process of its own, as the supervisor forks it or alone, until it is told to end or nobody is left to restart it. */
export async function startPart(part: 'web' | 'engine', connections: number, begin: (env: Env, database: Database) => Promise<{ close(): Promise<void> }>): Promise<void> {
  survivesCutConnections();
  const env = readEnv();
  if (env.databaseUrl === '') throw new EnvError(`DATABASE_URL must be set for --only=${part}.`);
  const database = connect(env.databaseUrl, { max: connections });
  if (!process.send) await (await import('./supervisor')).prepare(env, database, env.databaseUrl); // alone, without a supervisor that did it
  logAs(part);
  startTracing(`millrace-${part}`);
  const begun = await begin(env, database);
  process.send?.({ ready: true });
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => stop.abort());
  process.once('disconnect', () => stop.abort()); // the supervisor is gone: nobody would restart us
  await once(stop.signal, 'abort');
  const deadline = setTimeout(() => process.exit(1), 8_000);
  await begun.close();
  await stopTracing();
  await database.close();
  clearTimeout(deadline);
  process.exit(0);
}

/** What goes wrong at the start is one line that names it. */
export async function orOneLine(start: () => Promise<void>): Promise<void> {
  try {
    await start();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    console.error(`millrace: ${message}`);
    if (!(error instanceof EnvError) && process.env['MILLRACE_DEBUG']) console.error(error);
    process.exit(1);
  }
}
