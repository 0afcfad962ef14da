import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { connect, type Database } from './client';
import { migrateDatabase, migrationsHash } from './migrate';

/** A database of one test file's own, cloned from the migrated template in some ten milliseconds. */
export type TestDatabase = Database & { url: string; drop(): Promise<void> };

const serverUrl = () => {
  const url = process.env['TEST_DATABASE_URL'];
  if (!url) throw new Error('TEST_DATABASE_URL is missing: run through vitest, whose global set-up provides it');
  return url;
};
const named = (name: string) => serverUrl().replace(/\/[^/]*$/, `/${name}`);
const templateName = () => `millrace_template_${migrationsHash()}`;

export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `millrace_test_${randomBytes(6).toString('hex')}`;
  await onServer((sql) => sql.unsafe(`create database ${name} template ${templateName()}`));
  const database = connect(named(name), { max: 8 });
  const drop = async () => {
    await database.close();
    await onServer((sql) => sql.unsafe(`drop database if exists ${name} with (force)`));
  };
  return { ...database, url: named(name), drop };
}

/** Makes the template once per set of migrations; test processes that start together take turns. */
export async function ensureTemplate(): Promise<void> {
  await onServer(async (sql) => {
    await sql`select pg_advisory_lock(hashtext('millrace.template'))`;
    const [found] = await sql`select 1 from pg_database where datname = ${templateName()}`;
    if (found) return;
    const building = `${templateName()}_building`;
    await sql.unsafe(`drop database if exists ${building} with (force)`);
    await sql.unsafe(`create database ${building}`);
    await migrateDatabase(named(building));
    await sql.unsafe(`alter database ${building} rename to ${templateName()}`);
  });
}

async function onServer(work: (sql: postgres.Sql) => Promise<unknown>): Promise<void> {
  const sql = postgres(serverUrl(), { max: 1, onnotice: () => {} });
  try {
    await work(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}
