import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEntry, deleteEntry, listEntries } from '#db/entries';
import { insertTestWorkspace } from '#db/testing-workspace';
import { components } from '#db/schema/index';
import { runEvents } from '#db/runs';
import type { ComponentField } from '#flow/component-model';
import { newId } from '#flow/id';
import type { Json } from '#flow/json';
import { aStep, engineTest, type EngineTest } from './testing';

/** Steps that read entries, over a real database. */
let t: EngineTest;
let cars: string;
const ids: Record<string, number> = {};
const makers = async () => t.componentId;
const insertComponent = async (fields: ComponentField[], workspaceId = t.access.workspaceId) => {
  const id = newId('cmp');
  await t.database.db.insert(components).values({ id, workspaceId, title: 'Cars', fields });
  return id;
};
const insert = async (componentId: string, data: { [field: string]: Json }, name?: string) => {
  const made = await createEntry(t.database, t.access, componentId, { data, ...(name === undefined ? {} : { name }) });
  if (!made.ok) throw new Error(made.failure.message);
  return made.entry.id;
};

beforeAll(async () => {
  t = await engineTest();
  await t.start();
  const maker = await makers();
  ids['volvo'] = await insert(maker, { user_name: 'Volvo', state: 1 }, 'Volvo');
  ids['saab'] = await insert(maker, { user_name: 'Saab', state: 2 }, 'Saab');
  cars = await insertComponent([
    { name: 'vin', title: 'VIN', type: 'string', primaryKey: true, query: true }, { name: 'year', title: 'Year', type: 'integer', primaryKey: true, query: true }, { name: 'price', title: 'Price', type: 'number' },
    { name: 'sold', title: 'Sold', type: 'datetime' }, { name: 'maker', title: 'Maker', type: 'catalog', componentId: maker }, { name: 'others', title: 'Others', type: 'array', items: { type: 'catalog', componentId: maker } },
  ]);
  for (let number = 1; number <= 6; number++) {
    await insert(cars, { vin: `X${number}`, year: 2000 + number, price: number * 1.5, sold: `2026-01-0${number}T10:00:00+02:00`, maker: ids['volvo'] ?? 0, others: [ids['saab'] ?? 0] }, `Car ${number}`);
  }
});
afterAll(() => t.close());

const given = aStep('given', 'get-raw-model');
async function outputOf(type: string, params: { [key: string]: Json }, input: Json) {
  const run = await t.finished(await t.run(await t.insertFlow([given, aStep('read', type, params, 'given'), aStep('answer', 'write-response', {}, 'read')]), { input }));
  if (run.error) throw new Error(`${run.error.code}: ${run.error.message}`);
  return run.output;
}
const query = (params: { [key: string]: Json }, input: Json) => outputOf('query-entity-by-filter', { component: cars, dstField: 'cars', ...params }, input);

describe('query entity by filter', () => {
  test('F50 finds by constants and by the item’s own values, sorted, with the total beside', async () => {
    const filter = { all: [{ field: 'year', operator: 'greater', value: { field: 'since' } }, { field: 'data.maker', operator: 'equal', value: { const: ids['volvo'] ?? 0 } }] };
    expect(await query({ filter, sort: [{ field: 'price', direction: 'desc' }], limit: 2 }, { since: '2002' })).toMatchObject({ since: '2002', cars: [{ name: 'Car 6', data: { vin: 'X6', maker: { name: 'Volvo' } } }, { name: 'Car 5' }], cars_total: 4 });
  });

  test('F50 each item has its own list; nothing found is an empty one; without a filter all are found, by id', async () => {
    const filter = { any: [{ field: 'vin', operator: 'equal', value: { field: 'v' } }] };
    expect(await query({ filter }, [{ v: 'X2' }, { v: 'none' }, { v: 'X2' }])).toMatchObject([{ cars: [{ data: { vin: 'X2' } }], cars_total: 1 }, { cars: [], cars_total: 0 }, { cars: [{ data: { vin: 'X2' } }] }]);
    expect(await query({}, {})).toMatchObject({ cars_total: 6, cars: [{ name: 'Car 1' }, {}, {}, {}, {}, { name: 'Car 6' }] });
  });

  test('F50 an empty value of the item compares with null, whatever the operator', async () => {
    const by = (operator: string) => ({ filter: { all: [{ field: 'price', operator, value: { field: 'p' } }] } });
    expect(await query(by('greater'), { p: null })).toMatchObject({ cars_total: 0 });
    expect(await query(by('notEqual'), {})).toMatchObject({ cars_total: 6 });
  });

  test('dates compare as instants, and a value of another type names its item', async () => {
    expect(await query({ filter: { all: [{ field: 'sold', operator: 'lessOrEqual', value: { const: '2026-01-02T08:00:00Z' } }] } }, {})).toMatchObject({ cars_total: 2 });
    const run = await t.finished(await t.run(await t.insertFlow([given, aStep('read', 'query-entity-by-filter', { component: cars, dstField: 'cars', filter: { all: [{ field: 'year', operator: 'equal', value: { field: 'y' } }] } }, 'given')]), { input: [{ y: 1 }, { y: 'soon' }] }));
    expect(run.error).toMatchObject({ code: 'TYPE_MISMATCH', itemIndex: 1, stepId: 'read' });
  });

  test('F51 a replay reads nothing again: what was found is in the run’s record', async () => {
    const flow = await t.insertFlow([given, aStep('read', 'query-entity-by-filter', { component: cars, dstField: 'cars' }, 'given'), aStep('answer', 'write-response', {}, 'read')]);
    const runId = await t.run(flow, { input: {} });
    await t.finished(runId);
    const late = await insert(cars, { vin: 'late', year: 1 });
    expect((await t.finished(runId)).output).toMatchObject({ cars_total: 6 });
    await deleteEntry(t.database, t.access, cars, late);
    expect(await query({}, {})).toMatchObject({ cars_total: 6 });
  });
});

describe('get entity by id', () => {
  const get = (input: Json) => outputOf('get-entity-by-id', { component: cars, srcField: 'id', dstField: 'car' }, input);
  test('F50 takes ids, numeric text and references; unknown, deleted and empty ones give null', async () => {
    const gone = await insert(cars, { vin: 'gone', year: 1 });
    await deleteEntry(t.database, t.access, cars, gone);
    expect(await get([{ id: 1 }, { id: '2' }, { id: { id: 3, name: 'x' } }, { id: null }, {}, { id: 9_999 }, { id: gone }, { id: -1 }, { id: 1e15 }]))
      .toMatchObject([{ car: { name: 'Car 1' } }, { car: { id: 2 } }, { car: { id: 3, data: { vin: 'X3' } } }, { car: null }, { car: null }, { car: null }, { car: null }, { car: null }, { car: null }]);
  });

  test('another workspace’s component does not exist here', async () => {
    const { id } = await insertTestWorkspace(t.database);
    const foreign = await insertComponent([], id);
    for (const type of ['get-entity-by-id', 'query-entity-by-filter', 'lookup-reference']) {
      const run = await t.finished(await t.run(await t.insertFlow([given, aStep('read', type, { component: foreign, ...(type === 'lookup-reference' ? { fieldName: 'x' } : { dstField: 'x' }), ...(type === 'get-entity-by-id' ? { srcField: 'id' } : {}) }, 'given')]), { input: { id: 1 } }));
      expect(run.error?.code).toBe('COMPONENT_NOT_FOUND');
    }
  });
});

describe('lookup reference', () => {
  const lookup = (input: Json, more: { [key: string]: Json } = {}) => outputOf('lookup-reference', { component: cars, fieldName: '_car', ...more }, input);
  test('F50 finds by the whole key, converted to its types; no match and an empty part give null', async () => {
    const keys = [{ target: 'vin', value: { field: 'v' } }, { target: 'year', value: { field: 'y' } }];
    expect(await lookup([{ v: 'X1', y: '2001' }, { v: 'X1', y: 2002 }, { v: 'X1' }, { v: null, y: 2001 }], { keys })).toMatchObject([{ _car: 1 }, { _car: null }, { _car: null }, { _car: null }]);
    expect(await lookup({ data: { vin: 'X2', year: 2002 } })).toMatchObject({ _car: 2 });
  });

  test('lookup then update is an upsert', async () => {
    const flow = await t.insertFlow([given, aStep('look', 'lookup-reference', { component: cars, fieldName: '_car' }, 'given'), aStep('write', 'update-entry', { component: cars, keyField: '_car' }, 'look'), aStep('answer', 'write-response', {}, 'write')]);
    const first = await t.finished(await t.run(flow, { input: [{ vin: 'new', year: 2030, price: 1 }, { vin: 'X3', year: 2003, price: 99 }] }));
    const second = await t.finished(await t.run(flow, { input: [{ vin: 'new', year: 2030, price: 2 }] }));
    expect(first.output).toMatchObject([{ _car: null }, { _car: 3, _entry: 3 }]);
    expect(second.output).toMatchObject([{ price: 2, _car: expect.any(Number) }]);
    const listed = await listEntries(t.database, t.access, cars, { limit: 50, filter: { all: [{ field: 'vin', operator: 'equal', value: { const: 'new' } }] } });
    expect(listed).toMatchObject({ total: 1, items: [{ data: { price: 2 } }] });
  });
});

describe('load catalogs by key', () => {
  const flowOf = (fields: string[] | null) => t.insertFlow([
    given, aStep('get', 'get-entity-by-id', { component: cars, srcField: 'id', dstField: 'car' }, 'given'), aStep('load', 'load-catalogs-by-key', fields ? { fields } : {}, 'get'), aStep('answer', 'write-response', {}, 'load'),
  ]);
  test('F50 loads the references of the model, lists of them too; a deleted one is said to be missing', async () => {
    const maker = await insert(t.componentId, { user_name: 'Brief', state: 1 }, 'Brief');
    const car = await insert(cars, { vin: 'brief', year: 1, maker, others: [maker, ids['saab'] ?? 0] });
    const flow = await flowOf(null);
    const before = await t.finished(await t.run(flow, { input: { id: car } }));
    expect(before.output).toMatchObject({ car: { data: { maker: { id: maker, name: 'Brief', data: { user_name: 'Brief' } }, others: [{ data: { user_name: 'Brief' } }, { data: { user_name: 'Saab' } }] } } });
    await deleteEntry(t.database, t.access, t.componentId, maker);
    const after = await t.finished(await t.run(flow, { input: { id: car } }));
    expect(after.output).toMatchObject({ car: { data: { maker: { id: maker, $missing: true } } } });
  });

  test('only those chosen, people when asked for; a model without references is unchanged, with a warning', async () => {
    const chosen = await t.finished(await t.run(await flowOf(['car.data.others', 'car.creatorSubject']), { input: { id: 1 } }));
    expect(chosen.output).toMatchObject({ car: { creatorSubject: { id: t.access.user?.id, data: { email: expect.stringContaining('@') } }, data: { maker: { id: ids['volvo'] }, others: [{ data: { user_name: 'Saab' } }] } } });
    expect(chosen.output).not.toMatchObject({ car: { data: { maker: { data: {} } } } });
    const none = await t.finished(await t.run(await t.insertFlow([given, aStep('load', 'load-catalogs-by-key', {}, 'given'), aStep('answer', 'write-response', {}, 'load')]), { input: { a: 1 } }));
    expect(none).toMatchObject({ output: { a: 1 }, warnings: 1 });
    expect((await runEvents(t.database, t.access, none.id, { after: 0, limit: 100 })).ok).toBe(true);
  });
});
