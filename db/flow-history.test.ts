import * as Y from 'yjs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addStep, createUndo, removeSteps, renameStage, setParam } from '#flow/document';
import { stepsOf, type FlowDefinition } from '#flow/flow';
import type { Access } from './access';
import { createCheckpoint, deleteCheckpoint, listCheckpoints, renameCheckpoint } from './checkpoints';
import { loadDocument, saveSnapshot, snapshotSpan } from './flow-documents';
import { blame, diffMoments, flowAt, flowChanges, flowEdits } from './flow-history';
import { restoreMoment } from './flow-restore';
import { awayFrom, markSeen } from './flow-seen';
import { draftOf } from './flows';
import { editFlow, flowBench, insertEcho, setModel, type FlowBench } from './testing-flows';
import { codeOf, got } from './testing-result';

let bench: FlowBench;
let database: FlowBench['database'];
let here: FlowBench['here'];
let there: FlowBench['there'];

beforeAll(async () => {
  bench = await flowBench();
  ({ database, here, there } = bench);
});
afterAll(() => database.drop());

const create = () => insertEcho(bench);
const edit = (flowId: string, by: Access, change: (doc: Y.Doc) => void) => editFlow(bench, flowId, by, change);
const undoable = 'a person';
const modelOf = (definition: FlowDefinition) => stepsOf(definition).find((step) => step.id === 'stp_1')?.params?.['model'];

test('H1 the flow at any moment is what it was, whichever snapshots there are', async () => {
  const flowId = await create();
  const moments = new Map<number, string>();
  for (let each = 0; each < 12; each++) {
    moments.set(await edit(flowId, here.as.editor, setModel(`{"a":${each}}`)), `{"a":${each}}`);
    if (each === 4) await saveSnapshot(database.db, { flowId, seq: (await loadDocument(database.db, flowId)).seq, state: Y.encodeStateAsUpdate((await loadDocument(database.db, flowId)).doc) });
  }
  for (const [seq, value] of moments) {
    const { moment } = got(await flowAt(database, here.as.viewer, flowId, seq));
    expect([moment.seq, modelOf(moment.definition), moment.author?.name]).toEqual([seq, value, 'The editor']);
  }
  expect(modelOf(got(await flowAt(database, here.as.viewer, flowId, 1)).moment.definition)).toBeUndefined();
  expect(codeOf(await flowAt(database, here.as.viewer, flowId, 99))).toBe('MOMENT_NOT_FOUND');
  expect(moments.size).toBe(12);
});

test('H1 of the past one snapshot a span is kept, and always the newest two', async () => {
  const flowId = await create();
  const { doc } = await loadDocument(database.db, flowId);
  const state = Y.encodeStateAsUpdate(doc);
  const wanted = [100, 600, 1_100, snapshotSpan + 10, snapshotSpan + 500, 2 * snapshotSpan + 1, 2 * snapshotSpan + 2, 2 * snapshotSpan + 3];
  for (const seq of wanted) await saveSnapshot(database.db, { flowId, seq, state });
  const kept = await database.sql<{ seq: number }[]>`select seq::int as seq from flow_snapshots where flow_id = ${flowId} order by seq`;
  expect(kept.map((row) => row.seq)).toEqual([100, snapshotSpan + 10, 2 * snapshotSpan + 1, 2 * snapshotSpan + 2, 2 * snapshotSpan + 3]);
});

test('H2 edits are changes of one person to one thing without a pause; people and steps can be picked', async () => {
  const flowId = await create();
  await edit(flowId, here.as.editor, setModel('{"a":1}'));
  const last = await edit(flowId, here.as.editor, setModel('{"a":2}'));
  const other = await edit(flowId, here.as.admin, setModel('{"a":3}'));
  const renamed = await edit(flowId, here.as.admin, (doc) => renameStage(doc, 'stg_1', 'First', undoable));
  const { items, nextCursor } = got(await flowEdits(database, here.as.viewer, flowId, { limit: 10 }));
  expect(items.map((each) => [each.seq, each.firstSeq, each.author?.name, each.stepIds, each.kind])).toEqual([
    [renamed, renamed, 'The admin', [], 'edit'], [other, other, 'The admin', ['stp_1'], 'edit'], [last, last - 1, 'The editor', ['stp_1'], 'edit'], [1, 1, 'The editor', ['stp_1', 'stp_2'], 'import'],
  ]);
  expect(nextCursor).toBeNull();
  const pages = [];
  for (let cursor: string | undefined; ; ) {
    const page = got(await flowEdits(database, here.as.viewer, flowId, { limit: 1, cursor }));
    pages.push(...page.items);
    if (page.nextCursor === null) break;
    cursor = page.nextCursor;
  }
  expect(pages).toEqual(items);
  const admin = here.as.admin.user?.id ?? '';
  expect(got(await flowEdits(database, here.as.viewer, flowId, { limit: 10, author: admin, stepId: 'stp_1' })).items.map((each) => each.seq)).toEqual([other]);
  expect(got(await flowChanges(database, here.as.viewer, flowId, { limit: 10, author: admin, from: last })).items.map((each) => each.key)).toEqual(['stage.stg_1.name', 'params.model']);
  expect(got(await flowChanges(database, here.as.viewer, flowId, { limit: 10, to: last, from: last - 1 })).items.map((each) => [each.seq, each.old, each.new])).toEqual([[last, '{"a":1}', '{"a":2}']]);
});

test('H3 blame names who last set each value, also after deletions and undo', async () => {
  const flowId = await create();
  await edit(flowId, here.as.admin, setModel('{"a":1}'));
  await edit(flowId, here.as.owner, (doc) => {
    const undo = createUndo(doc, undoable);
    removeSteps(doc, ['stp_1'], 'o', undoable);
    undo.undo();
  });
  const seq = await edit(flowId, here.as.editor, setModel('{"a":2}'));
  const undone = await edit(flowId, here.as.owner, (doc) => {
    const undo = createUndo(doc, undoable);
    setParam(doc, 'stp_1', 'model', '{"a":3}', undoable);
    undo.undo();
    setParam(doc, 'stp_2', 'name', 'x', undoable);
  });
  const of = async (stepId?: string) => Object.fromEntries(got(await blame(database, here.as.viewer, flowId, { stepId })).items.map((each) => [`${each.stepId} ${each.key}`, [each.author?.name, each.seq]]));
  expect(await of('stp_1')).toEqual({ 'stp_1 step': ['The editor', 1], 'stp_1 params.model': ['The editor', seq] });
  const deleted = await edit(flowId, here.as.owner, (doc) => removeSteps(doc, ['stp_1'], 'o', undoable));
  expect((await of())['stp_1 step']).toEqual(['The owner', deleted]);
  const restored = got(await restoreMoment(database, here.as.admin, flowId, { seq: undone, stepId: 'stp_1' }));
  expect((await of('stp_1'))['stp_1 params.model'], 'who restored a whole step set its values').toEqual(['The admin', restored.seq]);
});

test('H4 a step is restored alone, its neighbours keep what they have', async () => {
  const flowId = await create();
  const then = await edit(flowId, here.as.editor, setModel('{"a":1}'));
  await edit(flowId, here.as.admin, setModel('{"a":2}'));
  let added = '';
  const head = await edit(flowId, here.as.admin, (doc) => {
    added = addStep(doc, { stageId: 'stg_1', index: 0, type: 'distinct', name: 'New' }, undoable);
    removeSteps(doc, ['stp_2'], 'a', undoable);
  });
  const names = async () => stepsOf(await draftOf(database.db, flowId)).map((step) => step.name);
  const first = got(await restoreMoment(database, here.as.editor, flowId, { seq: then, stepId: 'stp_1' }));
  expect(first.before).toBe(head);
  expect([modelOf(await draftOf(database.db, flowId)), await names()]).toEqual(['{"a":1}', ['New', 'Given']]);
  got(await restoreMoment(database, here.as.editor, flowId, { seq: then, stepId: 'stp_2' }));
  expect(await names()).toEqual(['New', 'Given', 'Answer']);
  got(await restoreMoment(database, here.as.editor, flowId, { seq: then, stepId: added }));
  expect(await names(), 'a step that was not there then goes').toEqual(['Given', 'Answer']);
  got(await restoreMoment(database, here.as.admin, flowId, { seq: first.before, stepId: 'stp_1' }));
  expect(modelOf(await draftOf(database.db, flowId)), 'and the restoration is taken back the same way').toBe('{"a":2}');
  const kinds = await database.sql<{ kind: string; user_id: string }[]>`select kind, user_id from flow_updates where flow_id = ${flowId} and seq > ${head} order by seq`;
  expect(kinds.map((row) => row.kind)).toEqual(['restore', 'restore', 'restore', 'restore']);
  expect(got(await flowEdits(database, here.as.viewer, flowId, { limit: 1 })).items[0]).toMatchObject({ kind: 'restore', author: { name: 'The admin' } });
  expect(codeOf(await restoreMoment(database, here.as.editor, flowId, { seq: then, stepId: 'stp_9' }))).toBe('STEP_NOT_FOUND');
  expect(codeOf(await restoreMoment(database, here.as.editor, flowId, { seq: 999 }))).toBe('MOMENT_NOT_FOUND');
});

test('H4 a whole flow is restored, nothing of the log is lost, newer work of others is not overwritten unseen', async () => {
  const flowId = await create();
  const then = await edit(flowId, here.as.editor, setModel('{"a":1}'));
  await edit(flowId, here.as.admin, (doc) => renameStage(doc, 'stg_1', 'First', undoable));
  const head = await edit(flowId, here.as.admin, (doc) => removeSteps(doc, ['stp_1', 'stp_2'], 'a', undoable));
  const unseen = await restoreMoment(database, here.as.editor, flowId, { seq: then, ifSeq: then });
  expect(unseen).toMatchObject({ ok: false, failure: { code: 'CONFLICT', details: { seq: head, author: 'The admin' } } });
  expect(codeOf(await restoreMoment(database, here.as.editor, flowId, { seq: then, stepId: 'stp_1', ifSeq: head }))).toBe('ok');
  const all = got(await restoreMoment(database, here.as.editor, flowId, { seq: then }));
  const wanted = got(await flowAt(database, here.as.viewer, flowId, then)).moment.definition;
  expect(await draftOf(database.db, flowId)).toEqual(wanted);
  const back = got(await diffMoments(database, here.as.viewer, flowId, { from: head, to: all.seq }));
  expect([back.diff.steps.map((each) => each.kind), back.diff.stages.map((each) => each.changes[0]?.new), back.authors['stp_1']?.map((each) => each.name)]).toEqual([['added', 'added'], ['Input'], ['The editor']]);
  expect(got(await diffMoments(database, here.as.viewer, flowId, { from: 0, to: then })).diff.steps.map((each) => each.kind)).toEqual(['added', 'added']);
  expect(codeOf(await diffMoments(database, here.as.viewer, flowId, { from: 1, to: 999 }))).toBe('MOMENT_NOT_FOUND');
});

test('H5 what others did since one was there last is counted, one’s own is not', async () => {
  const flowId = await create();
  expect(await awayFrom(database, here.as.viewer, flowId)).toBeNull();
  const { seq } = got(await markSeen(database, here.as.editor, flowId));
  await edit(flowId, here.as.editor, setModel('{"a":0}'));
  expect(await awayFrom(database, here.as.editor, flowId)).toMatchObject({ since: seq, changes: 0, authors: [] });
  const head = await edit(flowId, here.as.admin, setModel('{"a":1}'));
  await edit(flowId, { ...here.as.admin, user: null, via: 'api-key' }, setModel('{"a":2}'));
  expect(await awayFrom(database, here.as.editor, flowId)).toMatchObject({ since: seq, head: head + 1, changes: 2, authors: [{ name: 'The admin' }] });
  got(await markSeen(database, here.as.editor, flowId));
  expect(await awayFrom(database, here.as.editor, flowId)).toMatchObject({ since: head + 1, changes: 0 });
  expect(codeOf(await markSeen(database, { ...here.as.editor, user: null, via: 'api-key' }, flowId))).toBe('ok');
});

test('H6 moments get names, are renamed and lose them', async () => {
  const flowId = await create();
  const seq = await edit(flowId, here.as.editor, setModel('{"a":1}'));
  const { ok: _ok, ...made } = { ...got(await createCheckpoint(database, here.as.editor, flowId, { name: 'Before' })), ok: true };
  expect(made).toMatchObject({ seq, name: 'Before', createdBy: { name: 'The editor' } });
  got(await createCheckpoint(database, here.as.editor, flowId, { name: 'Birth', seq: 1 }));
  expect(got(await renameCheckpoint(database, here.as.admin, flowId, made.id, 'After')).name).toBe('After');
  expect(got(await listCheckpoints(database, here.as.viewer, flowId)).items.map((each) => [each.seq, each.name])).toEqual([[1, 'Birth'], [seq, 'After']]);
  got(await deleteCheckpoint(database, here.as.editor, flowId, made.id));
  expect(codeOf(await deleteCheckpoint(database, here.as.editor, flowId, made.id))).toBe('CHECKPOINT_NOT_FOUND');
  expect(codeOf(await createCheckpoint(database, here.as.editor, flowId, { name: 'Later', seq: 99 }))).toBe('MOMENT_NOT_FOUND');
});

test('viewers look and do not restore or name; another workspace gets what a missing flow gets', async () => {
  const flowId = await create();
  const reads = (access: Access) => [flowEdits(database, access, flowId, { limit: 5 }), flowAt(database, access, flowId, 1), diffMoments(database, access, flowId, { from: 0, to: 1 }), blame(database, access, flowId), listCheckpoints(database, access, flowId), markSeen(database, access, flowId)];
  const writes = (access: Access) => [restoreMoment(database, access, flowId, { seq: 1 }), createCheckpoint(database, access, flowId, { name: 'No' })];
  for (const role of ['operator', 'viewer'] as const) {
    for (const read of reads(here.as[role])) expect(codeOf(await read), role).toBe('ok');
    for (const write of writes(here.as[role])) expect(codeOf(await write), role).toBe('ACCESS_DENIED');
  }
  for (const foreign of [...reads(there.as.owner), ...writes(there.as.owner)]) expect(codeOf(await foreign)).toBe('FLOW_NOT_FOUND');
});
