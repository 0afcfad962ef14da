import { setTimeout as pause } from 'node:timers/promises';
import type WebSocket from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { until } from '#flow/testing-until';
import { openFlowDocument } from '../../app/_client/collab-provider';
import { socketWith } from '../../collab-server/testing';
import { BareClient } from './client';
import { largeFlow } from './definition';
import type { Server } from './servers';

export type Moves = { people: number; movers: number; movesPerSecond: number; seconds: number };
/** A move of one person's cursor: processor time of the server, and frames it sends out for it to all together. */
export type Cost = { cpuMicroseconds: number; framesOut: number };

export async function cursors(server: Server, { people, movers, movesPerSecond, seconds }: Moves): Promise<Cost> {
  const flowId = await server.addFlow(largeFlow(20));
  const clients = await Promise.all(Array.from({ length: people }, () => new BareClient(server, flowId).open()));
  for (const each of clients) each.point(0);
  await pause(500);
  const idle = await over(server, seconds, async () => pause(seconds * 1_000));
  const framesBefore = clients.reduce((sum, each) => sum + each.awarenessIn, 0);
  let moves = 0;
  const busy = await over(server, seconds, async () => {
    for (let move = 0; move < movesPerSecond * seconds; move++) {
      for (const each of clients.slice(0, movers)) each.point(move);
      moves += movers;
      await pause(1_000 / movesPerSecond);
    }
  });
  await pause(500);
  const frames = clients.reduce((sum, each) => sum + each.awarenessIn, 0) - framesBefore;
  for (const each of clients) each.close();
  return { cpuMicroseconds: (Math.max(0, busy - idle) * 1_000) / moves, framesOut: frames / moves };
}

async function over(server: Server, _seconds: number, work: () => Promise<void>): Promise<number> {
  const before = await server.usage();
  await work();
  return (await server.usage()).cpuMs - before.cpuMs;
}

/** Frames that reach the server for one move, by the client people really use: a stock provider sends on what it hears. */
export async function framesInPerMove(server: Server, client: 'ours' | 'stock', people: number): Promise<number> {
  const flowId = await server.addFlow(largeFlow(20));
  let frames = 0;
  const counting = countingSocket(server.headers, () => (frames += 1));
  const opened = Array.from({ length: people }, () => {
    if (client === 'ours') {
      const session = openFlowDocument({ flowId, user: { id: 'bench', name: 'Bench' }, serverUrl: server.url, WebSocketPolyfill: counting, keepOffline: false });
      return { awareness: session.awareness, isReady: () => session.status.connection === 'online', close: session.close };
    }
    const doc = new Y.Doc();
    const provider = new WebsocketProvider(server.url, flowId, doc, { WebSocketPolyfill: counting, disableBc: true });
    return { awareness: provider.awareness, isReady: () => provider.synced, close: () => { provider.destroy(); doc.destroy(); } };
  });
  await until(() => opened.every((each) => each.isReady()), 'everybody to be there', 60_000);
  for (const each of opened) each.awareness.setLocalStateField('cursor', { x: 0, y: 0 });
  for (let before = -1; before !== frames; await pause(1_500)) before = frames; // what everybody sends on arriving
  frames = 0;
  const moves = 20;
  for (let move = 1; move <= moves; move++) {
    opened[0]?.awareness.setLocalStateField('cursor', { x: move, y: 0 });
    await pause(150);
  }
  await pause(1_000);
  const counted = frames; // whoever closes sends a last one
  for (const each of opened) each.close();
  return counted / moves;
}

function countingSocket(headers: Record<string, string>, onAwareness: () => void): typeof globalThis.WebSocket {
  const Base = socketWith(headers);
  return class extends Base {
    override send(data: Parameters<WebSocket['send']>[0]): void {
      if (data instanceof Uint8Array && data[0] === 1) onAwareness();
      super.send(data as Uint8Array<ArrayBuffer>); // what y-websocket sends is one
    }
  };
}
