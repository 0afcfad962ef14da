import { connect } from '#db/client';
import { readEnv } from '#db/env';
import { packedDocument } from '#db/packed-document';
import { startWeb } from '../../collab-server/main';

/** Our web process for the benchmark, asked over IPC what it uses. Instead of Next it serves documents for first loads. */
const env = readEnv();
const database = connect(env.databaseUrl, { max: 6 });
const workspaceId = process.env['BENCH_WORKSPACE'] ?? '';
await startWeb({
  env, database, evictAfterMs: Number(process.env['BENCH_EVICT_MS'] ?? 60_000),
  handleRequest: async (request, response) => {
    const flowId = /^\/api\/v1\/flows\/([^/]+)\/document$/.exec(request.url ?? '')?.[1] ?? '';
    const packed = await packedDocument(database, { workspaceId, role: 'editor', user: null, via: 'session' }, flowId, true);
    if (!packed.ok) return void response.writeHead(404).end();
    response.writeHead(200, { 'Content-Type': 'application/gzip', 'Content-Length': packed.bytes.byteLength }).end(packed.bytes);
  },
  handleUpgradeForNext: (_request, socket) => socket.destroy(),
  closeNext: async () => {},
});
process.on('message', () => {
  globalThis.gc?.();
  globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  const memory = process.memoryUsage();
  process.send?.({ cpuMs: (user + system) / 1_000, heapBytes: memory.heapUsed + memory.external });
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
