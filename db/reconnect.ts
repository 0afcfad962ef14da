/**
 * Seconds before a connection is tried again. The driver's own pauses grow to twenty: after a restart of PostgreSQL an
 * engine would stay away longer than its lease lasts.
 */
export function backoff(attempt: number): number {
  return Math.min(0.05 * 2 ** attempt, 0.5) * (0.5 + Math.random() / 2);
}
