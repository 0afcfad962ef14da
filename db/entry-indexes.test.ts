import { and, eq, isNull, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ComponentField, ComponentModel } from '#flow/component-model';
import type { Filter } from '#flow/value';
import { createComponent, deleteComponent, getComponent, updateComponent } from './components';
import { createEntry, listEntries } from './entries';
import { filterSql, orderBy, sortKeys } from './entry-filter';
import { entryIndexes, indexEntries, mostIndexedFields } from './entry-indexes';
import { entryColumns } from './entry-models';
import { entries } from './schema';
import { createTestDatabase, type TestDatabase } from './testing';
import { got } from './testing-result';
import { insertTestWorkspace, type TestWorkspace } from './testing-workspace';

/** Query fields over 20,000 entries beside as many of another component. */
let database: TestDatabase;
let here: TestWorkspace;
let cars: ComponentModel;
const count = 20_000;
const fields = (query: boolean): ComponentField[] => [
  { name: 'vin', title: 'VIN', type: 'string', query }, { name: 'price', title: 'Price', type: 'number', query }, { name: 'sold', title: 'Sold', type: 'boolean', query },
  { name: 'day', title: 'Day', type: 'date', query }, { name: 'seller', title: 'Seller', type: 'catalog', componentId: 'user-info', query }, { name: 'tags', title: 'Tags', type: 'array', items: { type: 'string' }, query },
  { name: 'note', title: 'Note', type: 'string' },
];
beforeAll(async () => {
  database = await createTestDatabase();
  here = await insertTestWorkspace(database);
  const other = got(await createComponent(database, here.as.owner, { title: 'Other', fields: fields(false) })).component;
  cars = got(await createComponent(database, here.as.owner, { title: 'Cars', fields: fields(false) })).component;
  for (const id of [cars.id, other.id]) {
    await database.sql`insert into entries (component_id, id, name, data) select ${id}, n, 'Car ' || n, jsonb_build_object('vin', 'V' || lpad(n::text, 6, '0'), 'price', case when n % 10 = 0 then null else n % 5000 end, 'sold', n % 200 = 0,
      'day', to_char(date '2020-01-01' + n % 2000, 'YYYY-MM-DD'), 'seller', jsonb_build_object('id', 'usr_' || n % 500), 'tags', jsonb_build_array('t' || n % 900, 'all'), 'note', 'n' || n) from generate_series(1, ${count}) n`;
  }
  await database.sql`update components set last_entry_id = ${count} where id = ${cars.id}`;
  await database.sql`analyze entries`;
}, 60_000);
afterAll(() => database.drop());

const names = async () => (await database.sql<{ name: string }[]>`select indexname as name from pg_indexes where tablename = 'entries' and indexname like 'entries_q_%' order by 1`).map((each) => each.name);
const asked = async () => Number((await database.sql`select count(*) from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id where t.identifier = 'index-entries'`)[0]?.['count']);
/** The plan of what lists and "Query entity by filter" ask, with the same parameters. */
const planOf = async (filter: Filter, sort?: string) => {
  const wanted = and(eq(entries.componentId, cars.id), isNull(entries.deletedAt), filterSql(cars, filter));
  const query = database.db.select(entryColumns).from(entries).where(wanted).orderBy(...orderBy(sortKeys(cars, sort))).limit(51);
  const rows = await database.db.execute<{ 'QUERY PLAN': string }>(sql`explain ${query}`);
  return rows.map((row) => row['QUERY PLAN']).join('\n');
};
const is = (field: string, constant: string | number | boolean, operator: 'equal' | 'greater' | 'contains' | 'in' = 'equal'): Filter => ({ all: [{ field: `data.${field}`, operator, value: { const: operator === 'in' ? [constant] : constant } }] });
const filters: [string, Filter][] = [['text', is('vin', 'V000123')], ['text in a list', is('vin', 'V000123', 'in')], ['number', is('price', 77)], ['range', is('price', 4_990, 'greater')], ['flag', is('sold', true)], ['date', is('day', '2020-02-02')], ['person', is('seller', 'usr_7')], ['list', is('tags', 't7', 'contains')]];
const usesIndex = /entries_q_/;

test('without Query there is no index, and the same filters look at every entry of the component', async () => {
  expect(await names()).toEqual([]);
  for (const [what, filter] of filters) expect([what, await planOf(filter)]).toEqual([what, expect.not.stringMatching(usesIndex)]);
});

test('O14 flagging fields makes their indexes, beside writers that go on; filters and sorts of both directions use them and give the same', async () => {
  const all = async () => Promise.all([...filters.map(([, filter]) => listEntries(database, here.as.viewer, cars.id, { limit: 50, filter })), ...['data.vin', '-data.vin', 'data.price', '-data.price', '-data.day'].map((sort) => listEntries(database, here.as.viewer, cars.id, { limit: 50, sort }))]);
  const before = (await all()).map((each) => got(each)).map(({ items, total }) => [items.map((item) => item.id), total]);
  expect(before.every(([ids]) => Array.isArray(ids) && ids.length > 0)).toBe(true);
  cars = got(await updateComponent(database, here.as.owner, cars.id, { fields: fields(true) })).component;
  expect(await asked()).toBe(1);
  const made = indexEntries(database);
  const written = await Promise.all(Array.from({ length: 20 }, (_, at) => createEntry(database, here.as.owner, cars.id, { data: { note: `meanwhile ${at}` } })));
  expect(written.every((each) => each.ok)).toBe(true);
  expect(await made).toEqual({ made: 14, dropped: 0 });
  expect(await names()).toHaveLength(9);
  for (const [what, filter] of filters) expect([what, await planOf(filter)]).toEqual([what, expect.stringMatching(usesIndex)]);
  for (const sort of ['data.vin', '-data.vin', 'data.price', '-data.price', 'data.day', '-data.day']) expect([sort, await planOf({}, sort)]).toEqual([sort, expect.stringMatching(/Index Scan using entries_q_/)]);
  await database.sql`delete from entries where component_id = ${cars.id} and id > ${count}`;
  expect((await all()).map((each) => got(each)).map(({ items, total }) => [items.map((item) => item.id), total])).toEqual(before);
});

test('O14 text longer than an index takes is stored, found and sorted; a page goes on behind it', async () => {
  const long = 'é'.repeat(3_000);
  for (const end of ['b', 'a']) expect(await createEntry(database, here.as.owner, cars.id, { data: { vin: long + end } })).toMatchObject({ ok: true });
  const found = got(await listEntries(database, here.as.viewer, cars.id, { limit: 5, filter: is('vin', `${long}a`) }));
  expect(found.items.map((each) => each.id)).toEqual([count + 22]);
  const last = got(await listEntries(database, here.as.viewer, cars.id, { limit: 1, sort: '-data.vin' }));
  expect(last.items.map((each) => each.id)).toEqual([count + 21]);
  const next = got(await listEntries(database, here.as.viewer, cars.id, { limit: 2, sort: '-data.vin', cursor: last.nextCursor ?? '' }));
  expect(next.items.map((each) => each.id)).toEqual([count + 22, count]);
});

test('O14 indexes go when the flag is cleared, the type changes or the component is deleted; what was left half done is mended', async () => {
  const some = cars.fields.map((field) => ({ ...field, query: field.name === 'price' || field.name === 'vin' }));
  got(await updateComponent(database, here.as.owner, cars.id, { fields: some }));
  expect(await indexEntries(database)).toEqual({ made: 0, dropped: 8 });
  const kept = await names();
  await database.sql`update pg_index set indisvalid = false where indexrelid = ${kept[0] ?? ''}::regclass`;
  expect(await Promise.all([indexEntries(database), indexEntries(database)])).toEqual(expect.arrayContaining([{ made: 1, dropped: 1 }, { made: 0, dropped: 0 }]));
  expect(await names()).toEqual(kept);
  got(await deleteComponent(database, here.as.owner, cars.id));
  expect(await indexEntries(database)).toEqual({ made: 0, dropped: 6 });
});

test('O14 the first ten flagged fields are indexed; names that are no names never come near a statement', async () => {
  const many: ComponentField[] = Array.from({ length: 14 }, (_, at) => ({ name: `f_${'x'.repeat(55)}_${at}`, title: 'F', type: 'integer', query: true }));
  const made = got(await createComponent(database, here.as.owner, { title: 'Wide', fields: many })).component;
  expect(await indexEntries(database)).toEqual({ made: 3 * mostIndexedFields, dropped: 0 });
  expect((await names()).every((name) => name.length < 63)).toBe(true);
  expect(got(await getComponent(database, here.as.owner, made.id)).component.fields).toHaveLength(14);
  expect(entryIndexes({ id: `x'; drop table entries; --`, title: '', settings: {}, fields: [{ name: `a'); drop table entries; --`, title: 'A', type: 'string', query: true }] })).toEqual([]);
  const [index] = entryIndexes({ id: `x'; drop table entries; --`, title: '', settings: {}, fields: [{ name: 'a', title: 'A', type: 'string', query: true }] });
  expect(index?.statement).toContain(`component_id = 'x''; drop table entries; --'`);
});
