import { connect } from '#db/client';
import { readEnv } from '#db/env';
import { startWeb } from './main';

/** A web process for tests that kill it, stop it or ask for its heap. Next's part answers 404. */
const env = readEnv();
const database = connect(env.databaseUrl, { max: 6 });
const evictAfterMs = process.env['EVICT_AFTER_MS'];
const web = await startWeb({
  env, database, ...(evictAfterMs === undefined ? {} : { evictAfterMs: Number(evictAfterMs) }),
  handleRequest: (_request, response) => void response.writeHead(404).end(),
  handleUpgradeForNext: (_request, socket) => socket.destroy(),
  closeNext: async () => {},
});
process.once('SIGTERM', () => {
  void web.close().then(() => database.close()).then(() => process.exit(0));
});
process.on('message', () => {
  globalThis.gc?.();
  globalThis.gc?.();
  process.send?.({ heapBytes: process.memoryUsage().heapUsed });
});
process.send?.({ ready: true });
