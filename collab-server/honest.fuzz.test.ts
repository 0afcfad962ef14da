import * as Y from 'yjs';
import { expect, it } from 'vitest';
import { emptyDefinition } from '#flow/canonical';
import { createDocument, createUndo, definitionOf } from '#flow/document';
import { seeded } from '#flow/testing-random';
import { ChangeRecord } from './change-record';
import { judge } from './guard';
import { randomEdit } from './testing-edits';

/** Whatever honest people do, offline for a while, taking back and bringing again: the guard must never stand in their way. */
const seeds = [1, 2, 3, 4, 5, 6, Date.now() % 1_000_000];

type Client = { doc: Y.Doc; undo: Y.UndoManager; user: string; out: Uint8Array[]; online: boolean };

it.each(seeds)('C14 honest editing passes and converges (seed %d)', (seed) => {
  const { next: random } = seeded(seed);
  const server = new Y.Doc();
  Y.applyUpdate(server, Y.encodeStateAsUpdate(createDocument(emptyDefinition('dataflow', 'Fuzz'))));
  const record = new ChangeRecord(server);
  const owners = new Map<number, string>();
  const clients = ['ana', 'bo', 'cy'].map((user): Client => {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(server), 'server');
    const client: Client = { doc, undo: createUndo(doc, user), user, out: [], online: true };
    doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== 'server') client.out.push(update);
    });
    return client;
  });
  let applied = 0;
  const receive = (client: Client, update: Uint8Array) => {
    const verdict = judge(update, { doc: server, owners, writer: client.user });
    expect([seed, client.user, applied, verdict]).toEqual([seed, client.user, applied, expect.objectContaining({ kind: 'good' })]);
    if (verdict.kind !== 'good') return;
    for (const id of verdict.claims) owners.set(id, client.user);
    const sent: Uint8Array[] = [];
    const collect = (added: Uint8Array) => void sent.push(added);
    record.beforeEdit();
    server.on('update', collect);
    Y.applyUpdate(server, update, client.user);
    server.off('update', collect);
    record.edited(client.user, applied++);
    for (const other of clients) if (other.online && other !== client) for (const each of sent) Y.applyUpdate(other.doc, each, 'server');
  };
  const meet = (client: Client) => {
    client.online = true;
    client.out = [];
    Y.applyUpdate(client.doc, Y.encodeStateAsUpdate(server, Y.encodeStateVector(client.doc)), 'server');
    receive(client, Y.encodeStateAsUpdate(client.doc, Y.encodeStateVector(server)));
  };
  for (let turn = 0; turn < 400; turn++) {
    const client = clients[Math.floor(random() * clients.length)] ?? expect.fail('no client');
    if (random() < 0.04) client.online = false;
    if (!client.online && random() < 0.1) meet(client);
    randomEdit(client, random);
    if (client.online) for (const update of client.out.splice(0)) receive(client, update);
    if (random() < 0.1) {
      record.take();
      expect(record.definition).toEqual(definitionOf(server));
    }
  }
  for (const client of clients) meet(client);
  for (const client of clients) meet(client);
  const wanted = definitionOf(server);
  for (const { doc } of clients) expect(definitionOf(doc)).toEqual(wanted);
  expect(applied).toBeGreaterThan(100);
  expect(server.store.pendingStructs).toBeNull();
});
