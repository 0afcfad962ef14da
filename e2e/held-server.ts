import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Api } from './fixtures';

type Made = { id: string };

/** A server whose answers are held until `release`; `/broken` answers 503 at once. */
export async function heldServer() {
  const held: (() => void)[] = [];
  const server = createServer((request, response) => {
    if (request.url === '/broken') return void response.writeHead(503).end('{}');
    held.push(() => void response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    waiting: () => held.length,
    release: () => held.splice(0).forEach((each) => each()),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A connector to it; `endpoint` declares a path. */
export async function callable(api: Api, address: string) {
  const system = await api.send<Made>('POST', '/systems', { name: 'Slow' });
  const connector = await api.send<Made>('POST', '/connectors', { systemId: system.id, name: 'Local', address, allowPrivate: true });
  const endpoint = async (path: string) => (await api.send<Made>('POST', '/endpoints', { connectorId: connector.id, name: path, path, methods: ['Get'] })).id;
  return { system: system.id, connector: connector.id, endpoint };
}
