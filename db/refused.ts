/**
 * PostgreSQL answered with an error, so nothing of the statement was done. Not so when it ends the connection (57P) or the
 * connection is lost (08): then nobody knows whether a commit came through, and the statement must not be sent again.
 */
export function isRefused(error: unknown): boolean {
  const cause = error instanceof Error ? (error.cause ?? error) : error; // drizzle wraps what the driver throws
  return cause instanceof Error && 'severity_local' in cause && 'code' in cause && !/^(57P|08)/.test(String(cause.code));
}

/** The way to PostgreSQL is at fault, or its being away: nothing of what was asked for is to blame. */
export function isUnreachable(error: unknown): boolean {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error && 'code' in cause && /^(57P|08|53300|ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|CONNECTION_|CONNECT_TIMEOUT)/.test(String(cause.code));
}
