import * as Y from 'yjs';
import { components, workspaces } from '#db/schema/index';
import { appendUpdates, loadDocument, saveSnapshot, type UpdateRow } from '#db/flow-documents';
import { definitionAt } from '#db/flow-moments';
import { insertFlow } from '#db/flows';
import { createTestDatabase } from '#db/testing';
import { addStage, addStep, moveSteps, removeSteps, setParam } from '#flow/document';
import { stepsOf } from '#flow/flow';
import { newId } from '#flow/id';
import { emptyDefinition } from '#flow/canonical';
import { quantile, report } from './harness';

/**
 * Any moment of a flow of 300 steps with 50,000 updates, snapshots kept as a room keeps them. Moments are picked all
 * over the log, each once, so that nothing comes out of the cache.
 */
const updates = 50_000;
const looks = 200;
const database = await createTestDatabase();
const workspaceId = newId('wks');
await database.db.insert(workspaces).values({ id: workspaceId, name: 'Bench' });
const componentId = newId('cmp');
await database.db.insert(components).values({ id: componentId, workspaceId, title: 'Bench' });
const flowId = await insertFlow(database.db, { workspaceId, componentId, userId: null }, emptyDefinition('dataflow', 'Long'));
try {
  await write();
  const took: number[] = [];
  for (let look = 0; look < looks; look++) {
    const seq = 2 + Math.floor(((look * 7_919) % looks) * ((updates - 2) / looks));
    const started = performance.now();
    const definition = await definitionAt(database, flowId, seq);
    took.push(performance.now() - started);
    if (stepsOf(definition).length === 0 && seq > 500) throw new Error(`nothing at ${seq}`);
  }
  const [stored] = await database.sql<{ kept: number; bytes: number }[]>`select count(*)::int as kept, sum(octet_length(state))::float8 as bytes from flow_snapshots where flow_id = ${flowId}`;
  const figure = (name: string, value: number, unit: string) => ({ name: `timetravel 50,000 updates: ${name}`, value, unit, rounds: looks });
  report([figure('any moment p50', quantile(took, 0.5), 'ms'), figure('any moment p95', quantile(took, 0.95), 'ms'), figure('any moment max', Math.max(...took), 'ms'), figure('snapshots kept', stored?.kept ?? 0, ''), figure('their size', (stored?.bytes ?? 0) / 1e6, 'MB')]);
} finally {
  await database.drop();
}

/** Edits as people make them: most set a parameter, some add, move and remove. */
async function write(): Promise<void> {
  const { doc, seq } = await loadDocument(database.db, flowId);
  let rows: UpdateRow[] = [];
  let last = seq;
  doc.on('update', (payload: Uint8Array) => rows.push({ flowId, seq: ++last, userId: null, kind: 'edit', payload }));
  const stages = Array.from({ length: 20 }, (_, index) => addStage(doc, { index, name: `Stage ${index}` }, 'bench'));
  const steps: string[] = [];
  for (let edit = 0; last < updates; edit++) {
    const stageId = stages[edit % stages.length] ?? '';
    const step = steps[(edit * 31) % Math.max(1, steps.length)] ?? '';
    if (steps.length < 300) steps.push(addStep(doc, { stageId, index: 0, type: 'get-raw-model', name: `Step ${edit}` }, 'bench'));
    else if (edit % 40 === 0) moveSteps(doc, [step], { stageId, index: 0 }, 'bench');
    else if (edit % 97 === 0) {
      removeSteps(doc, [step], 'bench', 'bench');
      steps.splice(steps.indexOf(step), 1);
    } else setParam(doc, step, 'model', `{"edit":${edit}}`, 'bench');
    if (rows.length < 500) continue;
    const due = rows;
    rows = [];
    await appendUpdates(database.db, due);
    await saveSnapshot(database.db, { flowId, seq: last, state: Y.encodeStateAsUpdate(doc) });
  }
  await appendUpdates(database.db, rows);
}
