import type { Failure } from '#flow/failure';
import { FailureError, failure } from '#flow/failure';
import type { Step } from '#flow/flow';
import { isJsonObject } from '#flow/json';
import type { ErrorCode } from '#flow/error-code';
import { filledRetry, isRetried, retryPauseMs, type RetryPolicy } from '#flow/retry-policy';

/** steps.md §1.6 and §1.7: transient errors are tried three times, after 1 s and 5 s; a step's own policy may say otherwise. */
const transientCodes: readonly ErrorCode[] = ['HTTP_TIMEOUT', 'CONNECTOR_UNREACHABLE', 'BUS_UNAVAILABLE', 'DELIVERY_FAILED'];
const transientStatuses = (status: number) => status === 408 || status === 429 || status >= 500;

/** `ours`: our own database was not to be had, which is no fault of the run: it keeps trying for longer. */
export type Judged = { failure: Failure; transient: boolean; ours: boolean };

/** The one place where anything thrown by a step becomes data; what is no expected failure shows no internals. */
export function judge(error: unknown, stepId: string): Judged {
  if (error instanceof FailureError) return { failure: { ...error.failure, stepId }, transient: isTransient(error.failure), ours: false };
  const broken = isInfrastructure(error);
  if (!broken) console.error(`engine: step ${stepId} failed unexpectedly:`, error);
  const shown = failure('INTERNAL', broken
    ? { en: 'The database could not be reached.', fr: 'La base de données n’a pas pu être jointe.' }
    : { en: 'Something went wrong inside this step. The server’s log has the details.', fr: 'Une erreur interne s’est produite dans cette étape. Le journal du serveur a les détails.' }, { stepId });
  return { failure: shown, transient: broken, ours: broken };
}

function isTransient(failed: Failure): boolean {
  const details = isJsonObject(failed.details) ? failed.details : {};
  if (details['repeat'] === false) return false;
  if (failed.code !== 'HTTP_STATUS') return transientCodes.includes(failed.code);
  const status = details['status'];
  return typeof status === 'number' && transientStatuses(status);
}

/** Connection trouble, deadlocks, cut queries, restarts and full servers of PostgreSQL; also wrapped by the query builder. */
export function isInfrastructure(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  if (/^(08|40|53|57)/.test(code) || /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|CONNECTION_|CONNECT_TIMEOUT)/.test(code)) return true;
  return error.cause !== undefined && isInfrastructure(error.cause);
}

const ownAttempts = 30;
const ownLongestPauseMs = 5_000;

/** When to try again and how often at most, or null when this attempt was the last. `luck` is in 0…1. */
export function nextAttempt(step: Step, attempt: number, { failure: failed, transient, ours }: Judged, luck: number): { pauseMs: number; of: number } | null {
  const policy: RetryPolicy | undefined = ours ? { ...step.retry, attempts: ownAttempts, maxBackoffMs: ownLongestPauseMs } : step.retry;
  const { attempts: of } = filledRetry(policy);
  if (!ours && !isRetried(policy, failed.code, transient)) return null;
  // Whatever the policy says: who failed knows that another try is of no use, or does harm.
  const details = isJsonObject(failed.details) ? failed.details : {};
  if (attempt >= of || details['repeat'] === false) return null;
  // A busy system says when it wants to be asked again: not before.
  const asked = typeof details['retryAfterMs'] === 'number' ? details['retryAfterMs'] : 0;
  return { pauseMs: Math.max(retryPauseMs(policy, attempt, luck), asked), of };
}
