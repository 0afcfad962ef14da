import { afterAll, beforeAll, expect, test } from 'vitest';
import { addStep } from '#flow/document';
import { createComment, deleteComment, listComments, markRead, updateComment } from './comments';
import { listNotifications } from './notifications';
import { requestRun } from './runs';
import { editFlow, flowBench, insertEcho, type FlowBench } from './testing-flows';
import { codeOf, got } from './testing-result';
import { publishFlow } from './versions';

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
const list = async (flowId: string, as = here.as.viewer, filter = {}) => got(await listComments(database, as, flowId, { limit: 50, ...filter })).items;

test('H7 everybody in the workspace comments, on the flow, a step or a parameter, and is named', async () => {
  const flowId = await create();
  const first = got(await createComment(database, here.as.viewer, flowId, { text: 'Why so?' }));
  expect(first).toMatchObject({ threadId: first.id, anchor: {}, author: { name: 'The viewer' }, unread: false, resolvedAt: null });
  got(await createComment(database, here.as.operator, flowId, { text: 'Here', anchor: { stepId: 'stp_1', param: 'model' } }));
  got(await createComment(database, { ...here.as.editor, user: null, via: 'api-key', apiKeyName: 'Robot' }, flowId, { text: 'Checked', anchor: { stepId: 'stp_2' } }));
  expect((await list(flowId)).map((each) => [each.text, each.anchor, each.author.name, each.unread])).toEqual([
    ['Why so?', {}, 'The viewer', false], ['Here', { stepId: 'stp_1', param: 'model' }, 'The operator', true], ['Checked', { stepId: 'stp_2' }, 'Robot', true],
  ]);
  expect((await list(flowId, here.as.viewer, { stepId: 'stp_1' })).map((each) => each.text)).toEqual(['Here']);
  const [one, two] = [got(await listComments(database, here.as.viewer, flowId, { limit: 2 })), got(await listComments(database, here.as.viewer, flowId, { limit: 2, cursor: got(await listComments(database, here.as.viewer, flowId, { limit: 2 })).nextCursor ?? '' }))];
  expect([one.items.length, two.items.length, two.nextCursor]).toEqual([2, 1, null]);
  const told = await database.sql`select topic, object_id from changes where topic = 'comment' and object_id = ${flowId}`;
  expect(told).toHaveLength(3);
});

test('H8 an answer takes the place of its thread and opens it again; resolving is anybody’s', async () => {
  const flowId = await create();
  const thread = got(await createComment(database, here.as.editor, flowId, { text: 'Ready?', anchor: { stepId: 'stp_1' } }));
  const resolved = got(await updateComment(database, here.as.viewer, thread.id, { resolved: true }));
  expect(resolved).toMatchObject({ resolvedBy: { name: 'The viewer' }, text: 'Ready?' });
  expect(await list(flowId, here.as.viewer, { state: 'open' })).toEqual([]);
  expect((await list(flowId, here.as.viewer, { state: 'resolved' })).map((each) => each.id)).toEqual([thread.id]);
  const answer = got(await createComment(database, here.as.admin, flowId, { text: 'No', threadId: thread.id, anchor: { stepId: 'stp_2' } }));
  expect(answer).toMatchObject({ threadId: thread.id, anchor: { stepId: 'stp_1' }, resolvedAt: null });
  expect((await list(flowId, here.as.viewer, { state: 'open' })).map((each) => each.text)).toEqual(['Ready?', 'No']);
  expect(codeOf(await createComment(database, here.as.admin, flowId, { text: 'No', threadId: answer.id })), 'an answer is no thread').toBe('COMMENT_NOT_FOUND');
});

test('H9 the text is its author’s; admins delete any; a deleted first comment holds its answers together', async () => {
  const flowId = await create();
  const thread = got(await createComment(database, here.as.editor, flowId, { text: 'Frist' }));
  expect(codeOf(await updateComment(database, here.as.owner, thread.id, { text: 'Other' }))).toBe('ACCESS_DENIED');
  expect(got(await updateComment(database, here.as.editor, thread.id, { text: 'First' }))).toMatchObject({ text: 'First', editedAt: expect.any(String) });
  const answer = got(await createComment(database, here.as.viewer, flowId, { text: 'Second', threadId: thread.id }));
  expect(codeOf(await deleteComment(database, here.as.editor, answer.id))).toBe('ACCESS_DENIED');
  got(await deleteComment(database, here.as.editor, thread.id));
  expect((await list(flowId)).map((each) => [each.text, each.deleted])).toEqual([['', true], ['Second', false]]);
  expect(codeOf(await updateComment(database, here.as.editor, thread.id, { text: 'Again' }))).toBe('COMMENT_NOT_FOUND');
  got(await deleteComment(database, here.as.admin, answer.id));
  expect(await list(flowId)).toEqual([]);
  expect(codeOf(await createComment(database, here.as.viewer, flowId, { text: 'Third', threadId: thread.id }))).toBe('COMMENT_NOT_FOUND');
});

test('H10 unread is what others wrote since one read the thread', async () => {
  const flowId = await create();
  const unread = async () => (await list(flowId, here.as.editor)).filter((each) => each.unread).map((each) => each.text);
  const a = got(await createComment(database, here.as.admin, flowId, { text: 'A' }));
  got(await createComment(database, here.as.admin, flowId, { text: 'B' }));
  got(await createComment(database, here.as.editor, flowId, { text: 'mine' }));
  expect(await unread()).toEqual(['A', 'B']);
  got(await markRead(database, here.as.editor, flowId, { threadId: a.id }));
  expect(await unread()).toEqual(['B']);
  got(await createComment(database, here.as.admin, flowId, { text: 'A2', threadId: a.id }));
  expect(await unread()).toEqual(['B', 'A2']);
  got(await createComment(database, here.as.editor, flowId, { text: 'answering is reading', threadId: a.id }));
  expect(await unread()).toEqual(['B']);
  got(await markRead(database, here.as.editor, flowId, {}));
  expect(await unread()).toEqual([]);
  expect(codeOf(await markRead(database, here.as.editor, flowId, { threadId: 'cmt_x' }))).toBe('COMMENT_NOT_FOUND');
});

test('H11 a name behind @ is a mention of that member, of this workspace only, who is told once', async () => {
  const flowId = await create();
  const made = got(await createComment(database, here.as.editor, flowId, { text: 'Ask @The Viewer, not @Nobody' }));
  expect(made.mentions).toEqual([here.as.viewer.user]);
  expect(got(await updateComment(database, here.as.editor, made.id, { text: 'Ask @The viewer, @The admin and me, @The editor' })).mentions).toHaveLength(3);
  const told = async (role: 'viewer' | 'admin' | 'editor') => got(await listNotifications(database, here.as[role], { limit: 10 })).items.map((each) => [each.kind, each.subject.en, each.link]);
  const link = { flowId, commentId: made.id };
  expect([await told('viewer'), await told('admin'), await told('editor')]).toEqual([[['mention', 'The editor mentioned you in “Echo”', link]], [['mention', 'The editor mentioned you in “Echo”', link]], []]);
});

test('H12 runs and their steps are commented where they ran; anchors that are none are refused', async () => {
  const flowId = await create();
  got(await publishFlow(database, here.as.editor, flowId));
  const run = got(await requestRun(database, here.as.operator, flowId, { input: { a: 1 } }));
  let later = '';
  await editFlow(bench, flowId, here.as.editor, (doc) => void (later = addStep(doc, { stageId: 'stg_1', index: 0, type: 'distinct', name: 'Later' }, 'x')));
  const on = async (anchor: object) => codeOf(await createComment(database, here.as.viewer, flowId, { text: 'x', anchor }));
  expect(await on({ runId: run.runId, stepId: 'stp_1', seq: 3 })).toBe('ok');
  expect((await list(flowId, here.as.viewer, { runId: run.runId })).map((each) => each.anchor)).toEqual([{ stepId: 'stp_1', runId: run.runId, seq: 3 }]);
  expect(await on({ stepId: later })).toBe('ok');
  expect(await on({ runId: run.runId, stepId: later })).toBe('STEP_NOT_FOUND');
  expect(await on({ stepId: 'stp_9' })).toBe('STEP_NOT_FOUND');
  expect(await on({ param: 'model' })).toBe('PARAM_INVALID');
  expect(await on({ seq: 1 })).toBe('PARAM_INVALID');
  expect(await on({ runId: 'nothing' })).toBe('RUN_NOT_FOUND');
  const other = await create();
  expect(codeOf(await createComment(database, here.as.viewer, other, { text: 'x', anchor: { runId: run.runId } }))).toBe('RUN_NOT_FOUND');
});

test('another workspace gets what a missing flow or comment gets', async () => {
  const flowId = await create();
  const comment = got(await createComment(database, here.as.editor, flowId, { text: 'Ours' }));
  expect(codeOf(await listComments(database, there.as.owner, flowId, { limit: 5 }))).toBe('FLOW_NOT_FOUND');
  expect(codeOf(await createComment(database, there.as.owner, flowId, { text: 'Theirs' }))).toBe('FLOW_NOT_FOUND');
  expect(codeOf(await markRead(database, there.as.owner, flowId, {}))).toBe('FLOW_NOT_FOUND');
  expect(codeOf(await updateComment(database, there.as.owner, comment.id, { resolved: true }))).toBe('COMMENT_NOT_FOUND');
  expect(codeOf(await deleteComment(database, there.as.owner, comment.id))).toBe('COMMENT_NOT_FOUND');
});
