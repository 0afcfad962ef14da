import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import postgres from 'postgres';
import { assertWritable, findBinaries } from './embedded/binaries';
import { clusterFolder, ownedFolder, unprivilegedUser, type Unprivileged } from './embedded/unprivileged';

/**
 * A real PostgreSQL of our own on loopback TCP with a generated password (SCRAM, never trust). It outlives a killed
 * supervisor: the next start finds it by postmaster.pid and takes it over instead of fighting it.
 */
export type EmbeddedPostgres = { url: string; adopted: boolean; stop(): Promise<void> };
export type EmbeddedOptions = {
  dataDir: string;
  /** For tests: no flush to disk, so a crash of the machine may lose data. */
  volatile?: boolean;
  /** A free one unless named: after a crash whoever was connected looks for it where it was. */
  port?: number;
};

const startTimeoutMs = 30_000;
const run = promisify(execFile);

export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const user = unprivilegedUser();
  const cluster = clusterFolder(options.dataDir, user);
  try {
    assertWritable(options.dataDir);
    ownedFolder(cluster, user);
  } catch (error) {
    throw new Error(`DATA_DIR "${options.dataDir}" cannot be written: ${reasonOf(error)}. Choose another directory.`, { cause: error });
  }
  const binaries = findBinaries(user !== null);
  const passwordFile = join(options.dataDir, 'postgres-password');
  if (!existsSync(join(cluster, 'PG_VERSION'))) await initialise(binaries.initdb, cluster, passwordFile, user);
  const password = readFileSync(passwordFile, 'utf8').trim();
  const running = await adopt(cluster, password);
  if (running) return { ...running, adopted: true };
  const port = options.port ?? await freePort();
  const pid = launch(binaries.postgres, cluster, port, options.volatile ?? false, user);
  const url = urlOf(password, port);
  await answers(url, pid, join(cluster, 'server.log'));
  await ensureDatabase(url);
  return { url, adopted: false, stop: () => stopPostmaster(cluster) };
}

async function initialise(initdb: string, cluster: string, passwordFile: string, user: Unprivileged | null): Promise<void> {
  writeFileSync(passwordFile, randomBytes(24).toString('hex'), { mode: 0o600 });
  const forInitdb = join(tmpdir(), `millrace-${randomBytes(6).toString('hex')}`);
  writeFileSync(forInitdb, readFileSync(passwordFile), { mode: 0o600 });
  if (user) chownSync(forInitdb, user.uid, user.gid);
  try {
    const args = ['-D', cluster, '-U', 'millrace', '-E', 'UTF8', '--locale=C', ...(await optionsOf(initdb)), '--auth=scram-sha-256', `--pwfile=${forInitdb}`];
    await run(initdb, args, { cwd: '/', env: childEnv(), ...(user ?? {}) });
  } catch (error) {
    throw new Error(`PostgreSQL could not create its files in "${cluster}": ${reasonOf(error)}`, { cause: error });
  } finally {
    rmSync(forInitdb, { force: true });
  }
}

/**
 * Text sorts by code point everywhere; from PostgreSQL 17 on "É" and "é" are one letter when case does not matter. A password of
 * 192 random bits gains nothing from being hashed 4,096 times, which each new connection would do over again.
 */
async function optionsOf(initdb: string): Promise<string[]> {
  const { stdout } = await run(initdb, ['--version'], { cwd: '/', env: childEnv() });
  const version = Number(/\d+/.exec(stdout)?.[0] ?? 0);
  return [...(version >= 16 ? ['--set', 'scram_iterations=1'] : []), ...(version >= 17 ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : [])];
}

function launch(binary: string, cluster: string, port: number, volatile: boolean, user: Unprivileged | null): number {
  const log = openSync(join(cluster, 'server.log'), 'a');
  if (user) chownSync(join(cluster, 'server.log'), user.uid, user.gid);
  const settings = {
    listen_addresses: '127.0.0.1', port, unix_socket_directories: '', max_connections: 200, shared_buffers: '128MB', ...(volatile ? { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' } : {}),
  };
  const args = ['-D', cluster, ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`])];
  const child = spawn(binary, args, { cwd: '/', detached: true, stdio: ['ignore', log, log], env: childEnv(), ...(user ?? {}) });
  child.unref();
  if (child.pid === undefined) throw new Error(`PostgreSQL could not be started from "${binary}".`);
  return child.pid;
}

const childEnv = () => ({ NODE_ENV: 'production' as const, PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC' });

async function adopt(cluster: string, password: string): Promise<{ url: string; stop(): Promise<void> } | null> {
  const found = postmaster(cluster);
  if (found === null || !isAlive(found.pid)) return null;
  const url = urlOf(password, found.port);
  if (!(await canConnect(url))) return null;
  await ensureDatabase(url);
  return { url, stop: () => stopPostmaster(cluster) };
}

/** Lines of postmaster.pid: pid, data directory, start time, port, … */
function postmaster(cluster: string): { pid: number; port: number } | null {
  const file = join(cluster, 'postmaster.pid');
  if (!existsSync(file)) return null;
  const lines = readFileSync(file, 'utf8').split('\n');
  return { pid: Number(lines[0]), port: Number(lines[3]) };
}

async function stopPostmaster(cluster: string): Promise<void> {
  const found = postmaster(cluster);
  if (found === null || !isAlive(found.pid)) return;
  process.kill(found.pid, 'SIGINT'); // fast shutdown: sessions are ended, everything committed is on disk
  for (const end = Date.now() + 15_000; Date.now() < end && isAlive(found.pid); ) await pause(20);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function answers(url: string, pid: number, logFile: string): Promise<void> {
  for (const end = Date.now() + startTimeoutMs; Date.now() < end; ) {
    if (await canConnect(url)) return;
    if (!isAlive(pid)) break;
    await pause(25);
  }
  const log = existsSync(logFile) ? readFileSync(logFile, 'utf8').trim().split('\n').slice(-3).join(' | ') : '';
  throw new Error(`The embedded PostgreSQL did not start: ${log}`);
}

const urlOf = (password: string, port: number, name = 'millrace') => `postgres://millrace:${password}@127.0.0.1:${port}/${name}`;

async function canConnect(url: string): Promise<boolean> {
  const sql = postgres(url.replace(/\/[^/]*$/, '/postgres'), { max: 1, connect_timeout: 3, onnotice: () => {} });
  try {
    await sql`select 1`;
    return true;
  } catch {
    return false;
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function ensureDatabase(url: string): Promise<void> {
  const sql = postgres(url.replace(/\/[^/]*$/, '/postgres'), { max: 1, onnotice: () => {} });
  try {
    const [found] = await sql`select 1 from pg_database where datname = 'millrace'`;
    if (!found) await sql.unsafe('create database millrace');
  } finally {
    await sql.end({ timeout: 1 });
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('no free port'))));
    });
  });
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && 'stderr' in error && typeof error.stderr === 'string' && error.stderr.trim()) return error.stderr.trim().split('\n').slice(-2).join(' ');
  return error instanceof Error ? error.message : String(error);
}
