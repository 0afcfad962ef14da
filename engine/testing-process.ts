import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { connect, type Database } from '#db/client';
import { readEnv } from '#db/env';
import { startEngine } from './main';

/** A real engine process for tests that kill one. Run as a script, this file is that process. */
export type EngineProcess = { pid: number; child: ChildProcess; kill(signal: NodeJS.Signals): Promise<void> };

export async function spawnEngine(url: string): Promise<EngineProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(import.meta.url)], {
    env: { ...process.env, DATABASE_URL: url, MILLRACE_TEST_ENGINE: '1' }, stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await once(child, 'message');
  const kill = async (signal: NodeJS.Signals) => {
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  };
  return { pid: child.pid ?? 0, child, kill };
}

/** What the supervisor does when it sees a child die. */
export async function releaseLeases(database: Database, pid: number): Promise<void> {
  await database.sql`update workers set lease_until = now() - interval '1 second' where pid = ${pid} and host = ${hostname()}`;
}

if (process.env['MILLRACE_TEST_ENGINE'] === '1' && process.argv[1] === fileURLToPath(import.meta.url)) {
  const env = readEnv();
  const database = connect(env.databaseUrl, { max: 6 });
  const engine = await startEngine({ env, database, connectionUrl: env.databaseUrl });
  process.once('SIGTERM', () => void engine.close().then(() => process.exit(0)));
  process.once('disconnect', () => process.exit(0));
  process.send?.('ready');
}
