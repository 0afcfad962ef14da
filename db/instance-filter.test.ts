import { afterAll, beforeAll, expect, test } from 'vitest';
import type { InstanceFilter, InstanceState } from '#flow/instance-state';
import { createComponent } from './components';
import { createEntry, listEntries } from './entries';
import { createFlow } from './flows';
import { listInstances } from './instances';
import { instances } from './schema';
import { createTestDatabase, type TestDatabase } from './testing';
import { got } from './testing-result';
import { insertTestWorkspace, type TestWorkspace } from './testing-workspace';

let database: TestDatabase;
let here: TestWorkspace;
let componentId: string;

/** Entry 1 failed after it had finished, 2 and 5 wait, 3 and 6 were never worked on, 4 is finished. */
const history: [entryId: number, ...states: InstanceState[]][] = [[1, 'finished', 'failed'], [2, 'draft', 'waiting'], [4, 'failed', 'finished'], [5, 'waiting']];

beforeAll(async () => {
  database = await createTestDatabase();
  here = await insertTestWorkspace(database);
  const make = async (): Promise<string> => {
    const { id } = got(await createComponent(database, here.as.editor, { title: 'Orders', fields: [] })).component;
    for (let count = 0; count < 6; count += 1) got(await createEntry(database, here.as.editor, id, { name: `Order ${count + 1}` }));
    const flowId = got(await createFlow(database, here.as.editor, { componentId: id, kind: 'workflow', name: 'Approve' })).id;
    const rows = history.flatMap(([entryId, ...states]) => states.map((state, turn) => ({ id: `${id}_${entryId}_${turn}`, workspaceId: here.id, componentId: id, flowId, entryId, state, createdAt: new Date(Date.UTC(2026, 0, 1, turn)) })));
    await database.db.insert(instances).values(rows);
    return id;
  };
  await make(); // instances of another component's entries with the same ids
  componentId = await make();
});
afterAll(() => database.drop());

async function found(...instanceState: InstanceFilter[]): Promise<{ ids: number[]; total: number }> {
  const { items, total } = got(await listEntries(database, here.as.viewer, componentId, { limit: 50, sort: 'id', instanceState }));
  return { ids: items.map((entry) => entry.id), total };
}

test('entries are found by the state of their newest workflow instance, or that there is none', async () => {
  expect(await found('failed')).toEqual({ ids: [1], total: 1 });
  expect(await found('waiting', 'finished')).toEqual({ ids: [2, 4, 5], total: 3 });
  expect(await found('none')).toEqual({ ids: [3, 6], total: 2 });
  expect(await found('none', 'failed')).toEqual({ ids: [1, 3, 6], total: 3 });
  expect(await found('draft')).toEqual({ ids: [], total: 0 });
});

test('pages of a state follow one another without a gap, with the total of all, beside a filter', async () => {
  const wanted = { sort: '-id', instanceState: ['waiting', 'none'] as const, limit: 1 };
  const seen: number[] = [];
  let cursor: string | undefined;
  do {
    const page = got(await listEntries(database, here.as.viewer, componentId, { ...wanted, ...(cursor === undefined ? {} : { cursor }) }));
    expect(page.total).toBe(4);
    seen.push(...page.items.map((entry) => entry.id));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  expect(seen).toEqual([6, 5, 3, 2]);
  const named = got(await listEntries(database, here.as.viewer, componentId, { ...wanted, limit: 10, filter: { all: [{ field: 'name', operator: 'equal', value: { const: 'Order 5' } }] } }));
  expect(named.items.map((entry) => entry.id)).toEqual([5]);
});

test('the newest instance of some entries comes alone', async () => {
  const { items } = got(await listInstances(database, here.as.viewer, componentId, { limit: 50, newest: true, entryId: [1, 2, 3] }));
  expect(items.map((each) => [each.entryId, each.state]).toSorted()).toEqual([[1, 'failed'], [2, 'waiting']]);
  expect(got(await listInstances(database, here.as.viewer, componentId, { limit: 50, entryId: 1 })).items.map((each) => each.state)).toEqual(['failed', 'finished']);
});
