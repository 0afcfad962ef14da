import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from './embedded-postgres';
import { ensureTemplate } from './testing';

/** vitest global set-up: one PostgreSQL for the whole run, or the one named by TEST_DATABASE_URL. */
export default async function setup(): Promise<() => Promise<void>> {
  if (process.env['TEST_DATABASE_URL']) {
    await ensureTemplate();
    return async () => {};
  }
  const dataDir = mkdtempSync(join(tmpdir(), 'millrace-test-'));
  // Open to pass through, so that as root the cluster stays inside and goes with it.
  chmodSync(dataDir, 0o755);
  const server = await startEmbeddedPostgres({ dataDir, volatile: true });
  process.env['TEST_DATABASE_URL'] = server.url;
  await ensureTemplate();
  return async () => {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
}
