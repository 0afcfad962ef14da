import 'server-only';
import { createAuth, type Auth } from '#db/auth';
import { connect, type Database } from '#db/client';
import { readEnv, type Env } from '#db/env';

/** What every page, action and route needs of the process. */
export type ServerContext = { env: Env; database: Database; auth: Auth };

const slot = Symbol.for('millrace.server-context');
const holder: typeof globalThis & { [slot]?: ServerContext } = globalThis;

/** One pool and one auth per process, however many bundles Next makes of this file. */
export function serverContext(): ServerContext {
  holder[slot] ??= create();
  return holder[slot];
}

function create(): ServerContext {
  const env = readEnv();
  const database = connect(env.databaseUrl, { max: 10 });
  return { env, database, auth: createAuth(database, env.auth) };
}
