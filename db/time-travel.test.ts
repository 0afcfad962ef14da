import * as Y from 'yjs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { canonicalJson } from '#flow/canonical';
import { addStage, addStep, createUndo, definitionOf, moveSteps, removeSteps, setParam } from '#flow/document';
import { seeded, withSeededGlobals, type Random } from '#flow/testing-random';
import { appendUpdates, loadDocument, saveSnapshot, type UpdateRow } from './flow-documents';
import { definitionAt } from './flow-moments';
import { flowBench, insertEcho, type FlowBench } from './testing-flows';

/**
 * Three people edit for long, undo included; every moment that is looked back at must be what it was. `MILLRACE_LONG=1`
 * makes it 50,000 updates and holds the time of a look to its figure.
 */
const isLong = Boolean(process.env['MILLRACE_LONG']);
const [updates, looks, snapshotEvery] = isLong ? [50_000, 400, 500] : [1_500, 120, 100];
let bench: FlowBench;
beforeAll(async () => void (bench = await flowBench()));
afterAll(async () => bench.database.drop());

type Person = { doc: Y.Doc; origin: string; undo: Y.UndoManager };
const mostSteps = 150;

/** As people do: most edits set a value, some add, move, delete, take back. Cheap ones, for there are many. */
function edit(random: Random, { doc, origin, undo }: Person): void {
  const ids = [...doc.getMap('steps').keys()];
  const step = random.pick(ids) ?? '';
  const stageId = random.pick([...doc.getMap('stages').keys()]) ?? '';
  const dice = random.below(100);
  if (ids.length < mostSteps && dice < 20) addStep(doc, { stageId, index: random.below(5), type: 'get-raw-model', name: `Step ${random.below(1_000)}` }, origin);
  else if (dice < 24) moveSteps(doc, [step], { stageId, index: random.below(5) }, origin);
  else if (dice < 26) removeSteps(doc, [step], origin, origin);
  else if (dice < 30) undo.undo();
  else if (dice < 32) undo.redo();
  else if (dice < 34 && doc.getMap('stages').size < 10) addStage(doc, { index: 1, name: `Stage ${random.below(1_000)}` }, origin);
  else setParam(doc, step, 'model', `{"a":${random.below(1_000_000)}}`, origin);
  undo.stopCapturing(); // nobody makes two edits within the time that joins them; a machine makes hundreds, and undoing those at once is a flow that nobody has
}

test('H1 any moment of a long history is what it was, and soon there', { timeout: 3_600_000 }, async () => {
  const { db } = bench.database;
  const flowId = await insertEcho(bench);
  const { doc: server, seq } = await loadDocument(db, flowId);
  const random = seeded(20_261_127);
  const people = ['ana', 'bo', 'cy'].map((origin) => {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(server), 'network');
    return { doc, origin, undo: createUndo(doc, origin) };
  });
  const every = Math.floor(updates / looks);
  const known = new Map<number, string>();
  let rows: UpdateRow[] = [];
  let last = seq;
  for (const person of people) {
    person.doc.on('update', (payload: Uint8Array, origin: unknown) => {
      if (origin === 'network') return;
      last += 1;
      rows.push({ flowId, seq: last, userId: null, kind: 'edit', payload });
      Y.applyUpdate(server, payload);
      for (const other of people) if (other !== person) Y.applyUpdate(other.doc, payload, 'network');
      if (last % every === 0) known.set(last, canonicalJson(definitionOf(server)));
    });
  }
  while (last - seq < updates) {
    withSeededGlobals(random, () => edit(random, random.pick(people) ?? expect.fail('nobody')));
    if (rows.length < snapshotEvery) continue;
    await appendUpdates(db, rows.splice(0));
    await saveSnapshot(db, { flowId, seq: last, state: Y.encodeStateAsUpdate(server) });
  }
  await appendUpdates(db, rows.splice(0));
  expect(known.size).toBeGreaterThanOrEqual(looks - 1);
  const tookMs: number[] = [];
  for (const at of [...known.keys()].toSorted((a, b) => ((a * 7_919) % 10_007) - ((b * 7_919) % 10_007))) { // here and there, so that nothing is kept from the look before
    const started = performance.now();
    const definition = await definitionAt(bench.database, flowId, at);
    tookMs.push(performance.now() - started);
    expect(canonicalJson(definition), `the moment ${at}`).toBe(known.get(at));
  }
  const p95 = tookMs.toSorted((a, b) => a - b)[Math.floor(tookMs.length * 0.95)] ?? Number.NaN;
  console.log(`${looks} moments of ${updates} updates: p95 ${p95.toFixed(0)} ms`);
  if (isLong) expect(p95).toBeLessThan(500);
});
