import { afterAll, beforeAll, expect, test } from 'vitest';
import { text } from '#flow/text';
import { listNotifications, notify, readNotifications, trimNotifications } from './notifications';
import { createTestDatabase, type TestDatabase } from './testing';
import { codeOf, got } from './testing-result';
import { insertTestWorkspace, type TestWorkspace } from './testing-workspace';

let database: TestDatabase;
let here: TestWorkspace;
let elsewhere: TestWorkspace;
beforeAll(async () => {
  database = await createTestDatabase();
  [here, elsewhere] = [await insertTestWorkspace(database), await insertTestWorkspace(database)];
});
afterAll(() => database.drop());

const told = (subject: string, userIds: string[]) => notify(database.db, { workspaceId: here.id, userIds, kind: 'message', subject: text(subject, subject), body: text('b', 'b'), link: { runId: 'r' } });

test('each member is told once, nobody of another workspace is', async () => {
  const [ana, stranger] = [here.as.owner.user?.id ?? '', elsewhere.as.owner.user?.id ?? ''];
  expect(await told('once', [ana, ana, stranger, 'usr_nobody'])).toHaveLength(1);
  expect(got(await listNotifications(database, here.as.owner, { limit: 10 }))).toMatchObject({ unread: 1, items: [{ subject: { en: 'once' }, readAt: null, link: { runId: 'r' } }] });
  expect(got(await listNotifications(database, elsewhere.as.owner, { limit: 10 })).items).toEqual([]);
});

test('one reads one’s own only, some or all; pages go on where they stopped', async () => {
  const bo = here.as.editor.user?.id ?? '';
  for (const name of ['1', '2', '3', '4', '5']) await told(name, [bo]);
  const first = got(await listNotifications(database, here.as.editor, { limit: 2 }));
  expect(first.items.map((each) => each.subject.en)).toEqual(['5', '4']);
  const rest = got(await listNotifications(database, here.as.editor, { limit: 5, cursor: first.nextCursor ?? '' }));
  expect(rest.items.map((each) => each.subject.en)).toEqual(['3', '2', '1']);
  const ids = first.items.map((each) => each.id);
  expect(codeOf(await readNotifications(database, here.as.owner, ids))).toBe('NOT_FOUND');
  expect(got(await readNotifications(database, here.as.editor, ids))).toMatchObject({ unread: 3 });
  expect(got(await readNotifications(database, here.as.editor, ids))).toMatchObject({ unread: 3 });
  expect(got(await listNotifications(database, here.as.editor, { limit: 10, unread: true })).items).toHaveLength(3);
  expect(got(await readNotifications(database, here.as.editor, 'all'))).toMatchObject({ unread: 0 });
});

test('they are kept for 90 days', async () => {
  const cy = here.as.viewer.user?.id ?? '';
  const [old] = await told('old', [cy]);
  await told('young', [cy]);
  await database.sql`update notifications set created_at = now() - interval '91 days' where id = ${old?.id ?? ''}`;
  await trimNotifications(database.sql);
  expect(got(await listNotifications(database, here.as.viewer, { limit: 10 })).items.map((each) => each.subject.en)).toEqual(['young']);
});
