// oxlint-disable-next-line no-restricted-imports -- a wire that a test cuts, between the engine and its database
import { connect, createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/**
 * A TCP proxy between an engine and PostgreSQL. `cutAfter(match)` closes a connection right after a message that holds
 * the match was passed on: PostgreSQL carries it out, and the answer is lost.
 */
export type Proxy = { url: string; cuts: number; armed: boolean; close(): Promise<void> };

export async function startProxy(url: string, match: string, everyNth: number): Promise<Proxy> {
  const target = new URL(url);
  const open = new Set<Socket>();
  const proxy: Proxy = { url: '', cuts: 0, armed: true, close: async () => {} };
  let seen = 0;
  const server = createServer((client) => {
    const upstream = connect(Number(target.port || 5432), target.hostname);
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        open.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    let deaf = false;
    client.on('data', (bytes) => {
      upstream.write(bytes);
      if (deaf || !proxy.armed || !bytes.includes(match) || ++seen % everyNth !== 0) return;
      // What was sent is on its way and will be done; what comes back is not heard any more.
      deaf = true;
      proxy.cuts += 1;
      setTimeout(() => client.destroy(), 20);
    });
    upstream.on('data', (bytes) => {
      if (!deaf) client.write(bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  const own = new URL(url);
  own.hostname = '127.0.0.1';
  own.port = String(port);
  proxy.url = own.href;
  proxy.close = async () => {
    for (const socket of open) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return proxy;
}
