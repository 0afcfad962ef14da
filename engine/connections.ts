import type postgres from 'postgres';
import { openPool } from '#db/pool';

/** An engine that is frozen in the middle of a round must not keep the others from theirs for longer than its own lease lasts. */
const mostIdleMs = 5_000;
const mostLockMs = 200;

/** The engine's own connections beside those of the product: one for appends, a few for claims, leases' ends and hints. */
export function appendConnection(url: string): postgres.Sql {
  return openPool(url, { max: 1 });
}

/** Nothing here must outlive a crash of PostgreSQL by itself: an append that follows makes what came before durable. */
export function controlConnection(url: string): postgres.Sql {
  return openPool(url, { max: 3, connection: { synchronous_commit: 'off', idle_in_transaction_session_timeout: mostIdleMs } });
}

/** Numbers for entries: whoever finds a component's row locked for longer than a commit takes counts by itself (see db/entry-numbers.ts). */
export function numbersConnection(url: string): postgres.Sql {
  return openPool(url, { max: 1, connection: { synchronous_commit: 'off', lock_timeout: mostLockMs } });
}
