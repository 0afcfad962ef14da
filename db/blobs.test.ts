import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '#flow/json';
import { seeded } from '#flow/testing-random';
import { blobsOfItems, getItems, getValue, putItems, putValue, valueOf } from './blobs';
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
  await database.sql`delete from blobs where sha256 in (select decode(${(await blobsOfItems(items, true)).blobs[0]?.sha256 ?? ''}, 'hex'))`; // the first page
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

/** One item after another, as the pages are defined. */
function pagesPlainly(items: readonly JsonObject[]): string[] {
  const pages: string[] = [];
  for (let start = 0; start < items.length; ) {
    const texts: string[] = [];
    for (let bytes = 0; start < items.length && texts.length < 1_000 && (texts.length === 0 || bytes < 4_000_000); start++) {
      const text = JSON.stringify(items[start]);
      texts.push(text);
      bytes += text.length;
    }
    pages.push(`[${texts.join(',')}]`);
  }
  return pages;
}

test('pages are the same however many items are put into words at once, and an item over the limit is found', async () => {
  const random = seeded(20_261_127);
  const lists = [[], [{}], ...Array.from({ length: 4 }, (_, at) => {
    const large = at % 4; // none, few or many large ones among small ones
    return Array.from({ length: [1_000, 2_003, 60, 120][large] ?? 0 }, (): JsonObject => ({ a: random.below(9), 'é\u2603\ud800': 'x'.repeat(random.below(100) < large * 6 ? random.below(700_000) : random.below(60)), b: [null, { c: true }] }));
  })];
  let most = 0;
  for (const items of lists) {
    const pages = pagesPlainly(items);
    most = Math.max(most, pages.length);
    const longest = items.reduce((length, item) => Math.max(length, JSON.stringify(item).length), 0);
    const { blobs, isTooLarge } = await blobsOfItems(items, true, longest);
    expect(blobs.slice(0, -1).map((blob) => blob.sha256)).toEqual(pages.map((page) => createHash('sha256').update(page).digest('hex')));
    expect(blobs.slice(0, -1).every((blob, at) => JSON.stringify(valueOf(blob)) === pages[at])).toBe(true);
    expect(isTooLarge).toBe(false);
    if (items.length > 0) expect((await blobsOfItems(items, true, longest - 1)).isTooLarge).toBe(true);
  }
  expect(most).toBeGreaterThan(5);
}, 60_000);
