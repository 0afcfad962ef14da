import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** A line to `port` that carries so many bits a second towards the client. */
export async function slowLink(port: number, megabitsPerSecond: number): Promise<{ port: number; close(): void }> {
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const each of [near, far]) {
      open.add(each);
      each.setNoDelay(true);
      each.on('error', () => each.destroy());
    }
    near.pipe(far);
    carry(far, near, (megabitsPerSecond * 1_000_000) / 8).catch(() => near.destroy()); // one end hung up
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as AddressInfo; // a TCP server's address is one
  return { port: address.port, close: () => {
    for (const each of open) each.destroy();
    server.close();
  } };
}

async function carry(from: Socket, to: Socket, bytesPerSecond: number): Promise<void> {
  let freeAt = performance.now();
  for await (const chunk of from as AsyncIterable<Buffer>) { // sockets without an encoding give buffers
    freeAt = Math.max(freeAt, performance.now()) + (chunk.byteLength / bytesPerSecond) * 1_000;
    const wait = freeAt - performance.now();
    if (wait > 1) await pause(wait);
    if (to.destroyed) return;
    to.write(chunk);
  }
  to.end();
}
