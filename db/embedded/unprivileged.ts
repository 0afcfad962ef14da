import { createHash } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isReachable } from './binaries';

/** initdb and postgres refuse to run as root: as root they run as `postgres` or `nobody`, on data that user owns. */
export type Unprivileged = { uid: number; gid: number };

export function unprivilegedUser(): Unprivileged | null {
  if (process.platform === 'win32' || process.getuid?.() !== 0) return null;
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n').map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const found = lines.find((fields) => fields[0] === name);
    if (found) return { uid: Number(found[2]), gid: Number(found[3]) };
  }
  throw new Error('PostgreSQL does not run as root and this machine has neither a user "postgres" nor "nobody". Start as an ordinary user or set DATABASE_URL.');
}

const shared = '/var/lib/millrace';

/** The cluster's folder: below DATA_DIR, or, as root below a closed home, in a place the other user can reach. */
export function clusterFolder(dataDir: string, user: Unprivileged | null): string {
  const inside = join(dataDir, 'postgres');
  if (user === null || isReachable(dataDir)) return inside;
  return join(shared, createHash('sha256').update(dataDir).digest('hex').slice(0, 16));
}

export function ownedFolder(folder: string, user: Unprivileged | null): void {
  const parent = dirname(folder);
  mkdirSync(parent, { recursive: true });
  // The other user must be able to pass through, whatever the umask was when it was made.
  if (user && parent === shared) chmodSync(parent, 0o711);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (user) chownSync(folder, user.uid, user.gid);
}
