import { connect } from '#db/client';
import { survivesCutConnections } from '#db/driver-guard';
import { readEnv } from '#db/env';
import { startEngine } from './main';

/** One engine and nothing else: what `start.ts --only=engine` is, without the supervisor. */
survivesCutConnections();
const env = readEnv();
const database = connect(env.databaseUrl, { max: 6 });
const engine = await startEngine({ env, database, connectionUrl: env.databaseUrl });
process.once('SIGTERM', () => void engine.close().then(() => process.exit(0)));
process.once('disconnect', () => process.exit(0));
process.send?.('ready');
