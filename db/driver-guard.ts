/**
 * What postgres.js (3.4.9, src/connection.js) lets escape when a connection is cut. Where scripts/mend-driver.mjs has not been,
 * `nextWrite` can write to a closed socket in the middle of a transaction. Just after connecting,
 * `fetchArrayTypes` asks for the array types and nobody waits for the answer. The queries of ours have already been
 * rejected, so nothing is lost but the process. Everything else that is uncaught still ends it.
 */
export function survivesCutConnections(): void {
  process.on('uncaughtException', (error) => { // rejections that nobody handles come here too
    if (isOfCutConnection(error)) {
      console.error('database: a connection was cut in the middle of a transaction.');
      return;
    }
    if (process.listenerCount('uncaughtException') > 1) return; // Next.js judges its own
    console.error(error);
    process.exit(1);
  });
}

export function isOfCutConnection(error: { message?: unknown; stack?: unknown; code?: unknown; query?: unknown } | null | undefined): boolean {
  if (!error) return false; // anything can be thrown
  const isLateWrite = /reading 'write'/.test(String(error.message)) && /^ +at (?:\w+\.)?nextWrite\d* /m.test(String(error.stack ?? '')); // bundled or not
  const isTypeQuery = /^(?:ECONN|EPIPE|ETIMEDOUT|CONNECT|57P|08)/.test(String(error.code)) && /from pg_catalog\.pg_type a\s/.test(String(error.query));
  return isLateWrite || isTypeQuery;
}
