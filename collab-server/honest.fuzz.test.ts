import * as Y from 'yjs';
import { expect, it } from 'vitest';
import { emptyDefinition } from '#flow/canonical';
import { createDocument, createUndo, definitionOf } from '#flow/document';
import { randomEdit } from '#flow/testing-edits';
import { seeded } from '#flow/testing-random';
import { ChangeRecord } from './change-record';
import { judge } from './guard';

/** Whatever honest people do, offline for a while, taking back and bringing again: the guard must never stand in their way. */
const seeds = Array.from({ length: process.env['MILLRACE_LONG'] ? 500 : 7 }, (_, seed) => seed + 1);

type Client = { doc: Y.Doc; undo: Y.UndoManager; origin: string; out: Uint8Array[]; online: boolean };

it.each(seeds)('C14 honest editing passes and converges (seed %d)', (seed) => {
  const random = seeded(seed);
  const server = new Y.Doc();
  Y.applyUpdate(server, Y.encodeStateAsUpdate(createDocument(emptyDefinition('dataflow', 'Fuzz'))));
  const record = new ChangeRecord(server);
  const owners = new Map<number, string>();
  const clients = ['ana', 'bo', 'cy'].map((origin): Client => {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(server), 'server');
    const client: Client = { doc, undo: createUndo(doc, origin), origin, out: [], online: true };
    doc.on('update', (update: Uint8Array, by: unknown) => {
      if (by !== 'server') client.out.push(update);
    });
    return client;
  });
  let applied = 0;
  const receive = (client: Client, update: Uint8Array) => {
    const verdict = judge(update, { doc: server, owners, writer: client.origin });
    expect([seed, client.origin, applied, verdict]).toEqual([seed, client.origin, applied, expect.objectContaining({ kind: 'good' })]);
    if (verdict.kind !== 'good') return;
    for (const id of verdict.claims) owners.set(id, client.origin);
    const sent: Uint8Array[] = [];
    const collect = (added: Uint8Array) => void sent.push(added);
    record.beforeEdit();
    server.on('update', collect);
    Y.applyUpdate(server, update, client.origin);
    server.off('update', collect);
    record.edited(client.origin, applied++);
    for (const other of clients) if (other.online && other !== client) for (const each of sent) Y.applyUpdate(other.doc, each, 'server');
  };
  const meet = (client: Client) => {
    client.online = true;
    client.out = [];
    Y.applyUpdate(client.doc, Y.encodeStateAsUpdate(server, Y.encodeStateVector(client.doc)), 'server');
    receive(client, Y.encodeStateAsUpdate(client.doc, Y.encodeStateVector(server)));
  };
  for (let turn = 0; turn < 400; turn++) {
    const client = random.pick(clients) ?? expect.fail('no client');
    if (random.chance(0.04)) client.online = false;
    if (!client.online && random.chance(0.1)) meet(client);
    randomEdit(random, client);
    if (client.online) for (const update of client.out.splice(0)) receive(client, update);
    if (random.chance(0.1)) {
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
