import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';
import { makeWeeks } from './run-weeks';

/** The newest migration of the pinned graphile-worker. */
const sideJobsVersion = 19;

/** Forward only. Processes that start together take turns by an advisory lock; with nothing to do it is one query. */
export async function migrateDatabase(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {}, connect_timeout: 10 });
  try {
    await sql`select pg_advisory_lock(hashtext('millrace.migrate'))`;
    await migrate(drizzle(sql), { migrationsFolder: migrationsFolder() });
    await installSideJobs(sql, url);
    await makeWeeks(sql).catch((error: unknown) => console.error('the tables of the next weeks were not made yet:', error));
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** graphile-worker brings its own tables; it is loaded, with the driver it needs, only where they are missing. */
async function installSideJobs(sql: postgres.Sql, url: string): Promise<void> {
  const [current] = await sql`select 1 where to_regclass('graphile_worker.migrations') is not null`;
  const [installed] = current ? await sql<{ id: number }[]>`select max(id)::int as id from graphile_worker.migrations` : [];
  if (installed?.id === sideJobsVersion) return;
  const { Logger, runMigrations } = await import('graphile-worker');
  await runMigrations({ connectionString: url, logger: new Logger(() => () => {}) });
}

/** Beside this file in the sources, below the package's root when bundled. */
export function migrationsFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (let up = 0; up < 4; up++) {
    for (const candidate of [join(folder, 'migrations'), join(folder, 'db', 'migrations')]) {
      if (existsSync(join(candidate, 'meta', '_journal.json'))) return candidate;
    }
    folder = dirname(folder);
  }
  throw new Error('the folder db/migrations is missing from this installation');
}

/** Names a template database: another set of migrations is another template. */
export function migrationsHash(): string {
  const folder = migrationsFolder();
  const hash = createHash('sha256').update(`graphile-worker ${sideJobsVersion}`);
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.sql')).toSorted()) hash.update(readFileSync(join(folder, name)));
  return hash.digest('hex').slice(0, 12);
}
