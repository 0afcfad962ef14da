import { setTimeout as pause } from 'node:timers/promises';
import { BareClient } from './client';
import { largeFlow } from './definition';
import { evictAfterMs, type Server } from './servers';

export type Heap = { perFlowMb: number; leftMb: number };

/** Heap of a flow while one person has it open, and what is left of it when they are gone. */
export async function memory(server: Server, flows: number, steps: number): Promise<Heap> {
  const ids: string[] = [];
  for (let at = 0; at < flows; at++) ids.push(await server.addFlow(largeFlow(steps)));
  const first = await new BareClient(server, await server.addFlow(largeFlow(20))).open(); // what is loaded once
  first.close();
  await pause(evictAfterMs * 3);
  const before = await server.usage();
  const clients: BareClient[] = [];
  for (const id of ids) clients.push(await new BareClient(server, id).open());
  const open = await server.usage();
  for (const each of clients) each.close();
  let left = open;
  for (let waited = 0; waited < 10 && left.heapBytes > before.heapBytes; waited++) {
    await pause(evictAfterMs * 2);
    left = await server.usage();
  }
  const mb = (bytes: number) => bytes / flows / 1e6;
  return { perFlowMb: mb(open.heapBytes - before.heapBytes), leftMb: Math.max(0, mb(left.heapBytes - before.heapBytes)) };
}
