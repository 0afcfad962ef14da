import { connect } from '#db/client';
import { survivesCutConnections } from '#db/driver-guard';
import { readEnv } from '#db/env';
import { startEngine } from './main';

/** One engine and nothing else: what `start.ts --only=engine` is, without the supervisor. Side jobs only where there is mail to send. */
export function run(): void {
  survivesCutConnections();
  const env = readEnv();
  const database = connect(env.databaseUrl, { max: 6 });
  void startEngine({ env, database, connectionUrl: env.databaseUrl, sideJobs: env.smtpUrl !== null }).then((engine) => {
    process.once('SIGTERM', () => void engine.close().then(() => process.exit(0)));
    process.on('message', () => process.send?.(engine.totals));
    process.send?.('ready');
  });
  process.once('disconnect', () => process.exit(0));
}
