import { createAuth } from './auth';
import type { Database } from './client';
import type { Env } from './env';
import { user } from './schema';

export { seedSamples } from './seed-samples';

/**
 * ADMIN_EMAIL and ADMIN_PASSWORD make the first owner, with a workspace, when nobody exists yet. Processes that start
 * together take turns; later starts change nothing, not even the password.
 */
export async function seed(database: Database, env: Pick<Env, 'admin' | 'auth'>): Promise<void> {
  const { admin } = env;
  if (admin === null) return;
  await database.sql.begin(async (sql) => {
    await sql`select pg_advisory_xact_lock(hashtext('millrace.first-owner'))`;
    if ((await database.db.$count(user)) > 0) return;
    await createAuth(database, env.auth).api.signUpEmail({ body: { name: nameOf(admin.email), email: admin.email, password: admin.password } });
  });
}

/** "ana.lopez@example.com" is shown as "Ana Lopez" until the person changes it. */
function nameOf(email: string): string {
  const words = (email.split('@')[0] ?? '').split(/[._+-]+/).filter((word) => word !== '');
  return words.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`).join(' ') || email;
}
