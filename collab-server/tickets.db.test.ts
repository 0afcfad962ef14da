import { once } from 'node:events';
import WebSocket from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Access } from '#db/access';
import { connect } from '#db/client';
import { loadDocument } from '#db/flow-documents';
import { createTicket, redeemTicket, ticketSeconds } from '#db/flow-tickets';
import { definitionOf, isLoaded, renameFlow } from '#flow/document';
import { hashToken } from '#db/session-token';
import { until } from '#flow/testing-until';
import { ticketProtocol, writeStep1, writeTicket, writeUpdate } from './protocol';
import { closeCodeOf, insertFlow, openStock, person, startTestWeb, synced, type Person, type TestWeb } from './testing';

let web: TestWeb;
let ana: Person;
let vi: Person;
let flowId: string;

beforeAll(async () => {
  web = await startTestWeb();
  [ana, vi] = [await person(web, 'Ana', 'editor'), await person(web, 'Vi', 'viewer')];
  flowId = await insertFlow(web.database, web.workspaceId);
});
afterAll(async () => web.stop());

async function accessOf(who: Person): Promise<Access> {
  const [row] = await web.database.sql<{ id: string }[]>`select id from session where user_id = ${who.id} order by created_at desc limit 1`;
  return { workspaceId: web.workspaceId, role: who === vi ? 'viewer' : 'editor', user: { id: who.id, name: who.name }, via: 'session', sessionId: row?.id ?? expect.fail('no session') };
}

async function ticketOf(who: Person, flow = flowId): Promise<string> {
  const made = await createTicket(web.database, await accessOf(who), flow);
  return made.ok ? made.ticket : expect.fail(made.failure.message);
}

function ticketSocket(headers: Record<string, string> = {}, { url = web.url, flow = flowId } = {}): WebSocket {
  return new WebSocket(`${url.replace('http', 'ws')}/collab/${flow}`, [ticketProtocol], { headers });
}

/** Sends these at once; how the server ends the socket, null while it is open. */
async function shown(socket: WebSocket, ...frames: (Uint8Array | string)[]): Promise<number | null> {
  const closed = closeCodeOf(socket);
  const welcomed = new Promise<null>((resolve) => socket.once('message', () => resolve(null)));
  await once(socket, 'open');
  for (const frame of frames) socket.send(frame);
  const code = await Promise.race([closed, welcomed]);
  if (code === null) socket.terminate();
  return code;
}

/** A stock provider over a socket that shows its ticket first. */
function openWithTicket(ticket: string, url = web.url) {
  const doc = new Y.Doc();
  const WithTicket = class extends WebSocket {
    constructor(address: string | URL) {
      super(address, [ticketProtocol]);
      this.once('open', () => super.send(writeTicket(ticket)));
    }
  };
  const provider = new WebsocketProvider(`${url.replace('http', 'ws')}/collab`, flowId, doc, { WebSocketPolyfill: WithTicket as unknown as typeof globalThis.WebSocket, disableBc: true }); // ws is made to stand in for the browser's
  return { doc, provider, close: () => { provider.destroy(); doc.destroy(); } };
}

it('C27 a ticket lets a stock client in without a cookie, as whoever asked for it', async () => {
  const client = openWithTicket(await ticketOf(ana));
  await until(() => isLoaded(client.doc), 'the flow');
  renameFlow(client.doc, 'By ticket', 'test');
  await until(async () => definitionOf((await loadDocument(web.database.db, flowId)).doc).name === 'By ticket', 'the edit to be stored');
  const [row] = await web.database.sql<{ user_id: string; session_id: string }[]>`select user_id, session_id from flow_updates where flow_id = ${flowId} order by seq desc limit 1`;
  expect(row).toEqual({ user_id: ana.id, session_id: (await accessOf(ana)).sessionId });
  client.close();
});

it('C27 a viewer’s ticket writes nothing, and another’s cookie beside it does not help', async () => {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, Y.encodeStateAsUpdate((await loadDocument(web.database.db, flowId)).doc));
  const known = Y.encodeStateVector(doc);
  renameFlow(doc, 'By a viewer', 'test');
  const socket = ticketSocket({ cookie: ana.cookie });
  await once(socket, 'open');
  socket.send(writeTicket(await ticketOf(vi)));
  socket.send(writeUpdate(Y.encodeStateAsUpdate(doc, known)));
  const types: number[] = [];
  socket.on('message', (data: Buffer) => types.push(data[0] ?? -1));
  await until(() => types.includes(2), 'the refusal');
  expect(definitionOf((await loadDocument(web.database.db, flowId)).doc).name).not.toBe('By a viewer');
  socket.terminate();
});

it('C27 a ticket is used once: the second time, for another flow, late, made up, empty, as text or none at all is 4401', { timeout: 20_000 }, async () => {
  const used = await ticketOf(ana);
  expect(await shown(ticketSocket(), writeTicket(used))).toBeNull();
  const late = await ticketOf(ana);
  await web.database.sql`update flow_tickets set expires_at = now() - interval '1 ms' where token_hash = ${hashToken(late)}`;
  const other = await insertFlow(web.database, web.workspaceId);
  const [elsewhere, good] = [await ticketOf(ana, other), writeTicket(await ticketOf(ana))];
  const hostile: (Uint8Array | string)[] = [
    writeTicket(used), writeTicket(late), writeTicket(elsewhere), writeTicket('mlt_guessed'), writeTicket(''), writeTicket('x'.repeat(10_000)), writeTicket(hashToken(late)), writeTicket(`' or true --`), writeTicket('\u0000'),
    new Uint8Array(0), Uint8Array.from([104]), Uint8Array.from([104, 255, 255, 255, 255, 15, 1]), Uint8Array.from([255, 255, 255, 255, 255, 255, 255, 255, 255]), writeStep1(new Y.Doc()), good.slice(0, 20), 'mlt_text', new Uint8Array(1_000_000),
  ];
  for (const [at, frame] of hostile.entries()) expect([at, await shown(ticketSocket({ cookie: ana.cookie }), frame)]).toEqual([at, 4401]);
  expect(await shown(ticketSocket({}, { flow: 'flw_none' }), good)).toBe(4401);
  expect(await shown(ticketSocket({}, { flow: '%00' }), good)).toBe(4401);
  expect(await shown(ticketSocket({ origin: 'https://evil.example' }), good)).toBe(4403);
  const twice = ticketSocket(); // good after all that, but no message a second time
  const ended = closeCodeOf(twice);
  await once(twice, 'open');
  for (const frame of [good, good]) twice.send(frame);
  expect(await ended).toBe(4400);
  const started = performance.now();
  expect(await closeCodeOf(ticketSocket())).toBe(4401); // who says nothing
  expect(performance.now() - started).toBeLessThan(9_000);
  expect((await web.database.sql`select 1 from flow_tickets where token_hash = ${hashToken(elsewhere)}`).length).toBe(1); // not spent on the wrong flow
});

it('C27 of forty that show one ticket at two processes’ pools at once, one gets in', async () => {
  const second = connect(web.env.databaseUrl, { max: 6 });
  for (let round = 0; round < 5; round++) {
    const ticket = await ticketOf(ana);
    const got = await Promise.all(Array.from({ length: 40 }, (_, at) => redeemTicket(at % 2 === 0 ? web.database : second, ticket, flowId)));
    expect(got.filter((each) => each !== null)).toHaveLength(1);
  }
  await second.close();
});

it('C22 C27 two web processes: one ticket, shown at both at once, opens one socket, wherever the room lives', { timeout: 60_000 }, async () => {
  const holder = await synced(openStock(web.url, flowId, { cookie: ana.cookie })); // the first process owns the room
  const second = await web.startSecond();
  const urls = [web.url, `http://127.0.0.1:${second.env.port}`];
  for (let round = 0; round < 6; round++) {
    const ticket = writeTicket(await ticketOf(ana));
    const codes = await Promise.all([0, 1, 2, 3].map((at) => shown(ticketSocket({}, { url: urls[at % 2] ?? web.url }), ticket)));
    expect(codes.toSorted()).toEqual([4401, 4401, 4401, null].toSorted());
  }
  const far = openWithTicket(await ticketOf(ana), urls[1] ?? '');
  await until(() => isLoaded(far.doc), 'the flow through the second process');
  renameFlow(far.doc, 'Passed on', 'test');
  await until(() => definitionOf(holder.doc).name === 'Passed on', 'the edit to cross');
  far.close();
  holder.close();
  await second.close();
});

it('C12 C27 a ticket reaches no further than its session and membership: signed out or removed it is worth nothing, and its socket is closed', { timeout: 20_000 }, async () => {
  const gone = await person(web, 'Gone', 'editor');
  const [open, afterwards] = [await ticketOf(gone), await ticketOf(gone)];
  const removed = await person(web, 'Removed', 'editor');
  const removedTicket = await ticketOf(removed);
  const socket = ticketSocket();
  await once(socket, 'open');
  socket.send(writeTicket(open));
  await once(socket, 'message');
  const closed = closeCodeOf(socket);
  await web.database.sql`delete from session where user_id = ${gone.id}`;
  await web.database.sql`delete from members where user_id = ${removed.id}`;
  expect(await closed).toBe(4403);
  expect(await shown(ticketSocket(), writeTicket(afterwards))).toBe(4401);
  expect(await shown(ticketSocket(), writeTicket(removedTicket))).toBe(4401);
});

it('C27 what lies in the table opens nothing, and old tickets are swept', async () => {
  await ticketOf(ana);
  const rows = await web.database.sql<{ token_hash: string; left: number }[]>`select token_hash, extract(epoch from expires_at - now())::float8 as left from flow_tickets where expires_at > now() order by expires_at desc`;
  expect(rows[0]?.left).toBeGreaterThan(ticketSeconds - 10);
  expect(rows[0]?.left).toBeLessThanOrEqual(ticketSeconds);
  expect(await redeemTicket(web.database, rows[0]?.token_hash ?? '', flowId)).toBeNull();
  await web.database.sql`update flow_tickets set expires_at = now() - interval '1 second'`;
  await ticketOf(ana);
  expect((await web.database.sql`select 1 from flow_tickets`).length).toBe(1);
});
