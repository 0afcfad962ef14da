import postgres from 'postgres';
import { FailureError, type Result } from '#flow/failure';
import { denied, type Access, type Right } from './access';

/**
 * Does the work of a query function when the right allows it; expected failures thrown inside are answered as data.
 * The work is reads or one transaction, so it is done again when PostgreSQL ended it to break a deadlock.
 */
export async function permitted<T extends object>(access: Access, right: Right, work: () => Promise<T>): Promise<Result<T>> {
  const refused = denied(access, right);
  if (refused) return { ok: false, failure: refused };
  for (let attempt = 1; ; attempt++) {
    try {
      return { ok: true, ...(await work()) };
    } catch (error) {
      if (error instanceof FailureError) return { ok: false, failure: error.failure };
      if (attempt === 3 || !isDeadlock(error)) throw error;
    }
  }
}

function isDeadlock(error: unknown): boolean {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof postgres.PostgresError && cause.code === '40P01';
}
