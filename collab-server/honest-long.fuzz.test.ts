import * as Y from 'yjs';
import { expect, it } from 'vitest';
import { emptyDefinition } from '#flow/canonical';
import {
  addNote, addStage, addStep, copyFragment, createDocument, createUndo, definitionOf, duplicateSteps, moveNote, moveSteps, noteText, pasteFragment, removeNote, removeStage, removeSteps, renameFlow,
  renameStep, replaceDefinition, setDisabled, setFlowSettings, setParam, setSource, setStepNote, textOf,
} from '#flow/document';
import { stepsOf } from '#flow/flow';
import { ChangeRecord } from './change-record';
import { judge } from './guard';

/** Whatever honest people do, offline for a while, taking back and bringing again: the guard must never stand in their way. */
const seeds = Array.from({ length: 60 }, (_, at) => 1000 + at);

function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

type Client = { doc: Y.Doc; undo: Y.UndoManager; user: string; out: Uint8Array[]; online: boolean };

it.each(seeds)('C14 honest editing passes and converges (seed %d)', (seed) => {
  const random = randomFrom(seed);
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
    record.beforeEdit(client.user);
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
    act(client, random);
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

function act({ doc, undo, user }: Client, random: () => number): void {
  const definition = definitionOf(doc);
  const one = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
  const stage = one(definition.lanes.flatMap((lane) => lane.stages));
  const step = one(stepsOf(definition));
  const other = one(stepsOf(definition));
  const note = one(definition.notes ?? []);
  const index = Math.floor(random() * 4);
  const word = `w${Math.floor(random() * 1_000)}`;
  const acts: (() => unknown)[] = [
    () => addStage(doc, { index, name: word }, user), () => undo.undo(), () => undo.undo(), () => undo.redo(),
    () => renameFlow(doc, word, user), () => setFlowSettings(doc, { restrictAccess: random() < 0.5, settings: { description: word } }, user),
    () => addNote(doc, { pos: [index, index], text: word }, user),
    () => note && moveNote(doc, note.id, [index, 5], user), () => note && noteText(doc, note.id)?.insert(0, `${word} 😀`), () => note && random() < 0.2 && removeNote(doc, note.id, user, user),
    () => stage && addStep(doc, { stageId: stage.id, index, type: one(['distinct', 'filter-source', 'get-raw-model', 'transform-model', 'calculate-array']) ?? 'distinct', name: word, ...(step ? { sources: { source: step.id } } : {}) }, user),
    () => stage && step && other && moveSteps(doc, [step.id, other.id], { stageId: stage.id, index }, user),
    () => step && renameStep(doc, step.id, word, user), () => step && setParam(doc, step.id, 'keys', [word, 'b', one(['c', 'd']) ?? ''], user),
    () => step && setParam(doc, step.id, 'model', `{"a":"${word}"}`, user), () => step && textOf(doc, step.id, 'model')?.insert(0, word),
    () => step && setParam(doc, step.id, 'fieldsMapping', [{ target: word, value: { field: 'x' } }, { target: `${word}2`, value: { field: 'y' } }], user),
    () => step && setSource(doc, step.id, 'source', other?.id ?? null, user), () => step && setDisabled(doc, step.id, random() < 0.5, user), () => step && setStepNote(doc, step.id, word, user),
    () => step && random() < 0.4 && removeSteps(doc, [step.id], user, user), () => stage && random() < 0.1 && removeStage(doc, stage.id, user, user),
    () => step && duplicateSteps(doc, [step.id], user), () => stage && step && pasteFragment(doc, copyFragment(definition, [step.id]), { stageId: stage.id, index }, user),
    () => random() < 0.1 && replaceDefinition(doc, definition, user),
  ];
  one(acts)?.();
}
