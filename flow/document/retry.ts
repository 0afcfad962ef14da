import type * as Y from 'yjs';
import { retryDefaults, retryKeys, retryPolicy, type RetryPolicy } from '../retry-policy';
import { edit, put, type Entry } from './entries';

/** Key by key, so that two people may set two of them; a value that does not fit counts as absent. */
export function readRetry(entry: Entry): RetryPolicy | undefined {
  const set = retryKeys.filter((key) => entry.has(`retry:${key}`));
  if (set.length === 0 && !entry.has('retry')) return undefined; // nearly every step, and reading a flow is hot
  const whole = retryPolicy.safeParse(entry.get('retry')).data;
  const own = Object.fromEntries(set.flatMap((key): [string, unknown][] => {
    const value = retryPolicy.shape[key].safeParse(entry.get(`retry:${key}`)).data;
    return value === undefined ? [] : [[key, value]];
  }));
  return whole === undefined && Object.keys(own).length === 0 ? undefined : retryPolicy.parse({ attempts: retryDefaults.attempts, ...whole, ...own });
}

export function putRetry(entry: Entry, policy: RetryPolicy | undefined): void {
  put(entry, 'retry', undefined);
  for (const key of retryKeys) put(entry, `retry:${key}`, policy?.[key]);
}

export type RetryChange = { [K in keyof RetryPolicy]?: RetryPolicy[K] | undefined } | null;

/** Changes the keys that are named (undefined: back to the default); null takes the policy away. */
export function setRetry(doc: Y.Doc, stepId: string, change: RetryChange, origin: unknown): void {
  edit(doc, 'steps', stepId, origin, (entry) => {
    if (change === null) return putRetry(entry, undefined);
    // A key taken away must not show the older whole value again; a key that is set stands above it.
    if (entry.has('retry') && Object.values(change).includes(undefined)) putRetry(entry, readRetry(entry));
    for (const key of retryKeys) if (key in change) put(entry, `retry:${key}`, change[key]);
  });
}

export function setStepTimeout(doc: Y.Doc, stepId: string, timeoutMs: number | null, origin: unknown): void {
  edit(doc, 'steps', stepId, origin, (entry) => put(entry, 'timeoutMs', timeoutMs ?? undefined));
}
