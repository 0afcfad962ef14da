import { once, EventEmitter } from 'node:events';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connect, type Database } from '#db/client';
import { survivesCutConnections } from '#db/driver-guard';
import { EnvError, readEnv, type Env } from '#db/env';
import { logAs } from '#db/log';
import { startTracing, stopTracing } from '#db/trace';

/**
 * The composition root: the only file that knows app, collab-server and engine. Without a mode it supervises one web
 * and ENGINE_WORKERS engine processes; `--only=web` and `--only=engine` run one part for scale-out.
 */
const here = dirname(fileURLToPath(import.meta.url));
const root = basename(here) === 'dist' ? dirname(here) : here;
const dev = process.argv.includes('--dev');
const mode = process.argv.find((each) => each.startsWith('--only='))?.slice('--only='.length) ?? 'all';

try {
  await start();
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  console.error(`millrace: ${message}`);
  if (!(error instanceof EnvError) && process.env['MILLRACE_DEBUG']) console.error(error);
  process.exit(1);
}

async function start(): Promise<void> {
  survivesCutConnections();
  const env = readEnv();
  const { prepare, supervise } = await import('./supervisor');
  if (mode === 'all') return supervise(env, fileURLToPath(import.meta.url));
  if (env.databaseUrl === '') throw new EnvError(`DATABASE_URL must be set for --only=${mode}.`);
  const database = connect(env.databaseUrl, { max: mode === 'web' ? 12 : 10 });
  if (!process.send) await prepare(env, database, env.databaseUrl); // alone, without a supervisor that did it
  logAs(mode);
  startTracing(`millrace-${mode}`);
  const part = mode === 'engine' ? await engine(env, database) : await web(env, database);
  process.send?.({ ready: true });
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => stop.abort());
  process.once('disconnect', () => stop.abort()); // the supervisor is gone: nobody would restart us
  await once(stop.signal, 'abort');
  const deadline = setTimeout(() => process.exit(1), 8_000);
  await part.close();
  await stopTracing();
  await database.close();
  clearTimeout(deadline);
  process.exit(0);
}

// Each process loads its own part only: the supervisor and the engine stay small.
async function engine(env: Env, database: Database) {
  const { startEngine } = await import('./engine/main');
  return startEngine({ env, database, connectionUrl: env.databaseUrl, sideJobs: true });
}

async function web(env: Env, database: Database) {
  const [{ startWeb }, { default: next }] = await Promise.all([import('./collab-server/main'), import('next')]);
  // Next adds an upgrade listener to the server it is given; the decoy keeps it away from ours.
  const decoy = new EventEmitter();
  const server = { httpServer: decoy };
  const app = next({ dev, dir: root, port: env.port, hostname: 'localhost', ...(server as object) });
  await app.prepare();
  const handle = app.getRequestHandler();
  return startWeb({
    env, database,
    handleRequest: async (request, response) => handle(request, response),
    handleUpgradeForNext: (request, socket, head) => void decoy.emit('upgrade', request, socket, head),
    closeNext: () => app.close(),
  });
}
