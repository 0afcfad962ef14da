import type { Server as HttpServer } from 'node:http';
import { Server, type Namespace, type Socket } from 'socket.io';
import { z } from 'zod';
import type { Auth } from '#db/auth';
import { authenticate } from '#db/authenticate';
import type { Database } from '#db/client';
import { id } from '#flow/id';
import type { AccessWatch } from './access-watch';
import { Allowance } from './allowance';
import type { ChangeHub } from './change-hub';
import { serveChanges } from './change-events';
import { credentialsOf, isOriginAllowed } from './handshake';
import { serveInbox } from './inbox-events';
import type { Metrics } from './metrics';
import { eventsTo, serveRuns } from './run-events';
import { RunHub } from './run-hub';
import { RunListHub } from './run-list-hub';
import { dataOf } from './socket-event';
import { serveWhereabouts } from './whereabouts-events';

type Parts = { database: Database; auth: Auth; metrics: Metrics; watch: AccessWatch; origins: readonly string[]; changeHub: ChangeHub; server: HttpServer };

const largestMessage = 64 * 1024;
const handshake = z.object({ apiKey: z.string().max(200).optional(), workspace: id.optional() });

/** Socket.IO on the same port: live runs and live lists. */
export async function createLiveServer({ database, auth, metrics, watch, origins, changeHub, server }: Parts) {
  const io = new Server(server, {
    destroyUpgrade: false, maxHttpBufferSize: largestMessage, serveClient: false,
    allowRequest: (request, callback) => callback(null, isOriginAllowed(request, origins)),
  });
  const runHub = new RunHub(database, eventsTo(io.of('/runs')), (seconds) => metrics.streamLagSeconds.observe(seconds));
  const listHub = new RunListHub(database);
  await listHub.start();
  const lookEverywhere = () => void listHub.look([]);
  const hints = await database.sql.listen('run_events', (payload) => {
    const runIds = payload.split(',').filter((each) => each !== '');
    runHub.look(runIds);
    void listHub.look(runIds);
  }, lookEverywhere);

  guardNamespace(io.of('/runs'));
  guardNamespace(io.of('/changes'));
  guardNamespace(io.of('/inbox'));
  guardNamespace(io.of('/presence'));
  serveRuns(io.of('/runs'), database, runHub, listHub);
  serveChanges(io.of('/changes'), changeHub);
  serveInbox(io.of('/inbox'), database, changeHub);
  const roster = await serveWhereabouts(io.of('/presence'), database);
  const count = () => metrics.watchers.set(io.engine.clientsCount);
  io.engine.on('connection', (connection: { on(event: 'close', listener: () => void): void }) => {
    count();
    connection.on('close', () => setImmediate(count));
  });

  function guardNamespace(namespace: Namespace): void {
    namespace.use((socket, next) => {
      admit(socket).then(() => next(), (error: unknown) => next(error instanceof Error ? error : new Error(String(error))));
    });
    namespace.on('connection', (socket) => {
      const unwatch = watch.watch(dataOf(socket).access, (role) => {
        if (role === null) return void socket.disconnect(true);
        const data = dataOf(socket);
        data.access = { ...data.access, role };
      });
      socket.on('disconnect', unwatch);
    });
  }

  async function admit(socket: Socket): Promise<void> {
    const given = handshake.safeParse(socket.handshake.auth);
    if (!given.success) throw connectError('PARAM_INVALID', 'The handshake takes {apiKey?, workspace?} as text.');
    const found = await authenticate(database, auth, { headers: credentialsOf(socket.request), apiKey: given.data.apiKey, workspaceId: given.data.workspace });
    if (!found.ok) throw connectError(found.failure.code, found.failure.message);
    socket.data = { access: found.access, allowance: new Allowance(50, 500) };
  }

  return {
    async close(): Promise<void> {
      runHub.close();
      listHub.close();
      await roster.close();
      await hints.unlisten().catch(() => {});
      await io.close();
    },
  };
}

/** socket.io-client shows it as `error.message` and `error.data`. */
function connectError(code: string, message: string): Error {
  return Object.assign(new Error(code), { data: { code, message } });
}
