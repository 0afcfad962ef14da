import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createComponent } from './components';
import { createEntry, listEntries, writeEntry } from './entries';
import { EntryNumbers } from './entry-numbers';
import { createTestDatabase, type TestDatabase } from './testing';
import { got } from './testing-result';
import { insertTestWorkspace, type TestWorkspace } from './testing-workspace';

let database: TestDatabase;
let here: TestWorkspace;
let connections: postgres.Sql[];
let numbers: EntryNumbers[];

beforeAll(async () => {
  database = await createTestDatabase();
  here = await insertTestWorkspace(database);
  // As many processes would have.
  connections = Array.from({ length: 3 }, () => postgres(database.url, { max: 1, connection: { lock_timeout: 200 } }));
  numbers = connections.map((sql) => new EntryNumbers(sql));
});
afterAll(async () => {
  await Promise.all(connections.map((sql) => sql.end()));
  await database.drop();
});

const component = async () => got(await createComponent(database, here.as.editor, { title: 'Things', fields: [{ name: 'n', title: 'N', type: 'integer' }] })).component.id;
const actor = () => ({ workspaceId: here.as.editor.workspaceId, userId: null });
const write = (componentId: string, n: number) => ({ componentId, entryId: null, remove: false, data: { n }, noTracking: false });

test('many who ask at once, in several processes and beside people who count within their transactions, never get one number twice', async () => {
  const [first, second] = [await component(), await component()];
  const given = new Map([[first, new Set<number>()], [second, new Set<number>()]]);
  const asked = numbers.flatMap((each, at) => Array.from({ length: 60 }, async (_, n) => {
    const [id, count] = [n % 2 === 0 ? first : second, 1 + ((n + at) % 3)];
    const start = await each.take(id, count);
    for (let number = start ?? 0; number < (start ?? 0) + count; number++) {
      expect(given.get(id)?.has(number), `${number} twice`).toBe(false);
      given.get(id)?.add(number);
    }
  }));
  const people = Array.from({ length: 20 }, async (_, n) => got(await createEntry(database, here.as.editor, first, { data: { n } })).entry.id);
  await Promise.all(asked);
  for (const id of await Promise.all(people)) expect(given.get(first)?.has(id), `${id} twice`).toBe(false);
  expect([...given.values()].map((set) => set.has(0))).toEqual([false, false]);
});

test('who asks from within a transaction that somebody waits for, who holds the row, counts by itself instead of waiting for ever', async () => {
  const id = await component();
  const [taker] = numbers;
  let [hold, release] = [() => {}, () => {}];
  const isHeld = new Promise<void>((resolve) => (hold = resolve));
  const isOver = new Promise<void>((resolve) => (release = resolve));
  const holder = database.sql.begin(async (sql) => {
    await sql`update components set last_entry_id = last_entry_id + 1 where id = ${id}`;
    hold();
    await isOver;
  });
  await isHeld;
  await database.db.transaction(async (tx) => {
    expect(await taker?.take(id, 1), 'the row is locked').toBeNull();
    const written = writeEntry(tx, { ...actor(), ...(taker ? { numbers: taker } : {}) }, write(id, 1));
    setTimeout(release, 500); // longer than the lock limit
    expect((await written).entryId, 'after the one that the holder counted').toBe(2);
  });
  await holder;
  expect(got(await listEntries(database, here.as.editor, id, { limit: 10 })).items.map((each) => each.id)).toEqual([2]);
});

test('a component that is not there gives none', async () => {
  const [taker] = numbers;
  expect(await taker?.take('cmp_none', 1)).toBeNull();
});
