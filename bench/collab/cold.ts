import WebSocket from 'ws';
import { openFlowDocument } from '../../app/_client/collab-provider';
import { readPacked, type FetchDocument } from '../../app/_client/first-load';
import { isLoaded } from '#flow/document';
import { until } from '#flow/testing-until';
import { BareClient } from './client';
import { largeFlow } from './definition';
import type { Server } from './servers';
import { slowLink } from './slow-link';

/** From connecting to a flow nobody has open until its document stands in the client. */
export type Load = { ms: number; bytes: number };

export async function coldLoad(server: Server, steps: number): Promise<Load> {
  const client = new BareClient(server, await server.addFlow(largeFlow(steps)));
  const started = performance.now();
  await client.open();
  const ms = performance.now() - started;
  const bytes = client.bytesIn;
  client.close();
  return { ms, bytes };
}

/** Our own client, everything over the socket or the first load over HTTP, on this machine or over a line of so many Mbit/s. */
export async function coldLoadByBrowser(server: Server, steps: number, way: { overHttp: boolean; megabits: number | null }): Promise<Load> {
  const flowId = await server.addFlow(largeFlow(steps));
  const port = Number(new URL(server.url).port);
  const link = way.megabits === null ? null : await slowLink(port, way.megabits);
  const address = `127.0.0.1:${link?.port ?? port}`;
  let bytes = 0;
  const fetchDocument: FetchDocument = async (id) => {
    const answer = await fetch(`http://${address}/api/v1/flows/${id}/document`);
    bytes += Number(answer.headers.get('content-length') ?? 0);
    return readPacked(answer);
  };
  const Counting = class extends WebSocket {
    constructor(url: string | URL) {
      super(url, { headers: server.headers });
      this.on('message', (data: ArrayBuffer) => (bytes += data.byteLength)); // the provider asks for that
    }
  };
  const started = performance.now();
  const session = openFlowDocument({
    flowId, user: { id: 'bench', name: 'Bench' }, serverUrl: `ws://${address}/collab`, keepOffline: false, fetchDocument: way.overHttp ? fetchDocument : null, isLarge: steps > 1_000,
    WebSocketPolyfill: Counting as unknown as typeof globalThis.WebSocket, // ws is made to stand in for the browser's
  });
  await until(() => isLoaded(session.doc), 'the document', 120_000);
  const ms = performance.now() - started;
  await until(() => session.status.connection === 'online', 'the rest', 120_000);
  session.close();
  link?.close();
  return { ms, bytes };
}
