import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eq } from 'drizzle-orm';
import { emptyDefinition } from '#flow/canonical';
import { addStep, removeSteps } from '#flow/document';
import type { FlowDefinition } from '#flow/flow';
import type { Access } from './access';
import { createComponent, deleteComponent } from './components';
import { flowChanges } from './flow-history';
import { createFlow, deleteFlow, draftOf, getFlow, listFlows, patchFlow, unpublishFlow } from './flows';
import { audit, flowVersions, runSlots } from './schema';
import { echoDefinition as good, editFlow, flowBench, insertEcho, setModel, type FlowBench } from './testing-flows';
import { codeOf, got, refusal } from './testing-result';
import { freezeDraft, getVersion, listVersions, publishFlow, publishPreview, rollbackFlow } from './versions';

let bench: FlowBench;
let database: FlowBench['database'];
let here: FlowBench['here'];
let there: FlowBench['there'];
let componentId: string;

beforeAll(async () => {
  bench = await flowBench();
  ({ database, here, there, componentId } = bench);
});
afterAll(() => database.drop());

const create = (definition?: FlowDefinition, name?: string) => insertEcho(bench, definition, name);
const note = (flowId: string, by: Access, text: string) => editFlow(bench, flowId, by, setModel(text));

describe('flows', () => {
  test('a definition comes back as it was given, under the name that was asked for', async () => {
    const id = await create(good('Other'), 'Mine');
    const { flow } = got(await getFlow(database, here.as.viewer, id));
    expect(flow).toMatchObject({ id, kind: 'dataflow', name: 'Mine', componentId, componentTitle: 'Things', publishedVersion: null, restrictAccess: false, description: 'Gives back what it gets.', problems: [] });
    expect(flow.definition).toEqual(good('Mine'));
  });

  test('without a definition it is empty, and what is none is refused with its place', async () => {
    const { id } = got(await createFlow(database, here.as.editor, { componentId, kind: 'workflow', name: 'Empty' }));
    expect(await draftOf(database.db, id)).toEqual({ ...emptyDefinition('workflow', 'Empty'), lanes: [{ id: 'main', stages: [{ id: expect.any(String), name: 'Start', steps: [] }] }] });
    const bad = refusal(await createFlow(database, here.as.editor, { componentId, kind: 'dataflow', name: 'Bad', definition: { ...good(), extra: 1 } }));
    expect([bad.code, bad.details]).toMatchObject(['DEFINITION_INVALID', [{ path: expect.stringContaining('extra') }]]);
    expect(codeOf(await createFlow(database, here.as.editor, { componentId, kind: 'workflow', name: 'Bad', definition: good() }))).toBe('DEFINITION_INVALID');
    expect(codeOf(await createFlow(database, here.as.editor, { componentId: 'cmp_nowhere', kind: 'dataflow', name: 'Bad' }))).toBe('COMPONENT_NOT_FOUND');
  });

  test('the list shows flows of one component or all, by name, page by page', async () => {
    const mine = got(await createComponent(database, here.as.editor, { title: 'Listed' })).component.id;
    for (const name of ['b', 'A', 'c']) got(await createFlow(database, here.as.editor, { componentId: mine, kind: 'dataflow', name }));
    const first = got(await listFlows(database, here.as.viewer, { componentId: mine, limit: 2 }));
    const rest = got(await listFlows(database, here.as.viewer, { componentId: mine, limit: 2, cursor: first.nextCursor ?? '' }));
    expect([...first.items, ...rest.items].map((flow) => flow.name)).toEqual(['A', 'b', 'c']);
    expect(codeOf(await listFlows(database, there.as.viewer, { componentId: mine, limit: 2 }))).toBe('COMPONENT_NOT_FOUND');
  });

  test('name and settings change through the document', async () => {
    const id = await create();
    got(await patchFlow(database, here.as.editor, id, { name: 'Renamed', restrictAccess: true }));
    expect(got(await getFlow(database, here.as.viewer, id)).flow).toMatchObject({ name: 'Renamed', restrictAccess: true, definition: { name: 'Renamed', restrictAccess: true } });
    expect(got(await listFlows(database, here.as.viewer, { limit: 200 })).items.find((flow) => flow.id === id)).toMatchObject({ name: 'Renamed', restrictAccess: true });
  });

  test('deleting is refused while a run is open, and so is deleting its component', async () => {
    const own = got(await createComponent(database, here.as.editor, { title: 'Busy' })).component.id;
    const { id } = got(await createFlow(database, here.as.editor, { componentId: own, kind: 'dataflow', name: 'Busy', definition: good() }));
    const runId = '0190a000-0000-7000-8000-00000000000a';
    await database.db.insert(runSlots).values({ runId, workspaceId: here.id, flowId: id });
    expect(codeOf(await deleteFlow(database, here.as.editor, id))).toBe('STATE_INVALID');
    expect(codeOf(await deleteComponent(database, here.as.editor, own))).toBe('STATE_INVALID');
    await database.db.delete(runSlots).where(eq(runSlots.runId, runId));
    got(await deleteFlow(database, here.as.editor, id));
    expect(codeOf(await getFlow(database, here.as.editor, id))).toBe('FLOW_NOT_FOUND');
  });
});

describe('publishing', () => {
  test('numbers count up, also for publications at once, and the last one runs', async () => {
    const id = await create();
    expect(got(await publishFlow(database, here.as.editor, id, { message: 'First' })).version).toBe(1);
    const more = await Promise.all([1, 2, 3].map(() => publishFlow(database, here.as.owner, id)));
    expect(more.map((each) => got(each).version).toSorted()).toEqual([2, 3, 4]);
    const { items } = got(await listVersions(database, here.as.viewer, id, { limit: 10 }));
    expect(items.map((version) => [version.number, version.published])).toEqual([[4, true], [3, false], [2, false], [1, false]]);
    expect(items[3]).toMatchObject({ message: 'First', createdBy: { name: 'The editor' } });
    expect(got(await getFlow(database, here.as.viewer, id)).flow.publishedVersion).toBe(4);
    expect((await database.db.select().from(audit).where(eq(audit.objectId, id))).map((row) => row.action)).toContain('flow.published');
  });

  test('an error blocks it and is answered with its step, a warning does not', async () => {
    const id = await create();
    await editFlow(bench, id, here.as.editor, (doc) => removeSteps(doc, ['stp_1'], here.as.editor.user?.id ?? '', 'test'));
    const blocked = refusal(await publishFlow(database, here.as.editor, id));
    expect([blocked.code, blocked.details]).toMatchObject(['FLOW_HAS_PROBLEMS', [{ code: 'SOURCE_MISSING', level: 'error', stepId: 'stp_2' }]]);
    expect(got(await getFlow(database, here.as.viewer, id)).flow.publishedVersion).toBeNull();
    const unused = await create();
    await editFlow(bench, unused, here.as.editor, (doc) => addStep(doc, { stageId: 'stg_1', index: 2, type: 'distinct', name: 'Unread', sources: { source: 'stp_1' } }, 'test'));
    expect(got(await getFlow(database, here.as.viewer, unused)).flow.problems).toMatchObject([{ code: 'UNUSED_OUTPUT', level: 'warning' }]);
    expect(codeOf(await publishFlow(database, here.as.editor, unused))).toBe('ok');
  });

  test('a version stays as it was whatever happens to the draft, in the database too', async () => {
    const id = await create();
    got(await publishFlow(database, here.as.editor, id));
    await note(id, here.as.editor, '{"a":1}');
    expect(got(await getVersion(database, here.as.viewer, id, 1)).version.definition).toEqual(good());
    await expect(database.sql`update flow_versions set message = 'forged' where flow_id = ${id}`).rejects.toThrow('append only');
  });

  test('the preview tells what changed since the published version, and by whom', async () => {
    const id = await create();
    got(await publishFlow(database, here.as.owner, id));
    expect(got(await publishPreview(database, here.as.viewer, id))).toMatchObject({ diff: { steps: [] }, authors: {}, problems: [] });
    await note(id, here.as.editor, '{"a":1}');
    await note(id, here.as.admin, '{"a":2}');
    const preview = got(await publishPreview(database, here.as.viewer, id));
    expect(preview.diff.steps).toMatchObject([{ stepId: 'stp_1', kind: 'changed', changes: [{ key: 'params.model', new: '{"a":2}' }] }]);
    expect(preview.authors['stp_1']?.map((person) => person.name).toSorted()).toEqual(['The admin', 'The editor']);
    expect(Object.keys(preview.authors)).toEqual(['stp_1']);
  });

  test('before the first publication everything is new, by whoever made it', async () => {
    const id = await create();
    const preview = got(await publishPreview(database, here.as.viewer, id));
    expect(preview.diff.steps.map((step) => [step.stepId, step.kind])).toEqual([['stp_1', 'added'], ['stp_2', 'added']]);
    expect(preview.authors['stp_2']).toEqual([here.as.editor.user]);
  });

  test('rolling back runs the earlier version again and leaves the draft, unpublishing stops it', async () => {
    const id = await create();
    got(await publishFlow(database, here.as.editor, id));
    await note(id, here.as.editor, '{"a":1}');
    got(await publishFlow(database, here.as.editor, id));
    expect(got(await rollbackFlow(database, here.as.editor, id, 1)).version).toBe(1);
    expect(got(await getFlow(database, here.as.viewer, id)).flow.publishedVersion).toBe(1);
    expect((await draftOf(database.db, id)).lanes[0]?.stages[0]?.steps[0]?.params).toEqual({ model: '{"a":1}' });
    expect(codeOf(await rollbackFlow(database, here.as.editor, id, 9))).toBe('VERSION_NOT_FOUND');
    got(await unpublishFlow(database, here.as.editor, id));
    expect(got(await getFlow(database, here.as.viewer, id)).flow.publishedVersion).toBeNull();
    expect(codeOf(await unpublishFlow(database, here.as.editor, id))).toBe('NOT_PUBLISHED');
  });
});

describe('a frozen draft', () => {
  test('is an unnumbered version, the same one for the same content', async () => {
    const id = await create();
    const freeze = () => database.db.transaction((tx) => freezeDraft(tx, here.as.editor, { id }));
    got(await publishFlow(database, here.as.editor, id));
    const [first, again] = [await freeze(), await freeze()];
    await note(id, here.as.editor, '{"a":1}');
    const changed = await freeze();
    expect([again, changed === first]).toEqual([first, false]);
    const rows = await database.db.select({ id: flowVersions.id, number: flowVersions.number }).from(flowVersions).where(eq(flowVersions.flowId, id));
    expect(rows.find((row) => row.id === first)?.number).toBeNull();
    expect(got(await listVersions(database, here.as.viewer, id, { limit: 10 })).items.map((version) => version.number)).toEqual([1]);
  });
});

describe('edit history', () => {
  test('is listed newest first, page by page, with its authors', async () => {
    const id = await create();
    await note(id, here.as.admin, '{"a":1}');
    await note(id, here.as.owner, '{"a":2}');
    const first = got(await flowChanges(database, here.as.viewer, id, { limit: 2 }));
    expect(first.items.map((change) => [change.seq, change.author?.name, change.stepId, change.key])).toEqual([[3, 'The owner', 'stp_1', 'params.model'], [2, 'The admin', 'stp_1', 'params.model']]);
    const rest = got(await flowChanges(database, here.as.viewer, id, { limit: 50, cursor: first.nextCursor ?? '' }));
    expect(rest.items.every((change) => change.seq === 1 && change.op === 'add')).toBe(true);
    expect(rest.items.map((change) => change.stepId)).toEqual(expect.arrayContaining(['stp_1', 'stp_2']));
  });
});

describe('rights', () => {
  test('viewers and operators read, editors and above edit and publish; another workspace gets what a missing flow gets', async () => {
    const id = await create();
    got(await publishFlow(database, here.as.editor, id));
    const writes = (access: Access) => [
      () => createFlow(database, access, { componentId, kind: 'dataflow', name: 'No' }), () => patchFlow(database, access, id, { name: 'No' }), () => publishFlow(database, access, id),
      () => rollbackFlow(database, access, id, 1), () => unpublishFlow(database, access, id), () => deleteFlow(database, access, id),
    ];
    const reads = (access: Access) => [
      () => getFlow(database, access, id), () => listVersions(database, access, id, { limit: 5 }), () => getVersion(database, access, id, 1), () => publishPreview(database, access, id), () => flowChanges(database, access, id, { limit: 5 }),
    ];
    for (const role of ['operator', 'viewer'] as const) {
      for (const write of writes(here.as[role])) expect(codeOf(await write()), role).toBe('ACCESS_DENIED');
      for (const read of reads(here.as[role])) expect(codeOf(await read()), role).toBe('ok');
    }
    for (const foreign of reads(there.as.owner)) expect(codeOf(await foreign())).toBe('FLOW_NOT_FOUND');
    for (const foreign of writes(there.as.owner).slice(1)) expect(codeOf(await foreign())).toBe('FLOW_NOT_FOUND');
    expect(codeOf(await writes(there.as.owner)[0]?.() ?? { ok: true })).toBe('COMPONENT_NOT_FOUND');
  });
});
