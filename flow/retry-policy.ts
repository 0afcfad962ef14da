import { z } from 'zod';
import { errorCode, type ErrorCode } from './error-code';
import type { StepProblem } from './problems';
import { text } from './text';

/**
 * How often and when a failed step is tried again, kept on the step node. What is left out is the default; of the errors
 * only those that may pass by themselves (steps.md §1.7, *transient*) are tried again unless `on` says otherwise.
 */
export const longestBackoffMs = 3_600_000;
export const retryPolicy = z.strictObject({
  attempts: z.int().min(1).max(10),
  backoff: z.enum(['fixed', 'exponential']).optional(),
  backoffMs: z.int().min(0).max(longestBackoffMs).optional(),
  maxBackoffMs: z.int().min(0).max(longestBackoffMs).optional(),
  jitter: z.boolean().optional(),
  on: z.union([z.literal('all'), z.array(errorCode).min(1).max(20)]).optional(),
});
export type RetryPolicy = z.infer<typeof retryPolicy>;
export const retryKeys = ['attempts', 'backoff', 'backoffMs', 'maxBackoffMs', 'jitter', 'on'] as const satisfies readonly (keyof RetryPolicy)[];
/** 1 s, 5 s, 25 s, 60 s, 60 s, … with up to a fifth more. */
export const retryDefaults = { attempts: 3, backoff: 'exponential', backoffMs: 1_000, maxBackoffMs: 60_000, jitter: true } as const;
const growth = 5;
const jitterShare = 0.2;

/** How long one attempt of a step may take. */
export const stepTimeoutMs = z.int().min(100).max(86_400_000);

/** Keys in one order; what is given stays, so that a default written out survives. */
export function canonicalRetry(policy: RetryPolicy): RetryPolicy {
  const { attempts, backoff, backoffMs, maxBackoffMs, jitter, on } = policy;
  return {
    attempts, ...(backoff === undefined ? {} : { backoff }), ...(backoffMs === undefined ? {} : { backoffMs }), ...(maxBackoffMs === undefined ? {} : { maxBackoffMs }),
    ...(jitter === undefined ? {} : { jitter }), ...(on === undefined ? {} : { on: on === 'all' ? on : [...on] }),
  };
}

export type FilledRetry = { attempts: number; backoff: 'fixed' | 'exponential'; backoffMs: number; maxBackoffMs: number; jitter: boolean };

export function filledRetry(policy: RetryPolicy | undefined): FilledRetry {
  return {
    attempts: policy?.attempts ?? retryDefaults.attempts, backoff: policy?.backoff ?? retryDefaults.backoff, backoffMs: policy?.backoffMs ?? retryDefaults.backoffMs,
    maxBackoffMs: policy?.maxBackoffMs ?? Math.max(retryDefaults.maxBackoffMs, policy?.backoffMs ?? 0), jitter: policy?.jitter ?? retryDefaults.jitter,
  };
}

/** The pause after so many attempts; `luck` is in 0…1. */
export function retryPauseMs(policy: RetryPolicy | undefined, attempt: number, luck: number): number {
  const { backoff, backoffMs, maxBackoffMs, jitter } = filledRetry(policy);
  const grown = backoff === 'fixed' ? backoffMs : backoffMs * growth ** (attempt - 1);
  return Math.round(Math.min(grown, maxBackoffMs) * (jitter ? 1 + luck * jitterShare : 1));
}

export function isRetried(policy: RetryPolicy | undefined, code: ErrorCode, isTransient: boolean): boolean {
  if (policy?.on === undefined) return isTransient;
  return policy.on === 'all' || policy.on.includes(code);
}

type Node = { name: string; retry?: RetryPolicy | undefined; timeoutMs?: number | undefined };

/** What is allowed by itself and makes no sense together. */
export function policyProblems({ name, retry, timeoutMs }: Node, runTimeoutMs: number | undefined): StepProblem[] {
  const found: StepProblem[] = [];
  const { backoffMs, maxBackoffMs } = filledRetry(retry);
  if (retry && maxBackoffMs < backoffMs) {
    found.push({ code: 'PARAM_INVALID', param: 'retry.maxBackoffMs', text: text(`"${name}" waits at most ${maxBackoffMs} ms, which is less than its first pause of ${backoffMs} ms.`, `« ${name} » attend au plus ${maxBackoffMs} ms, moins que sa première pause de ${backoffMs} ms.`) });
  }
  if (timeoutMs !== undefined && runTimeoutMs !== undefined && timeoutMs > runTimeoutMs) {
    found.push({ code: 'PARAM_INVALID', param: 'timeoutMs', text: text(`"${name}" may take longer than the whole run (${runTimeoutMs / 1_000} s). Lower its time limit or raise that of the flow.`, `« ${name} » peut durer plus que toute l’exécution (${runTimeoutMs / 1_000} s). Réduisez sa limite ou augmentez celle du flux.`) });
  }
  return found;
}
