import { EventEmitter } from 'node:events';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Database } from '#db/client';
import { survivesCutConnections } from '#db/driver-guard';
import { readEnv, type Env } from '#db/env';
import { orOneLine, startPart } from './start-part';

/**
 * The composition root: the only file that knows app, collab-server and engine. Without a mode it supervises one web
 * and ENGINE_WORKERS engine processes; `--only=web` and `--only=engine` run one part for scale-out.
 */
const here = dirname(fileURLToPath(import.meta.url));
const root = basename(here) === 'dist' ? dirname(here) : here;
const dev = process.argv.includes('--dev');
const mode = process.argv.find((each) => each.startsWith('--only='))?.slice('--only='.length) ?? 'all';

// Each process loads its own part only: the supervisor and the engine stay small.
if (mode === 'engine') (await import('./start-engine')).run();
else await orOneLine(() => (mode === 'web' ? startPart('web', 12, web) : supervised()));

async function supervised(): Promise<void> {
  survivesCutConnections();
  const { supervise } = await import('./supervisor');
  return supervise(readEnv(), { web: fileURLToPath(import.meta.url), engine: fileURLToPath(new URL('engine/start.cjs', import.meta.url)) });
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
