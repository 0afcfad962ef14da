import type { ExtractTablesWithRelations } from 'drizzle-orm';
import type { PgDatabase } from 'drizzle-orm/pg-core';
import { drizzle, type PostgresJsDatabase, type PostgresJsQueryResultHKT } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { keepPrepared } from './prepared';
import { backoff } from './reconnect';
import * as schema from './schema';

/**
 * `db` for typed queries, `sql` for hot paths and LISTEN. They are two pools on purpose: drizzle turns off the parsing
 * of JSON and times in the client it is given, which plain queries rely on.
 */
export type Database = { db: PostgresJsDatabase<typeof schema>; sql: postgres.Sql; close(): Promise<void> };

/** The pool or a transaction of it: what a query function needs. */
export type Executor = PgDatabase<PostgresJsQueryResultHKT, typeof schema, ExtractTablesWithRelations<typeof schema>>;

/** Connections are opened on demand: at most `max` for `db` and half as many for `sql`. */
export function connect(url: string, options: { max?: number } = {}): Database {
  const max = options.max ?? 10;
  // A process that is stopped in the middle of a transaction must not hold its locks for ever.
  const connection = { idle_in_transaction_session_timeout: 20_000 };
  const pool = (size: number) => postgres(url, { max: size, onnotice: () => {}, idle_timeout: 60, connect_timeout: 10, backoff, connection });
  const typed = pool(max);
  const plain = pool(Math.max(2, Math.ceil(max / 2)));
  return {
    db: drizzle(keepPrepared(typed), { schema }),
    sql: plain,
    close: async () => {
      await Promise.all([typed.end({ timeout: 5 }), plain.end({ timeout: 5 })]);
    },
  };
}
