import type { PgDatabase } from 'drizzle-orm/pg-core';
import { drizzle, type PostgresJsDatabase, type PostgresJsQueryResultHKT } from 'drizzle-orm/postgres-js';
import type postgres from 'postgres';
import { openPool } from './pool';
import { keepPrepared } from './prepared';

/**
 * `db` for typed queries, `sql` for hot paths and LISTEN. They are two pools on purpose: drizzle turns off the parsing
 * of JSON and times in the client it is given, which plain queries rely on.
 */
export type Database = { db: PostgresJsDatabase; sql: postgres.Sql; close(): Promise<void> };

/** The pool or a transaction of it: what a query function needs. */
export type Executor = PgDatabase<PostgresJsQueryResultHKT>;

/** Connections are opened on demand: at most `max` for `db` and half as many for `sql`. */
export function connect(url: string, options: { max?: number } = {}): Database {
  const max = options.max ?? 10;
  // A process that is stopped in the middle of a transaction must not hold its locks for ever.
  const connection = { idle_in_transaction_session_timeout: 20_000 };
  const pool = (size: number) => openPool(url, { max: size, idle_timeout: 60, connection });
  const typed = pool(max);
  const plain = pool(Math.max(2, Math.ceil(max / 2)));
  return {
    // Without the schema: drizzle would make a builder of relational queries for every table with each transaction, and none is used.
    db: drizzle(keepPrepared(typed)),
    sql: plain,
    close: async () => {
      await Promise.all([typed.end({ timeout: 5 }), plain.end({ timeout: 5 })]);
    },
  };
}
