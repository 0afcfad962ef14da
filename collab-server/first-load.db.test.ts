import WebSocket from 'ws';
import * as Y from 'yjs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadDocument } from '#db/flow-documents';
import { packedDocument } from '#db/packed-document';
import { definitionOf, renameFlow } from '#flow/document';
import { newId } from '#flow/id';
import { until } from '#flow/testing-until';
// oxlint-disable-next-line no-restricted-imports -- both ends of the wire are under test here
import { openFlowDocument, type FlowSession } from '../app/_client/collab-provider';
// oxlint-disable-next-line no-restricted-imports -- as above
import { readPacked, type FetchDocument } from '../app/_client/first-load';
import { flowOf, insertFlow, openStock, person, startTestWeb, synced, type Person, type TestWeb } from './testing';

let web: TestWeb;
let ana: Person;
let large: string;

beforeAll(async () => {
  web = await startTestWeb();
  ana = await person(web, 'Ana', 'editor');
  large = await insertFlow(web.database, web.workspaceId, flowOf(3_000));
});
afterAll(async () => web.stop());

const packed = async (flowId: string, gzipped: boolean): Promise<Uint8Array<ArrayBuffer>> => {
  const answer = await packedDocument(web.database, { workspaceId: web.workspaceId, role: 'editor', user: { id: ana.id, name: ana.name }, via: 'session' }, flowId, gzipped);
  return answer.ok ? answer.bytes : expect.fail(answer.failure.message);
};
/** What the route answers with these bytes. */
const answered = (bytes: Uint8Array<ArrayBuffer>, type: string) => readPacked(new Response(bytes, { headers: { 'Content-Type': type } }));
const overHttp: FetchDocument = async (flowId) => answered(await packed(flowId, true), 'application/gzip');

/** Opens with our client; `heard`: bytes of the document that came over the socket. */
function open(flowId: string, fetchDocument: FetchDocument | null, isLarge = false): { session: FlowSession; heard: () => number } {
  let bytes = 0;
  const Counted = class extends WebSocket {
    constructor(address: string | URL) {
      super(address, { headers: { cookie: ana.cookie } });
      this.on('message', (data: ArrayBuffer) => { // the provider asks for that
        const frame = new Uint8Array(data);
        if (frame[0] === 0 && frame[1] !== 0) bytes += frame.byteLength;
      });
    }
  };
  const session = openFlowDocument({
    flowId, user: ana, serverUrl: `${web.url.replace('http', 'ws')}/collab`, keepOffline: false, fetchDocument, isLarge,
    WebSocketPolyfill: Counted as unknown as typeof globalThis.WebSocket, // ws is made to stand in for the browser's
  });
  return { session, heard: () => bytes };
}
const online = (session: FlowSession) => until(() => session.status.connection === 'online', 'the session to be online', 20_000);
const stored = async (flowId: string) => definitionOf((await loadDocument(web.database.db, flowId)).doc);

it('C28 a large flow comes over HTTP, and the socket carries only the difference', async () => {
  const stock = await synced(openStock(web.url, large, { cookie: ana.cookie }));
  const late = await packed(large, false);
  const { session, heard } = open(large, async () => {
    renameFlow(stock.doc, 'Renamed while it loads', 'test'); // not in what was fetched
    return answered(late, 'application/octet-stream');
  });
  await online(session);
  expect(definitionOf(session.doc)).toEqual(definitionOf(stock.doc));
  expect(definitionOf(session.doc).name).toBe('Renamed while it loads');
  expect(late.byteLength).toBeGreaterThan(256 * 1024);
  expect(heard()).toBeGreaterThan(0);
  expect(heard()).toBeLessThan(5_000);
  renameFlow(session.doc, 'And edited after', 'test');
  await until(() => definitionOf(stock.doc).name === 'And edited after' && session.status.unsaved === 0, 'the edit to arrive and be saved');
  session.close();
  stock.close();
});

it('C28 gzip makes it a fraction, whatever lies in the log: snapshot and rows alike', async () => {
  const { session } = open(large, overHttp);
  await online(session);
  expect(definitionOf(session.doc)).toEqual(await stored(large));
  expect((await packed(large, true)).byteLength).toBeLessThan((await packed(large, false)).byteLength / 3);
  session.close();
});

it('C28 who knows that much is to come asks at once, and once', async () => {
  let asked = 0;
  const counting: FetchDocument = async (flowId) => {
    asked += 1;
    return overHttp(flowId);
  };
  const { session, heard } = open(large, counting, true);
  await online(session);
  expect(definitionOf(session.doc)).toEqual(await stored(large));
  expect([asked, heard() < 5_000]).toEqual([1, true]);
  session.close();
});

it('C28 when HTTP fails, and for who cannot, everything comes over the socket', async () => {
  let asked = 0;
  const failing = open(large, async () => {
    asked += 1;
    return null;
  });
  const unable = open(large, null);
  await Promise.all([online(failing.session), online(unable.session)]);
  expect(asked).toBe(1);
  for (const { session, heard } of [failing, unable]) {
    expect(definitionOf(session.doc)).toEqual(await stored(large));
    expect(heard()).toBeGreaterThan(256 * 1024);
    session.close();
  }
});

it('C28 small flows are not sent round, and a copy asks only for what it lacks', async () => {
  const small = await insertFlow(web.database, web.workspaceId);
  let asked = 0;
  const counting: FetchDocument = async (flowId) => {
    asked += 1;
    return overHttp(flowId);
  };
  const first = open(small, counting);
  await online(first.session);
  first.session.close();
  const copy = Y.encodeStateAsUpdate((await loadDocument(web.database.db, large)).doc);
  const { session, heard } = open(large, counting);
  Y.applyUpdate(session.doc, copy); // as the device's copy does: before the socket opens
  await online(session);
  expect([asked, heard() < 5_000]).toEqual([0, true]);
  session.close();
});

it('C28 another workspace’s document is not to be had', async () => {
  const answer = await packedDocument(web.database, { workspaceId: newId('wks'), role: 'owner', user: { id: ana.id, name: ana.name }, via: 'session' }, large, true);
  expect(answer).toMatchObject({ ok: false, failure: { code: 'FLOW_NOT_FOUND' } });
});
