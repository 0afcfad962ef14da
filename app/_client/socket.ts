import { io, type Socket } from 'socket.io-client';

/** One connection for all namespaces of the page: socket.io shares it between sockets of one address. */
export function liveSocket(namespace: '/runs' | '/changes' | '/presence' | '/inbox'): Socket {
  const known = sockets.get(namespace);
  if (known) return known;
  const socket = io(namespace, { reconnectionDelay: 200, reconnectionDelayMax: 2_500, transports: ['websocket', 'polling'] });
  sockets.set(namespace, socket);
  return socket;
}

const sockets = new Map<string, Socket>();

export type Answer<T> = ({ ok: true } & T) | { ok: false; error: { code: string; message: string } };

/** Sends what should hold while it is wanted: now if connected, and again after every reconnect. Returns how to stop. */
export function whileConnected(socket: Socket, send: () => void): () => void {
  socket.on('connect', send);
  if (socket.connected) send();
  return () => void socket.off('connect', send);
}
