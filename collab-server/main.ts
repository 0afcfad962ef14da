import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { createAuth } from '#db/auth';
import type { Database } from '#db/client';
import type { Env } from '#db/env';
import { AccessWatch } from './access-watch';
import { ChangeHub } from './change-hub';
import { createCoEditing } from './co-editing';
import { createHttpServer, pathOf, type HandleRequest } from './http-server';
import { createLiveServer } from './live-server';
import { createMetrics } from './metrics';

type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
export type WebParts = {
  env: Env; database: Database;
  handleRequest: HandleRequest;
  handleUpgradeForNext: Upgrade;
  closeNext: () => Promise<void>;
  /** How long a room without sockets is kept. */
  evictAfterMs?: number;
};

/** The web process: Next's pages, the co-editing sockets and the live streams on one port. */
export async function startWeb(parts: WebParts): Promise<{ close(): Promise<void> }> {
  const { env, database } = parts;
  const metrics = createMetrics();
  const auth = createAuth(database, env.auth);
  let closing = false;
  const server = createHttpServer({ database, metrics, handleRequest: parts.handleRequest, isClosing: () => closing });
  const watch = new AccessWatch(database);
  const changeHub = new ChangeHub(database);
  await changeHub.start();
  const shared = { database, auth, metrics, watch, origins: env.publicUrls };
  const coEditing = await createCoEditing({ ...shared, options: { port: env.port, evictAfterMs: parts.evictAfterMs } });
  const live = await createLiveServer({ ...shared, changeHub, server });
  changeHub.listen((changes) => {
    for (const change of changes) if (change.topic === 'flow' && change.deleted) void coEditing.dropFlow(change.objectId);
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const path = pathOf(request);
    if (path.startsWith('/collab/')) return coEditing.upgrade(request, socket, head);
    if (path.startsWith('/_next/')) return parts.handleUpgradeForNext(request, socket, head);
    if (path === '/socket.io/') return; // engine.io listens for its own
    socket.on('error', () => socket.destroy());
    socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  });
  server.listen(env.port);
  await once(server, 'listening');
  return {
    close: async () => {
      closing = true;
      watch.close();
      changeHub.close();
      await coEditing.close();
      const ended = once(server, 'close');
      const liveEnded = live.close(); // closes the HTTP server too
      server.closeAllConnections();
      await Promise.all([liveEnded, ended]);
      await parts.closeNext();
    },
  };
}
