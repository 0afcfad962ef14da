import { FailureError, type Result } from '#flow/failure';
import { denied, type Access, type Right } from './access';

/** Does the work of a query function when the right allows it; expected failures thrown inside are answered as data. */
export async function permitted<T extends object>(access: Access, right: Right, work: () => Promise<T>): Promise<Result<T>> {
  const refused = denied(access, right);
  if (refused) return { ok: false, failure: refused };
  try {
    return { ok: true, ...(await work()) };
  } catch (error) {
    if (error instanceof FailureError) return { ok: false, failure: error.failure };
    throw error;
  }
}
