import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A cable that can be pulled: everything between one browser and the product goes through it. */
export type Cable = { origin: string; cut(): void; mend(): void; close(): Promise<void> };

/** The one extra origin the product under test allows (PUBLIC_URL of playwright.config.ts). */
export const cablePort = Number(process.env['E2E_PORT'] ?? 43_117) + 1;

export async function cableTo(port: number): Promise<Cable> {
  const open = new Set<Socket>();
  let cut = false;
  const server = createServer((near) => {
    if (cut) return void near.destroy();
    const far = connect(port, '127.0.0.1');
    for (const [from, to] of [[near, far], [far, near]] as const) {
      open.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        open.delete(from);
        to.destroy();
      });
    }
  });
  server.listen(cablePort);
  await once(server, 'listening');
  return {
    origin: `http://localhost:${cablePort}`,
    cut: () => {
      cut = true;
      for (const each of open) each.destroy();
    },
    mend: () => void (cut = false),
    close: async () => {
      for (const each of open) each.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
