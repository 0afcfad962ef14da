import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Auth } from '#db/auth';
import type { Database } from '#db/client';
import { addressOfOwner } from '#db/room-leases';
import type { AccessWatch } from './access-watch';
import { refusal, type Refusal } from './close-codes';
import { Connection, largestFrame } from './connection';
import { admit } from './handshake';
import { pathOf } from './http-server';
import type { Metrics } from './metrics';
import { passOn } from './pass-on';
import { Rooms, type RoomsOptions } from './rooms';

type Parts = { database: Database; auth: Auth; metrics: Metrics; watch: AccessWatch; origins: readonly string[]; options: RoomsOptions };
const hopHeader = 'x-millrace-hop';

/** The co-editing door: takes the upgrade of /collab/<flowId>, refuses by close code, seats the socket in its room. */
export async function createCoEditing({ database, auth, metrics, watch, origins, options }: Parts) {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: largestFrame, perMessageDeflate: false });
  const rooms = new Rooms(database, metrics, options);
  await rooms.start();
  const count = () => metrics.editors.set(sockets.clients.size);

  function accept(request: IncomingMessage, socket: Duplex, head: Buffer, seat: (ws: WebSocket) => void): void {
    sockets.handleUpgrade(request, socket, head, (ws) => {
      count();
      ws.on('close', count);
      seat(ws);
    });
  }

  function refuse(request: IncomingMessage, socket: Duplex, head: Buffer, { code, reason }: Refusal): void {
    metrics.refusals.inc({ code });
    accept(request, socket, head, (ws) => {
      ws.on('error', () => ws.terminate());
      ws.close(code, reason);
      setTimeout(() => ws.terminate(), 2_000).unref();
    });
  }

  async function seat(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const admission = await admit(database, auth, request, pathOf(request), origins);
    if (!admission.ok) return refuse(request, socket, head, admission.refusal);
    const { access, flowId } = admission;
    const opened = await rooms.get(flowId);
    if (opened.kind === 'missing') return refuse(request, socket, head, refusal('restarting', 'the flow cannot be opened now'));
    if (opened.kind === 'elsewhere') {
      const address = request.headers[hopHeader] === undefined ? addressOfOwner(opened.owner) : null;
      if (address === null) return refuse(request, socket, head, refusal('restarting', 'the flow moves to another server'));
      return accept(request, socket, head, (ws) => passOn(ws, `ws://${address}/collab/${flowId}`, { ...forwarded(request), [hopHeader]: '1' }));
    }
    const { room } = opened;
    accept(request, socket, head, (ws) => {
      const connection = new Connection(room, ws, access);
      const unwatch = watch.watch(access, (role) => (role ? connection.setRole(role) : connection.close(refusal('noAccess', 'access was withdrawn'))));
      ws.on('close', unwatch);
    });
  }

  return {
    upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
      socket.on('error', () => socket.destroy());
      seat(request, socket, head).catch((error: unknown) => {
        console.error('a co-editing socket could not be opened:', error);
        socket.destroy();
      });
    },
    /** A deleted flow's room ends for everybody in it. */
    async dropFlow(flowId: string): Promise<void> {
      for (const room of rooms.liveRooms()) if (room.flowId === flowId) await rooms.retire(room, refusal('noFlow', 'the flow was deleted'));
    },
    async close(): Promise<void> {
      await rooms.close();
      for (const ws of sockets.clients) {
        ws.close(1012, 'the server restarts');
        setTimeout(() => ws.terminate(), 1_000).unref();
      }
      sockets.close();
    },
  };
}

export type CoEditing = Awaited<ReturnType<typeof createCoEditing>>;

function forwarded(request: IncomingMessage): Record<string, string> {
  const { cookie, authorization, origin } = request.headers;
  return { ...(cookie ? { cookie } : {}), ...(authorization ? { authorization } : {}), ...(origin ? { origin } : {}) };
}
