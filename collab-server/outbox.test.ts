import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Outbox, outboxLimits } from './outbox';
import { until } from '#flow/testing-until';

let server: WebSocketServer;
beforeAll(async () => {
  server = new WebSocketServer({ port: 0, perMessageDeflate: false });
  await once(server, 'listening');
});
afterAll(() => {
  for (const socket of server.clients) socket.terminate();
  server.close();
});

async function pair(limits: Partial<typeof outboxLimits>) {
  const { port } = server.address() as AddressInfo; // a TCP server's address is one
  const accepted = once(server, 'connection') as Promise<[WebSocket]>; // ws gives the socket first
  const reader = new WebSocket(`ws://127.0.0.1:${port}`);
  const [[socket]] = await Promise.all([accepted, once(reader, 'open')]);
  const received: number[] = [];
  reader.on('message', (data: Buffer) => received.push(data.readUInt32BE(0)));
  let tooSlow = 0;
  const outbox = new Outbox(socket, () => (tooSlow += 1), { ...outboxLimits, ...limits });
  const frame = (number: number) => {
    const bytes = Buffer.alloc(256 * 1024);
    bytes.writeUInt32BE(number);
    return bytes;
  };
  return { reader, socket, outbox, received, frame, slowness: () => tooSlow };
}

it('C20 a socket that pauses gets every update once, in order, and loses only cursors', async () => {
  const { reader, socket, outbox, received, frame, slowness } = await pair({ slowAbove: 1e9 });
  reader.pause();
  for (let number = 0; number < 100; number++) outbox.sendUpdate(frame(number));
  expect(socket.bufferedAmount).toBeLessThan(2 * outboxLimits.keepBackAbove);
  outbox.sendCursors(frame(9_999));
  reader.resume();
  await until(() => received.length === 100, 'every update');
  expect(received).toEqual(Array.from({ length: 100 }, (_, number) => number));
  expect(slowness()).toBe(0);
  reader.terminate();
  outbox.close();
});

it('C20 a socket that does not read for long is too slow', async () => {
  const { reader, outbox, frame, slowness } = await pair({ slowAfterMs: 100 });
  reader.pause();
  for (let number = 0; number < 100; number++) outbox.sendUpdate(frame(number));
  await until(() => slowness() > 0, 'the verdict');
  reader.terminate();
  outbox.close();
});
