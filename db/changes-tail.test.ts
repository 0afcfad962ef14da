import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { changesAfter, changesHead, type ChangeCursor } from './changes-tail';
import { recordChange } from './record-change';
import { createTestDatabase, type TestDatabase } from './testing';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => database.drop());

const change = (objectId: string) => ({ workspaceId: 'wks_1', topic: 'file' as const, objectId });

it('a change that commits late is not skipped, though a later number was committed before it', async () => {
  let cursor: ChangeCursor = await changesHead(database.sql);
  const seen: string[] = [];
  const read = async () => {
    const found = await changesAfter(database.sql, cursor);
    cursor = found.cursor;
    seen.push(...found.items.map((each) => each.objectId));
  };
  await database.db.transaction(async (slow) => {
    await recordChange(slow, change('slow'));
    await recordChange(database.db, change('fast'));
    await read();
    expect(seen).toEqual([]);
  });
  // The oldest running transaction may be another database's.
  for (let tries = 0; seen.length < 2 && tries < 1_000; tries++) {
    await read();
    await pause(10);
  }
  expect(seen.toSorted()).toEqual(['fast', 'slow']);
  await read();
  expect(seen).toHaveLength(2);
});
