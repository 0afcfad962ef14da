import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Access, Role } from '#db/access';
import { createApiKey } from '#db/api-keys';
import { removeMember } from '#db/members';
import { notify, readNotifications } from '#db/notifications';
import { answerTask, openTask } from '#db/tasks';
import { newId, newRunId } from '#flow/id';
import { text } from '#flow/text';
import { until } from '#flow/testing-until';
import { insertFlow, join, liveClient, otherWorkspaceId, outsider, person, startTestWeb, type Person, type TestWeb } from './testing';

type News = { notifications: { subject: { en: string }; kind: string; unread: number }[]; tasks: { id: string; state: string }[] };

let web: TestWeb;
let op: Person;
let vi: Person;
let owner: Person;
let eve: Person;
let flowId: string;
let runId: string;
const sockets: ReturnType<typeof liveClient>[] = [];

beforeAll(async () => {
  web = await startTestWeb();
  owner = await person(web, 'Owner', 'owner');
  op = await person(web, 'Op', 'operator');
  vi = await person(web, 'Vi', 'viewer');
  eve = await outsider(web, 'Eve');
  await join(web.database, otherWorkspaceId, op.id, 'viewer');
  flowId = await insertFlow(web.database, web.workspaceId);
  runId = newRunId();
  const versionId = newId('ver');
  await web.database.sql`insert into flow_versions (id, flow_id, number, content_hash, definition) values (${versionId}, ${flowId}, 1, 'h', '{}')`;
  await web.database.sql`insert into runs (id, workspace_id, flow_id, flow_version_id, kind, trigger, status) values (${runId}, ${web.workspaceId}, ${flowId}, ${versionId}, 'workflow', 'manual', 'waiting')`;
});
afterAll(async () => {
  for (const socket of sockets) socket.disconnect();
  await web.stop();
});

const as = (who: Person, role: Role): Access => ({ workspaceId: web.workspaceId, role, user: { id: who.id, name: who.name }, via: 'session' });

/** An open window of somebody: everything its inbox is told. */
async function windowOf(options: Parameters<typeof liveClient>[2]): Promise<News & { socket: ReturnType<typeof liveClient> }> {
  const socket = liveClient(web.url, '/inbox', options);
  sockets.push(socket);
  const news: News = { notifications: [], tasks: [] };
  socket.on('notification', (each: News['notifications'][number]) => news.notifications.push(each));
  socket.on('task', (each: News['tasks'][number]) => news.tasks.push(each));
  await until(() => socket.connected, 'the inbox to open');
  return { socket, ...news };
}

const tell = (userIds: string[], words: string) => web.database.db.transaction((tx) => notify(tx, { workspaceId: web.workspaceId, userIds, kind: 'message', subject: text(words, words), body: text('', '') }));
const ask = (people: Person[]) => web.database.db.transaction(async (tx) => {
  const [flow] = await web.database.sql<{ componentId: string }[]>`select component_id as "componentId" from flows where id = ${flowId}`;
  return openTask(tx, { workspaceId: web.workspaceId, runId, stepId: newId('stp'), iteration: 0, instanceId: null, flowId, flowName: 'Rain', componentId: flow?.componentId ?? '', entryId: null, lockedFields: [] }, {
    question: text('Well?', 'Alors ?'), options: [{ value: true, label: text('Yes', 'Oui') }], people: people.map(({ id, name }) => ({ id, name })), dueAt: null,
  });
});

it('L9 everybody hears of what is theirs in this workspace, counted, in every window, and of nobody else’s', async () => {
  const key = await createApiKey(web.database, as(owner, 'owner'), { name: 'program', role: 'owner' });
  if (!key.ok) return expect.fail('no key');
  const [first, second, elsewhere, viewer, stranger, program] = [
    await windowOf({ cookie: op.cookie, auth: { workspace: web.workspaceId } }), await windowOf({ cookie: op.cookie, auth: { workspace: web.workspaceId } }), await windowOf({ cookie: op.cookie, auth: { workspace: otherWorkspaceId } }),
    await windowOf({ cookie: vi.cookie }), await windowOf({ cookie: eve.cookie }), await windowOf({ auth: { apiKey: key.key } }),
  ];
  await tell([op.id], 'One');
  await tell([op.id, vi.id], 'Two');
  const { taskId } = await ask([op]);
  const done = await answerTask(web.database, as(op, 'operator'), taskId, true);
  expect(done.ok).toBe(true);
  for (const each of [first, second]) {
    await until(() => each.tasks.some((task) => task.state === 'answered') && each.notifications.length >= 3, 'the window to hear of all');
    expect(each.notifications.map((notification) => notification.subject.en)).toEqual(['One', 'Two', 'Well?']);
    expect(each.notifications.at(-1)?.unread).toBe(3);
    expect(new Set(each.tasks.map((task) => task.id))).toEqual(new Set([taskId]));
  }
  await until(() => viewer.notifications.length === 1, 'the viewer to hear of hers');
  expect([viewer.notifications[0]?.unread, viewer.tasks]).toEqual([1, []]);
  for (const each of [elsewhere, stranger, program]) expect([each.notifications, each.tasks]).toEqual([[], []]);

  expect(await readNotifications(web.database, as(op, 'operator'), 'all')).toMatchObject({ unread: 0 });
  for (const each of [first, second]) await until(() => each.notifications.at(-1)?.unread === 0, 'the other window to count again');
});

it('L9 an inbox goes on after the server was restarted, and ends when its owner is no longer a member: the owners are warned of what only they could answer', async () => {
  const chief = await windowOf({ cookie: owner.cookie });
  const mine = await windowOf({ cookie: op.cookie, auth: { workspace: web.workspaceId } });
  await web.restart();
  await until(() => mine.socket.connected && chief.socket.connected, 'both windows to come back');
  await ask([op]);
  await until(() => mine.tasks.length > 0, 'the question to arrive after the restart');
  const ended = new Promise<string>((resolve) => mine.socket.once('disconnect', resolve));
  expect((await removeMember(web.database, as(owner, 'owner'), op.id)).ok).toBe(true);
  expect(await ended).toBe('io server disconnect');
  await until(() => chief.notifications.some((each) => each.kind === 'warning'), 'the owner to be warned');
  const before = mine.notifications.length;
  await tell([op.id, owner.id], 'After');
  await until(() => chief.notifications.some((each) => each.subject.en === 'After'), 'the owner to hear of the rest');
  expect(mine.notifications.length).toBe(before);
});
