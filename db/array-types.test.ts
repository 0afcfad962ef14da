import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { arrayTypes } from './array-types';
import { createTestDatabase, type TestDatabase } from './testing';

let database: TestDatabase;
beforeAll(async () => (database = await createTestDatabase()));
afterAll(() => database.drop());

const odd = ['plain', '', 'null', 'NULL', 'a,b', '{}', 'say "yes"', 'back\\slash\\"', ' space ', 'é\n\t☃', '\\x41'];
const samples: Record<string, readonly unknown[]> = {
  bool: [true, false], int2: [-3, 0, 32_767], int4: [-2_147_483_648, 7], int8: ['9223372036854775807', '-1'], float8: [0.1, -1e300],
  numeric: ['0.10', '-12345678901234567890.5'], text: odd, varchar: odd, name: ['a_b', 'say "yes"'], uuid: ['0192d3a4-7c11-7b6e-8f00-000000000001'],
  json: [{ a: ['"', '\\', null] }, 'text', 3], jsonb: [{ a: ['"', '\\', null] }, 'text', 3], timestamptz: [new Date('2026-11-27T12:34:56.789Z')], bytea: [Buffer.from([0, 92, 34, 255])],
};

test('every array type of ours has the number that PostgreSQL gives it, and covers each array column of the schema', async () => {
  const rows = await database.sql<{ name: string; oid: number }[]>`select e.typname as name, e.typarray::int as oid from pg_type e join pg_namespace n on n.oid = e.typnamespace where n.nspname = 'pg_catalog' and e.typarray <> 0`;
  const known = new Map(rows.map((row) => [`${row.name}[]`, row.oid]));
  expect(Object.fromEntries(Object.entries(arrayTypes).map(([name, type]) => [name, type.to]))).toEqual(Object.fromEntries(Object.keys(arrayTypes).map((name) => [name, known.get(name)])));
  const columns = await database.sql<{ name: string }[]>`select distinct e.typname || '[]' as name from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
    join pg_type t on t.oid = a.atttypid join pg_type e on e.oid = t.typelem where t.typcategory = 'A' and c.relkind in ('r', 'p') and n.nspname in ('public', 'drizzle')`;
  expect(columns.length).toBeGreaterThan(0);
  expect(columns.map((column) => column.name).filter((name) => !(name in arrayTypes))).toEqual([]);
});

test('arrays of every type go in and come back as with the types the driver asks the database for', async () => {
  const asking = postgres(database.url, { max: 1, onnotice: () => {} });
  expect(Object.keys(arrayTypes).sort()).toEqual(Object.keys(samples).map((name) => `${name}[]`).sort());
  for (const [name, values] of Object.entries(samples)) {
    for (const given of [values, [], [...values, ...values]]) {
      // With its number: the driver takes an array of booleans or times for one of them.
      const through = async (sql: postgres.Sql) => [...await sql<{ is: unknown; count: number }[]>`select a as is, cardinality(a) as count from (select ${sql.typed(given as never, arrayTypes[`${name}[]`]?.to ?? 0)} as a) given`];
      expect(await through(database.sql), name).toEqual(await through(asking));
      expect(await through(database.sql), name).toEqual([{ is: given, count: given.length }]);
    }
  }
  await asking.end({ timeout: 1 });
});

test('arrays hold nulls and arrays, and a literal somebody has written stays one', async () => {
  const [row] = await database.sql`select ${[null, 'a', null] as never}::text[] as nulls, ${[[1, 2], [3, 4]] as never}::int[] as nested, ${'{"a b",c}' as never}::text[] as literal, (${[[1, 2], [3, 4]] as never}::int[])[2][1] as one`;
  expect(row).toEqual({ nulls: [null, 'a', null], nested: [[1, 2], [3, 4]], literal: ['a b', 'c'], one: 3 });
  await expect(Promise.resolve(database.sql`select ${['a', undefined] as never}::text[]`)).rejects.toThrow('holds undefined');
});
