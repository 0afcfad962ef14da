import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { Access } from '#db/access';
import type { Auth } from '#db/auth';
import type { Database } from '#db/client';
import { insertTicket } from '#db/flow-tickets';
import { addressOfOwner } from '#db/room-leases';
import type { AccessWatch } from './access-watch';
import { refusal, type Refusal } from './close-codes';
import { asBuffer, Connection, largestFrame, writerOf } from './connection';
import { admit, admitByTicket, isOriginAllowed } from './handshake';
import { pathOf } from './http-server';
import type { Metrics } from './metrics';
import { Offenders } from './offenders';
import { passOn } from './pass-on';
import { ticketProtocol } from './protocol';
import { Rooms, type RoomsOptions } from './rooms';

type Parts = { database: Database; auth: Auth; metrics: Metrics; watch: AccessWatch; origins: readonly string[]; options: RoomsOptions };
type Place = { kind: 'place'; take: (ws: WebSocket) => void } | { kind: 'nowhere'; refusal: Refusal };
const hopHeader = 'x-millrace-hop';
const ticketPatienceMs = 5_000;

/** The co-editing door: takes the upgrade of /collab/<flowId>, refuses by close code, seats the socket in its room. */
export async function createCoEditing({ database, auth, metrics, watch, origins, options }: Parts) {
  // One message of a socket at a time: what one sends in a burst must not keep commits and everybody else waiting.
  const sockets = new WebSocketServer({ noServer: true, maxPayload: largestFrame, perMessageDeflate: false, allowSynchronousEvents: false });
  const rooms = new Rooms(database, metrics, options);
  await rooms.start();
  const offenders = new Offenders();
  const count = () => metrics.editors.set(sockets.clients.size);

  function accept(request: IncomingMessage, socket: Duplex, head: Buffer, seat: (ws: WebSocket) => void): void {
    sockets.handleUpgrade(request, socket, head, (ws) => {
      count();
      ws.on('close', count);
      seat(ws);
    });
  }

  function refuse(request: IncomingMessage, socket: Duplex, head: Buffer, refused: Refusal): void {
    accept(request, socket, head, (ws) => {
      ws.on('error', () => ws.terminate());
      dismiss(ws, refused);
    });
  }

  async function seat(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    if (!isOriginAllowed(request, origins)) return refuse(request, socket, head, refusal('noAccess', `the origin "${request.headers.origin ?? ''}" is not allowed here`));
    if (hasTicket(request)) return accept(request, socket, head, (ws) => seatByTicket(request, ws));
    const admission = await admit(database, auth, request, pathOf(request));
    if (!admission.ok) return refuse(request, socket, head, admission.refusal);
    await offenders.patience(writerOf(admission.access));
    const place = await findPlace(request, admission.access, admission.flowId, false);
    if (place.kind === 'nowhere') return refuse(request, socket, head, place.refusal);
    accept(request, socket, head, place.take);
  }

  /** Accepted before anybody knows who it is: its first frame must be a ticket, and soon. What follows it waits. */
  function seatByTicket(request: IncomingMessage, ws: WebSocket): void {
    const late = setTimeout(() => dismiss(ws, refusal('notSignedIn', 'no ticket came')), ticketPatienceMs);
    const early: Buffer[] = [];
    let earlyBytes = 0;
    ws.on('error', () => ws.terminate());
    ws.on('close', () => clearTimeout(late));
    const wait = (data: RawData) => {
      early.push(asBuffer(data));
      earlyBytes += early.at(-1)?.byteLength ?? 0;
      if (earlyBytes > largestFrame) dismiss(ws, refusal('tooFast', 'too much before the ticket was read'));
    };
    ws.once('message', (data) => {
      clearTimeout(late);
      ws.on('message', wait);
      const settled = async () => {
        const admission = await admitByTicket(database, asBuffer(data), pathOf(request));
        if (!admission.ok) return dismiss(ws, admission.refusal);
        await offenders.patience(writerOf(admission.access));
        const place = await findPlace(request, admission.access, admission.flowId, true);
        if (ws.readyState !== ws.OPEN) return;
        if (place.kind === 'nowhere') return dismiss(ws, place.refusal);
        ws.off('message', wait);
        place.take(ws);
        for (const frame of early) ws.emit('message', frame, true);
      };
      settled().catch((error: unknown) => {
        console.error('a ticket could not be taken:', error);
        dismiss(ws, refusal('restarting', 'try again'));
      });
    });
  }

  /** A used ticket cannot be shown again: the owner's process gets a fresh one. */
  async function findPlace(request: IncomingMessage, access: Access, flowId: string, byTicket: boolean): Promise<Place> {
    const opened = await rooms.get(flowId);
    if (opened.kind === 'missing') return { kind: 'nowhere', refusal: refusal('restarting', 'the flow cannot be opened now') };
    if (opened.kind === 'elsewhere') {
      const address = request.headers[hopHeader] === undefined ? addressOfOwner(opened.owner) : null;
      if (address === null) return { kind: 'nowhere', refusal: refusal('restarting', 'the flow moves to another server') };
      const ticket = byTicket ? (await insertTicket(database, access, flowId)).ticket : null;
      return { kind: 'place', take: (ws) => passOn(ws, { address: `ws://${address}/collab/${flowId}`, headers: { ...forwarded(request), [hopHeader]: '1' }, ticket }) };
    }
    const { room } = opened;
    return { kind: 'place', take: (ws) => {
      const connection = new Connection(room, ws, access, () => offenders.note(writerOf(access)));
      const unwatch = watch.watch(access, (role) => (role ? connection.setRole(role) : connection.close(refusal('noAccess', 'access was withdrawn'))));
      ws.on('close', unwatch);
    } };
  }

  function dismiss(ws: WebSocket, { code, reason }: Refusal): void {
    metrics.refusals.inc({ code });
    ws.close(code, reason);
    setTimeout(() => ws.terminate(), 2_000).unref();
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

/** Who says so lets the ticket alone decide, whatever cookie came along. */
function hasTicket(request: IncomingMessage): boolean {
  return (request.headers['sec-websocket-protocol'] ?? '').split(',').some((each) => each.trim() === ticketProtocol);
}

function forwarded(request: IncomingMessage): Record<string, string> {
  const { cookie, authorization, origin } = request.headers;
  return { ...(cookie ? { cookie } : {}), ...(authorization ? { authorization } : {}), ...(origin ? { origin } : {}) };
}
