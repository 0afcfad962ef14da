import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connect, type Database } from '#db/client';
import { startEmbeddedPostgres } from '#db/embedded-postgres';
import { EnvError, type Env } from '#db/env';
import { migrateDatabase } from '#db/migrate';
import { seed } from '#db/seed';
import { releaseLeases } from '#db/worker-leases';

/**
 * Keeps one web and ENGINE_WORKERS engine processes alive. A child that dies is started again after a short pause
 * that grows while it keeps dying, and its leases are released at once, so that its runs go on in a second, not ten.
 */
type Part = 'web' | 'engine';
const shortestPauseMs = 100;
const longestPauseMs = 10_000;
const calmMs = 30_000;

/** `entries`: the file that each part is forked from. */
export async function supervise(env: Env, entries: Record<Part, string>): Promise<void> {
  await requireFreePort(env.port);
  const postgres = env.databaseUrl === '' ? await startEmbeddedPostgres({ dataDir: env.dataDir }) : null;
  const url = postgres?.url ?? env.databaseUrl;
  const database = connect(url, { max: 2 });
  await prepare(env, database, url);
  const stopping = new AbortController();
  const children: { part: Part; pid: number }[] = [];
  const childEnv = { ...process.env, DATABASE_URL: url, DATA_DIR: env.dataDir, SECRET_KEY: env.secretKey, PORT: String(env.port) };
  const keepers = [keep('web'), ...Array.from({ length: env.engineWorkers }, () => keep('engine'))];
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.once(signal, () => stopping.abort());
  const first = await Promise.race([Promise.all(keepers.map((each) => each.ready)), once(stopping.signal, 'abort')]);
  if (first && !stopping.signal.aborted) console.log(`Millrace is ready at ${env.publicUrls[0] ?? ''}`);
  await Promise.all(keepers.map((each) => each.ended));
  await database.close();
  await postgres?.stop();
  process.exit(0);

  function keep(part: Part) {
    let announce: () => void = () => {};
    const ready = new Promise<void>((resolve) => (announce = resolve));
    return { ready, ended: loop(part, announce) };
  }

  /** `processes.json` in the data directory says which process is which, for people who watch or stop one. */
  function note(part: Part, pid: number | undefined) {
    if (pid !== undefined) children.push({ part, pid });
    mkdirSync(env.dataDir, { recursive: true });
    writeFileSync(join(env.dataDir, 'processes.json'), JSON.stringify({ supervisor: process.pid, children }));
  }

  function forget(pid: number | undefined) {
    const place = children.findIndex((each) => each.pid === pid);
    if (place >= 0) children.splice(place, 1);
  }

  async function loop(part: Part, announce: () => void): Promise<void> {
    for (let pauseMs = shortestPauseMs; !stopping.signal.aborted; ) {
      const child = fork(entries[part], [`--only=${part}`], { env: childEnv, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
      const startedAt = Date.now();
      child.once('message', announce);
      note(part, child.pid);
      const stop = () => void child.kill('SIGTERM');
      stopping.signal.addEventListener('abort', stop, { once: true });
      const ended = await exitOf(child);
      forget(child.pid);
      stopping.signal.removeEventListener('abort', stop);
      if (stopping.signal.aborted) return;
      console.error(`millrace: the ${part} process (pid ${child.pid}) ended with ${ended}; starting it again.`);
      void releaseLeases(database.sql, child.pid ?? 0).catch((error: unknown) => console.error('millrace: leases not released yet:', error));
      pauseMs = Date.now() - startedAt > calmMs ? shortestPauseMs : Math.min(longestPauseMs, pauseMs * 2);
      await pause(pauseMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
  }
}

/** The database answers, is new enough, migrated and has its first owner. */
export async function prepare(env: Env, database: Database, url: string): Promise<void> {
  try {
    await database.sql`select 1`;
  } catch (error) {
    const where = new URL(url);
    throw new EnvError(`DATABASE_URL: the database at ${where.hostname}:${where.port || '5432'}${where.pathname} cannot be reached: ${error instanceof Error ? error.message || error.name : String(error)}.`, { cause: error });
  }
  const [version] = await database.sql<{ number: number }[]>`select current_setting('server_version_num')::int as number`;
  if ((version?.number ?? 0) < 150_000) throw new EnvError(`DATABASE_URL: PostgreSQL ${Math.floor((version?.number ?? 0) / 10_000)} is too old: 15 or newer is needed.`);
  await migrateDatabase(url);
  await seed(database, env);
}

async function exitOf(child: ChildProcess): Promise<string> {
  const [code, signal]: (string | number | null)[] = await once(child, 'exit');
  return signal !== null && signal !== undefined ? `signal ${signal}` : `code ${code}`;
}

async function requireFreePort(port: number): Promise<void> {
  const probe = createServer();
  try {
    probe.listen(port);
    await once(probe, 'listening');
  } catch (error) {
    throw new EnvError(`PORT ${port} is taken or not allowed (${error instanceof Error ? error.message : String(error)}). Set PORT to a free one.`, { cause: error });
  }
  await new Promise((resolve) => probe.close(resolve));
}
