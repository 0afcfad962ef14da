import { setTimeout as pause } from 'node:timers/promises';
import type * as Y from 'yjs';
import { addNote, moveNote } from '#flow/document';
import { until } from '#flow/testing-until';
import { BareClient } from './client';
import { largeFlow } from './definition';
import type { Server } from './servers';

/** `readers`: how many of the people keep a document; the others count what they are sent. */
export type Load = { people: number; writers: number; editsPerSecond: number; seconds: number; readers: number };
export type Seen = { seenMs: number[]; ackedMs: number[] };

/** Edits by some in a room of all: how long until each stands in the others' documents, and until its author is told. */
export async function propagation(server: Server, { people, writers, editsPerSecond, seconds, readers }: Load): Promise<Seen> {
  const flowId = await server.addFlow(largeFlow(20));
  const clients: BareClient[] = [];
  for (let from = 0; from < people; from += 25) { // a queue at the door is not what is measured
    clients.push(...(await Promise.all(Array.from({ length: Math.min(25, people - from) }, (_, at) => new BareClient(server, flowId, from + at < readers).open()))));
  }
  const documents = clients.flatMap((each) => (each.doc ? [each.doc] : []));
  const notes = documents.slice(0, writers).map((doc) => addNote(doc, { pos: [0, 0] }, 'bench'));
  await until(() => documents.every((doc) => notesOf(doc).size === writers), 'everybody to see the notes', 60_000);
  await until(() => clients.every((each) => each.isQuiet), 'the notes to be acknowledged', 60_000);
  const seenMs: number[] = [];
  for (const client of clients) client.ackedMs.length = 0;
  const before = clients.map((each) => each.updatesIn);
  for (const doc of documents) {
    notesOf(doc).observeDeep((events, transaction) => {
      if (transaction.local) return;
      const now = performance.now();
      for (const event of events) {
        const at: unknown = event.target.get('pos');
        if (Array.isArray(at)) seenMs.push(now - Number(at[0]));
      }
    });
  }
  let sent = 0;
  await Promise.all(documents.slice(0, writers).map(async (doc, writer) => {
    await pause((1_000 / editsPerSecond / writers) * writer);
    for (let edit = 0; edit < editsPerSecond * seconds; edit++) {
      const started = performance.now();
      moveNote(doc, notes[writer] ?? '', [started, edit], 'bench');
      sent += 1;
      await pause(Math.max(0, 1_000 / editsPerSecond - (performance.now() - started)));
    }
  }));
  await until(() => seenMs.length === sent * (documents.length - 1) && clients.every((each) => each.isQuiet), 'every edit to arrive', 60_000);
  // Nobody is left out, document or not.
  await until(() => clients.every((each, at) => each.updatesIn - (before[at] ?? 0) >= (at < writers ? sent - sent / writers : sent)), 'everybody to be sent every edit', 60_000);
  const ackedMs = clients.flatMap((each) => each.ackedMs);
  for (const each of clients) each.close();
  return { seenMs, ackedMs };
}

function notesOf(doc: Y.Doc): Y.Map<Y.Map<unknown>> {
  return doc.getMap('notes');
}
