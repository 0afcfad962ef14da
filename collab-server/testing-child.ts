import { connect } from '#db/client';
import { readEnv } from '#db/env';
import { startWeb } from './main';

/** A web process for tests that kill it. Next's part answers 404. */
const env = readEnv();
const database = connect(env.databaseUrl, { max: 6 });
await startWeb({
  env, database,
  handleRequest: (_request, response) => void response.writeHead(404).end(),
  handleUpgradeForNext: (_request, socket) => socket.destroy(),
  closeNext: async () => {},
});
process.send?.({ ready: true });
