import { afterAll, beforeAll, expect, test } from 'vitest';
import { blobsOfItems, getItems, getValue, putItems, putValue } from './blobs';
import { createTestDatabase, type TestDatabase } from './testing';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.sql`insert into workspaces (id, name) values ('wks_a', 'A'), ('wks_b', 'B')`;
});
afterAll(() => database.drop());

test('a slice of a long list reads only the pages it stands on', async () => {
  const items = Array.from({ length: 2_500 }, (_, at) => ({ at }));
  const ref = await putItems(database.db, 'wks_a', items, true);
  expect(await database.sql`select count(*)::int as pages from blobs where workspace_id = 'wks_a'`).toEqual([{ pages: 4 }]);
  await database.sql`delete from blobs where sha256 in (select decode(${blobsOfItems(items, true).blobs[0]?.sha256 ?? ''}, 'hex'))`; // the first page
  expect(await getItems(database.db, 'wks_a', ref, { offset: 1_998, limit: 3 })).toEqual({ items: [{ at: 1_998 }, { at: 1_999 }, { at: 2_000 }], total: 2_500, many: true });
  await expect(getItems(database.db, 'wks_a', ref, { offset: 999, limit: 1 })).rejects.toThrow('missing');
});

test('the same content is stored once in a workspace and never read from another', async () => {
  const value = { text: `\u0000\ud800 ${'long '.repeat(1_000)}` };
  const refs = await Promise.all([putValue(database.db, 'wks_a', value), putValue(database.db, 'wks_a', value)]);
  expect(refs[0]).toBe(refs[1]);
  expect(await getValue(database.db, 'wks_a', refs[0])).toEqual(value);
  expect(await getValue(database.db, 'wks_b', refs[0])).toBeUndefined();
  expect(await getItems(database.db, 'wks_a', await putItems(database.db, 'wks_a', [], false))).toEqual({ items: [], total: 0, many: false });
});
