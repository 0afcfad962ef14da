/**
 * postgres.js (3.4.9, src/connection.js, nextWrite) can write to a socket that has just closed, when a connection is
 * cut in the middle of a transaction: the ROLLBACK is sent in a later turn of the loop. The query itself has already
 * been rejected, so nothing is lost but the process. Everything else that is uncaught still ends it.
 */
export function survivesCutConnections(): void {
  process.on('uncaughtException', (error) => {
    const isDriverRace = error instanceof TypeError && /reading 'write'/.test(error.message) && /postgres[\\/](cjs[\\/])?src[\\/]connection\.js/.test(error.stack ?? '');
    if (isDriverRace) {
      console.error('database: a connection was cut in the middle of a transaction.');
      return;
    }
    if (process.listenerCount('uncaughtException') > 1) return; // Next.js judges its own
    console.error(error);
    process.exit(1);
  });
}
