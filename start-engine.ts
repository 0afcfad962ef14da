import { startEngine } from './engine/main';
import { orOneLine, startPart } from './start-part';

/** An engine: started often where it dies often, so it is bundled with its packages and loads nothing else. */
await orOneLine(() => startPart('engine', 10, (env, database) => startEngine({ env, database, connectionUrl: env.databaseUrl, sideJobs: true })));
