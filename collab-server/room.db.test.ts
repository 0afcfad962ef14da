import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import WebSocket from 'ws';
import * as Y from 'yjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiKey } from '#db/api-keys';
import { appendUpdates, loadDocument } from '#db/flow-documents';
import { addStage, addStep, definitionOf, renameFlow } from '#flow/document';
import { stepsOf } from '#flow/flow';
import { until } from '#flow/testing-until';
import { writeStep1, writeStep2, writeUpdate } from './protocol';
import { closeCodeOf, flowOf, insertFlow, openStock, outsider, person, rawSocket, startTestWeb, synced, type Person, type TestWeb } from './testing';

let web: TestWeb;
let ana: Person;
let bo: Person;
let vi: Person;
let flowId: string;
const cookie = (who: Person) => ({ cookie: who.cookie });
const open = (who: Person, flow = flowId) => synced(openStock(web.url, flow, cookie(who)));
const storedRows = async (flow = flowId) => web.database.sql<{ seq: number; user_id: string | null }[]>`select seq::int as seq, user_id from flow_updates where flow_id = ${flow} order by seq`;
const stageOf = (doc: Y.Doc) => definitionOf(doc).lanes[0]?.stages[0]?.id ?? '';
const add = (doc: Y.Doc, name: string) => addStep(doc, { stageId: stageOf(doc), index: 0, type: 'distinct', name }, 'test');
const namesIn = (doc: Y.Doc) => stepsOf(definitionOf(doc)).map((step) => step.name).toSorted();

beforeAll(async () => {
  web = await startTestWeb({ evictAfterMs: 400 });
  ana = await person(web, 'Ana', 'owner');
  bo = await person(web, 'Bo', 'editor');
  vi = await person(web, 'Vi', 'viewer');
  flowId = await insertFlow(web.database, web.workspaceId);
});
afterAll(async () => web.stop());

describe('getting in', () => {
  it('C1 refuses a foreign Origin with 4403 and lets an absent one pass', async () => {
    expect(await closeCodeOf(rawSocket(web.url, flowId, { ...cookie(ana), origin: 'https://evil.example' }))).toBe(4403);
    expect(await closeCodeOf(rawSocket(web.url, flowId, { ...cookie(ana), origin: 'null' }))).toBe(4403);
    expect(await closeCodeOf(rawSocket(web.url, flowId, { ...cookie(ana), origin: `https://${'é'.repeat(200)}` }))).toBe(4403);
    const own = rawSocket(web.url, flowId, { ...cookie(ana), origin: `http://localhost:${web.env.port}` });
    await new Promise((resolve) => own.once('message', resolve));
    own.close();
  });
  it('C2 closes with 4401 who is not signed in', async () => {
    expect(await closeCodeOf(rawSocket(web.url, flowId, {}))).toBe(4401);
    expect(await closeCodeOf(rawSocket(web.url, flowId, { cookie: 'millrace.session_token=forged.abc' }))).toBe(4401);
  });
  it('C3 answers a flow of another workspace like one that does not exist', async () => {
    const eve = await outsider(web, 'Eve');
    expect(await closeCodeOf(rawSocket(web.url, flowId, cookie(eve)))).toBe(4404);
    expect(await closeCodeOf(rawSocket(web.url, 'flw_none', cookie(ana)))).toBe(4404);
    expect(await closeCodeOf(rawSocket(web.url, '%ff..', cookie(ana)))).toBe(4404);
  });
  it('C4 who is refused gets a socket that opens and closes with the code and a reason, and hears nothing else', async () => {
    for (const [headers, flow, code] of [[{ ...cookie(ana), origin: 'https://evil.example' }, flowId, 4403], [{}, flowId, 4401], [cookie(ana), 'flw_none', 4404]] as const) {
      const socket = rawSocket(web.url, flow, headers);
      const heard: string[] = [];
      socket.on('open', () => heard.push('open'));
      socket.on('message', () => heard.push('message'));
      const [told, reason]: unknown[] = await once(socket, 'close');
      expect([heard, told]).toEqual([['open'], code]);
      expect(String(reason)).not.toBe('');
    }
  });
});

describe('editing together', () => {
  it('C5 C7 stores an update with its author and in words before others see it', async () => {
    const [a, b] = await Promise.all([open(ana), open(bo)]);
    const id = add(a.doc, 'Unique days');
    let storedWhenSeen: { user_id: string | null }[] = [];
    await until(async () => {
      if (!namesIn(b.doc).includes('Unique days')) return false;
      storedWhenSeen = await storedRows();
      return true;
    }, 'the step to arrive');
    expect(storedWhenSeen.at(-1)?.user_id).toBe(ana.id);
    const told = await web.database.sql<{ user_id: string; step_id: string; op: string }[]>`select user_id, step_id, op from flow_changes where flow_id = ${flowId} and step_id = ${id}`;
    expect(told).toEqual([{ user_id: ana.id, step_id: id, op: 'add' }]);
    a.close();
    b.close();
  });
  it('C8 stores and sends on only what an update adds, whatever its bytes repeat', async () => {
    const flow = await insertFlow(web.database, web.workspaceId, flowOf(100));
    const [a, b] = await Promise.all([open(ana, flow), open(bo, flow)]);
    const rows = () => web.database.sql<{ size: number }[]>`select length(payload) as size from flow_updates where flow_id = ${flow} order by seq`;
    const before = (await rows()).length;
    const all = () => a.provider.ws?.send(Uint8Array.from(writeUpdate(Y.encodeStateAsUpdate(a.doc))));
    const received: number[] = [];
    b.doc.on('update', (update: Uint8Array) => received.push(update.byteLength));
    a.provider.disconnect(); // what is written now goes with everything else in one update
    add(a.doc, 'Once more');
    a.provider.connect();
    await synced(a);
    all();
    all();
    renameFlow(a.doc, 'The last word', 'test');
    await until(() => definitionOf(b.doc).name === 'The last word', 'the last edit');
    const stored = (await rows()).slice(before);
    expect(stored).toHaveLength(2);
    for (const size of [...received, ...stored.map((each) => each.size)]) expect(size).toBeLessThan(Y.encodeStateAsUpdate(a.doc).byteLength / 20);
    a.close();
    b.close();
  });
  it('C29 a burst of one socket is taken message by message: its first is committed before its last is read', async () => {
    const flow = await insertFlow(web.database, web.workspaceId);
    const editor = await open(ana, flow);
    const update = Y.encodeStateAsUpdate(editor.doc);
    editor.close();
    const doc = new Y.Doc();
    Y.applyUpdate(doc, update);
    const frames: Uint8Array[] = [];
    doc.on('update', (each: Uint8Array) => frames.push(writeUpdate(each)));
    for (let at = 0; at < 200; at++) renameFlow(doc, `Name ${at}`, 'test');
    const socket = rawSocket(web.url, flow, cookie(ana));
    await once(socket, 'message');
    const before = (await storedRows(flow)).length;
    const wire: Duplex = Reflect.get(socket, '_socket'); // so that all of them arrive in one piece
    wire.cork();
    for (const frame of frames) socket.send(frame);
    wire.uncork();
    await until(async () => (await storedRows(flow)).length === before + frames.length, 'the last of them');
    const commits = await web.database.sql<{ rows: number }[]>`select count(*)::int as rows from flow_updates where flow_id = ${flow} and seq > ${before} group by xmin::text order by min(seq)`;
    expect(commits[0]?.rows).toBeLessThan(frames.length / 2);
    socket.close();
  });
  it('C6 numbers updates without holes under many writers', async () => {
    const flow = await insertFlow(web.database, web.workspaceId);
    const clients = await Promise.all(Array.from({ length: 6 }, (_, at) => open(at % 2 ? ana : bo, flow)));
    for (let round = 0; round < 10; round++) clients.forEach(({ doc }, at) => add(doc, `s${at}-${round}`));
    await until(() => clients.every(({ doc }) => namesIn(doc).length === 60), 'all to hold 60 steps');
    const rows = await storedRows(flow);
    expect(rows.map((row) => row.seq)).toEqual(rows.map((_, at) => at + 1));
    expect(rows).toHaveLength(61);
    const states = clients.map(({ doc }) => JSON.stringify(definitionOf(doc)));
    expect(new Set(states).size).toBe(1);
    for (const client of clients) client.close();
  });
  it('C11 lets viewers and operators read and changes nothing by their edits', async () => {
    const [a, ...readers] = await Promise.all([open(ana), open(vi), open(await person(web, 'Op', 'operator'))]);
    const before = (await storedRows()).length;
    for (const reader of readers) renameFlow(reader.doc, 'Vandalised', 'test');
    addStage(a.doc, { index: 1, name: 'Output' }, 'test');
    await until(() => readers.every(({ doc }) => definitionOf(doc).lanes[0]?.stages.length === 2), 'the readers to see the stage');
    expect(definitionOf(a.doc).name).toBe('Rain');
    expect((await storedRows()).length).toBe(before + 1);
    for (const client of [a, ...readers]) client.close();
  });
  it('C11 an API key with the role editor edits, as nobody’s user', async () => {
    const key = await createApiKey(web.database, { workspaceId: web.workspaceId, role: 'owner', user: ana, via: 'session' }, { name: 'robot', role: 'editor' });
    if (!key.ok) return expect.fail('no key');
    const robot = await synced(openStock(web.url, flowId, { authorization: `Bearer ${key.key}` }));
    const before = (await storedRows()).length;
    add(robot.doc, 'By a robot');
    await until(async () => (await storedRows()).length === before + 1, 'the edit to be stored');
    expect((await storedRows()).at(-1)?.user_id).toBeNull();
    robot.close();
  });
  it('C12 counts a changed role within seconds and closes a removed member with 4403', async () => {
    const cy = await person(web, 'Cy', 'editor');
    const c = await open(cy);
    const closed = new Promise<number>((resolve) => c.provider.on('closed', ({ code }) => resolve(code)));
    await web.database.sql`delete from members where user_id = ${cy.id}`;
    expect(await closed).toBe(4403);
    c.close();
  });
});

describe('bad input', () => {
  it('C17 closes an update over 1 MiB with 4413 and a flood with 4529', async () => {
    const big = rawSocket(web.url, flowId, cookie(bo));
    await new Promise((resolve) => big.once('message', resolve));
    const doc = new Y.Doc();
    doc.getMap('notes').set('n', 'x'.repeat(1_100_000));
    big.send(writeUpdate(Y.encodeStateAsUpdate(doc)));
    expect(await closeCodeOf(big)).toBe(4413);
    const fast = rawSocket(web.url, flowId, cookie(bo));
    await new Promise((resolve) => fast.once('message', resolve));
    const nothing = writeUpdate(new Uint8Array([0, 0]));
    for (let i = 0; i < 400; i++) fast.send(nothing);
    expect(await closeCodeOf(fast)).toBe(4529);
  });
});

describe('away and back', () => {
  it('merges what was edited offline on both sides', async () => {
    const flow = await insertFlow(web.database, web.workspaceId);
    const [a, b] = await Promise.all([open(ana, flow), open(bo, flow)]);
    a.provider.disconnect();
    add(a.doc, 'Offline');
    add(b.doc, 'Online');
    await until(async () => (await storedRows(flow)).length === 2, 'the online edit to be stored');
    a.provider.connect();
    await until(() => [a, b].every(({ doc }) => namesIn(doc).join() === 'Offline,Online'), 'both to hold both');
    a.close();
    b.close();
  });
  it('C23 C24 ends an idle room with a snapshot and loads it again', async () => {
    const flow = await insertFlow(web.database, web.workspaceId);
    const first = await open(ana, flow);
    add(first.doc, 'Kept');
    await until(async () => (await storedRows(flow)).length === 2, 'the edit to be stored');
    first.close();
    await until(async () => (await web.database.sql`select 1 from room_leases where flow_id = ${flow}`).length === 0, 'the room to end');
    expect(await web.database.sql`select 1 from flow_snapshots where flow_id = ${flow} and seq = 2`).toHaveLength(1);
    const again = await open(bo, flow);
    expect(namesIn(again.doc)).toEqual(['Kept']);
    add(again.doc, 'Later');
    await until(async () => (await storedRows(flow)).length === 3, 'the later edit to be stored');
    const { doc, seq } = await loadDocument(web.database.db, flow);
    expect([seq, namesIn(doc)]).toEqual([3, ['Kept', 'Later']]);
    again.close();
  });
  it('C23 sends a flow as it is stored to who opens it first, and with what was added to who comes next', async () => {
    const flow = await insertFlow(web.database, web.workspaceId);
    const [stored] = await web.database.sql<{ payload: Uint8Array }[]>`select payload from flow_updates where flow_id = ${flow}`;
    const first = rawSocket(web.url, flow, cookie(ana));
    const answer = new Promise<Buffer>((resolve) => first.on('message', (data: Buffer) => data[0] === 0 && data[1] === 1 && resolve(data)));
    await once(first, 'open');
    first.send(writeStep1(new Y.Doc()));
    expect(await answer).toEqual(Buffer.from(writeStep2(Buffer.from(stored?.payload ?? []))));
    const a = await open(ana, flow);
    add(a.doc, 'Added');
    await until(async () => (await storedRows(flow)).length === 2, 'the edit to be stored');
    const b = await open(bo, flow);
    expect(namesIn(b.doc)).toEqual(['Added']);
    for (const each of [a, b, first]) each.close();
  });
  it('C25 clients go on after a restart of the server without a word', async () => {
    const c = await open(ana);
    const codes: (number | undefined)[] = [];
    c.provider.on('connection-close', (event) => void codes.push(event?.code));
    await web.restart(async () => void add(c.doc, 'While away'));
    await until(() => codes.length > 0 && c.provider.synced, 'the client to be back', 20_000);
    expect(codes[0]).toBe(1012);
    await until(async () => namesIn((await loadDocument(web.database.db, flowId)).doc).includes('While away'), 'the edit to be stored');
    c.close();
  });
  it('C9 C22 of two writers at one place of the log one reloads, and neither’s edit is lost', async () => {
    const flow = await insertFlow(web.database, web.workspaceId);
    const a = await open(ana, flow);
    const codes: (number | undefined)[] = [];
    a.provider.on('connection-close', (event) => void codes.push(event?.code));
    const { doc, seq } = await loadDocument(web.database.db, flow);
    const known = Y.encodeStateVector(doc);
    add(doc, 'By another owner');
    await appendUpdates(web.database.db, [{ flowId: flow, seq: seq + 1, userId: bo.id, kind: 'edit', payload: Y.encodeStateAsUpdate(doc, known) }]);
    add(a.doc, 'By a socket');
    await until(() => namesIn(a.doc).join() === 'By a socket,By another owner', 'both edits to be here');
    expect(codes[0]).toBe(4509);
    await until(async () => (await storedRows(flow)).length === 3, 'both edits to be stored');
    a.close();
  });
  it('C22 a second web process passes sockets on to the room’s owner', async () => {
    const second = await web.startSecond();
    const a = await open(ana);
    const b = await synced(openStock(`http://127.0.0.1:${second.env.port}`, flowId, cookie(bo)));
    add(b.doc, 'From afar');
    await until(() => namesIn(a.doc).includes('From afar'), 'the edit to cross');
    const viewer = rawSocket(`http://127.0.0.1:${second.env.port}`, flowId, { ...cookie(ana), origin: 'https://evil.example' });
    expect(await closeCodeOf(viewer)).toBe(4403);
    b.close();
    a.close();
    await second.close();
  });
});

it('a socket of nobody’s path is answered 404 and pages’ headers are set', async () => {
  const stray = new WebSocket(`${web.url.replace('http', 'ws')}/elsewhere`);
  await expect(new Promise((_resolve, reject) => stray.once('error', reject))).rejects.toThrow(/404/);
  const page = await fetch(`${web.url}/anything`);
  expect([page.headers.get('x-content-type-options'), page.headers.get('content-security-policy')]).toEqual(['nosniff', expect.stringContaining("frame-ancestors 'none'")]);
  for (const path of ['/api/%ff', '/api/a%00b', '/api/v1/../x', '/api/%2e%2e/x']) {
    expect(await rawGet(path)).toEqual([400, { error: { code: 'PARAM_INVALID', message: expect.stringContaining('not valid') } }]);
  }
  expect((await fetch(`${web.url}/health/ready`)).status).toBe(200);
  expect(await (await fetch(`${web.url}/metrics`)).text()).toContain('millrace_updates_total');
});

/** As it stands: fetch would tidy the path up. */
async function rawGet(path: string): Promise<[number | undefined, unknown]> {
  const [answer]: [IncomingMessage] = await once(get({ port: web.env.port, path }), 'response') as [IncomingMessage]; // node's event gives the response
  return [answer.statusCode, JSON.parse(await text(answer))];
}
