import { WebSocket } from 'ws';
import { closeCodes } from './close-codes';
import { largestFrame } from './connection';
import { ticketProtocol, writeTicket } from './protocol';

const mostWaitingBytes = 16 * 1024 * 1024;

type Way = { address: string; headers: Record<string, string>; ticket: string | null };

/** Carries a socket to the process that owns its room: frames and close codes pass unchanged both ways. */
export function passOn(client: WebSocket, { address, headers, ticket }: Way): void {
  const owner = new WebSocket(address, ticket === null ? [] : [ticketProtocol], { headers, maxPayload: 64 * largestFrame, perMessageDeflate: false, handshakeTimeout: 5_000 });
  const waiting: { data: WebSocket.RawData; binary: boolean }[] = ticket === null ? [] : [{ data: Buffer.from(writeTicket(ticket)), binary: true }];
  let waitingBytes = 0;
  client.on('message', (data, binary) => {
    if (owner.readyState === WebSocket.OPEN) return owner.send(data, { binary });
    waiting.push({ data, binary });
    waitingBytes += Array.isArray(data) ? 0 : data.byteLength;
    if (waitingBytes > mostWaitingBytes) end(client, closeCodes.restarting, '');
  });
  owner.on('open', () => {
    for (const { data, binary } of waiting.splice(0)) owner.send(data, { binary });
  });
  owner.on('message', (data, binary) => {
    if (client.bufferedAmount > mostWaitingBytes) return end(client, closeCodes.tooSlow, 'the socket reads too slowly');
    if (client.readyState === WebSocket.OPEN) client.send(data, { binary });
  });
  // An owner that cannot be reached is about to lose its lease: the client comes again.
  owner.on('error', () => end(client, closeCodes.restarting, 'the server of this flow restarts'));
  owner.on('close', (code, reason) => end(client, isSendable(code) ? code : closeCodes.restarting, reason.toString()));
  client.on('error', () => client.terminate());
  client.on('close', () => (owner.readyState === WebSocket.CONNECTING ? owner.terminate() : owner.close()));
}

function isSendable(code: number): boolean {
  return (code >= 3000 && code <= 4999) || code === 1000 || (code >= 1007 && code <= 1014);
}

function end(socket: WebSocket, code: number, reason: string): void {
  if (socket.readyState === WebSocket.OPEN) socket.close(code, reason);
}
