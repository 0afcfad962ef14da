import * as Y from 'yjs';
import { expect, it } from 'vitest';
import { emptyDefinition } from '#flow/canonical';
import { changesOf } from '#flow/changes';
import { createDocument, createUndo, definitionOf } from '#flow/document';
import { randomEdit, type Editor } from '#flow/testing-edits';
import { seeded } from '#flow/testing-random';
import { ChangeRecord } from './change-record';

/**
 * Three people edit one document, undo and redo included; rows are taken at random moments as commits take them. The
 * rows must be what each update changed, under the name of who sent it.
 */
const seeds = Array.from({ length: process.env['MILLRACE_LONG'] ? 1_000 : 7 }, (_, seed) => seed + 1);
const words = (userId: string | null, change: { stepId: string | null; key: string; op: string; old: unknown; new: unknown }) => JSON.stringify([userId, change.stepId, change.key, change.op, change.old, change.new]);

it.each(seeds)('C7 the rows name the author of every change, deletes and undo included (seed %d)', (seed) => {
  const random = seeded(seed);
  const server = createDocument(emptyDefinition('dataflow', 'Fuzz'));
  const record = new ChangeRecord(server);
  const editors = ['ana', 'bo', 'cy'].map((user): Editor & { user: string } => {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(server), 'server');
    return { doc, undo: createUndo(doc, user), origin: user, user };
  });
  const truth: string[] = [];
  const rows: string[] = [];
  let seq = 0;
  const take = () => void rows.push(...record.take().map((row) => words(row.userId, row)));
  for (let turn = 0; turn < 250; turn++) {
    const editor = random.pick(editors) ?? expect.fail('no editor');
    const sent: Uint8Array[] = [];
    const collect = (update: Uint8Array, origin: unknown) => {
      if (origin !== 'server') sent.push(update);
    };
    editor.doc.on('update', collect);
    randomEdit(random, editor);
    editor.doc.off('update', collect);
    for (const update of sent) {
      const before = definitionOf(server);
      record.beforeEdit();
      Y.applyUpdate(server, update, editor.user);
      record.edited(editor.user, seq++);
      truth.push(...changesOf(before, definitionOf(server)).map((change) => words(editor.user, change)));
      for (const other of editors) if (other !== editor) Y.applyUpdate(other.doc, update, 'server');
    }
    if (random.chance(0.3)) take();
  }
  take();
  expect(truth.length).toBeGreaterThan(100);
  expect(rows.toSorted()).toEqual(truth.toSorted());
});
