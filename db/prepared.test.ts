import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type Database } from './client';
import { workspaces } from './schema';
import { createTestDatabase, type TestDatabase } from './testing';

let database: TestDatabase;
let one: Database;
beforeAll(async () => {
  database = await createTestDatabase();
  one = connect(database.url, { max: 1 });
});
afterAll(async () => {
  await one.close();
  await database.drop();
});

const named = (id: string) => one.db.select({ name: workspaces.name }).from(workspaces).where(eq(workspaces.id, id));
const prepared = async (like: string) => Number((await one.db.execute<{ count: string }>(sql.raw(`select count(*) from pg_prepared_statements where statement like '${like}'`)))[0]?.count);

test('a statement is prepared once for its connection, in transactions and savepoints too, and gives what it gave', async () => {
  await one.db.insert(workspaces).values({ id: 'wks_1', name: 'One' });
  for (let at = 0; at < 7; at++) expect(await named('wks_1')).toEqual([{ name: 'One' }]);
  await one.db.transaction(async (tx) => {
    expect(await tx.select({ name: workspaces.name }).from(workspaces).where(eq(workspaces.id, 'wks_1'))).toEqual([{ name: 'One' }]);
    await tx.transaction((inner) => inner.update(workspaces).set({ name: 'Two' }).where(eq(workspaces.id, 'wks_1')));
  });
  expect(await named('wks_1')).toEqual([{ name: 'Two' }]);
  expect([await prepared('select "name" from "workspaces"%'), await prepared('update "workspaces"%')]).toEqual([1, 1]);
});

test('a table that changes meanwhile disturbs nobody', async () => {
  for (let at = 0; at < 7; at++) expect(await one.db.execute(sql`select * from workspaces where id = ${'wks_1'}`)).toHaveLength(1);
  await one.db.execute(sql.raw('alter table workspaces add column fresh text'));
  expect(await one.db.execute(sql`select * from workspaces where id = ${'wks_1'}`)).toMatchObject([{ name: 'Two', fresh: null }]);
});

test('what names a field by a parameter is planned each time; what is long and what comes beyond the number too', async () => {
  for (let at = 0; at < 3; at++) await one.db.execute(sql`select count(*) from entries where data->>${'vin'}::text = ${'V'}`);
  for (let at = 0; at < 500; at++) await one.db.execute(sql`select ${at}::int as ${sql.raw(`x_${at}`)}`);
  await one.db.execute(sql`select ${1}::int ${sql.raw(`/* ${'long '.repeat(2_000)} */`)}`);
  expect([await prepared('%vin%'), await prepared('%data->>%'), await prepared('%long long%')]).toEqual([0, 0, 0]);
  expect(await prepared('select $1::int as x_%')).toBeGreaterThan(300);
  expect(await prepared('%')).toBeLessThanOrEqual(420);
  expect(await named('wks_1')).toEqual([{ name: 'Two' }]);
});
