import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ComponentFile } from '#flow/component-file';
import { stepsOf, type FlowDefinition } from '#flow/flow';
import { exportComponent, importComponent } from './component-file';
import { createComponent, getComponent, listComponents, updateComponent } from './components';
import { createEntry, deleteEntry, listEntries, updateEntry } from './entries';
import { createFlow, getFlow, listFlows } from './flows';
import { createTestDatabase, type TestDatabase } from './testing';
import { got, refusal } from './testing-result';
import { insertTestWorkspace, type TestWorkspace } from './testing-workspace';

let database: TestDatabase;
let here: TestWorkspace;
let there: TestWorkspace;
let file: ComponentFile;
let orders: string;
let customers: string;

const definition = (name: string, steps: object[]) => ({ schema: 1, kind: 'dataflow', name, lanes: [{ id: 'main', stages: [{ id: 'stg_1', name: 'A', steps }] }] });
const params = (flow: FlowDefinition, stepId: string) => stepsOf(flow).find((step) => step.id === stepId)?.params;

beforeAll(async () => {
  database = await createTestDatabase();
  [here, there] = [await insertTestWorkspace(database), await insertTestWorkspace(database)];
  const as = here.as.editor;
  customers = got(await createComponent(database, as, { title: 'Customers' })).component.id;
  const made = got(await createComponent(database, as, { title: 'Orders' })).component;
  orders = made.id;
  got(await updateComponent(database, as, orders, { settings: { description: 'What was ordered', icon: 'box' }, fields: [
    { name: 'number', title: 'Number', type: 'integer', primaryKey: true }, { name: 'customer', title: 'Customer', type: 'catalog', componentId: customers },
    { name: 'after', title: 'After', type: 'catalog', componentId: orders }, { name: 'parts', title: 'Parts', type: 'array', items: { type: 'catalog', componentId: orders } },
    { name: 'clerk', title: 'Clerk', type: 'catalog', componentId: 'user-info' }, { name: 'scan', title: 'Scan', type: 'file' },
  ] }));
  const given = { id: 'stp_1', type: 'get-raw-model', name: 'Given' };
  const { id: inner } = got(await createFlow(database, as, { componentId: orders, kind: 'dataflow', name: 'Inner', definition: definition('Inner', [given]) }));
  got(await createFlow(database, as, { componentId: orders, kind: 'dataflow', name: 'Outer', definition: definition('Outer', [
    given, { id: 'stp_2', type: 'execute-dataflow', name: 'Call', sources: { source: 'stp_1' }, params: { component: orders, dataflow: inner } },
    { id: 'stp_3', type: 'lookup-reference', name: 'Find', sources: { source: 'stp_2' }, params: { component: customers } },
  ]) }));
  got(await updateComponent(database, as, orders, { settings: { inputFlowId: inner } }));
  const ada = got(await createEntry(database, as, customers, { name: 'Ada' })).entry.id;
  const add = async (data: object) => got(await createEntry(database, as, orders, { name: null, data: { ...data } })).entry.id;
  const [gone, second, third] = [await add({ number: 1 }), await add({ number: 2, customer: { id: ada }, clerk: { id: as.user?.id ?? '' } }), await add({ number: 3 })];
  got(await updateEntry(database, as, orders, second, { data: { after: { id: third }, parts: [{ id: third }, { id: second }] } }));
  got(await deleteEntry(database, as, orders, gone));
  file = JSON.parse(JSON.stringify(got(await exportComponent(database, here.as.viewer, orders, { entries: true })).file));
});
afterAll(() => database.drop());

const entriesOf = async (workspace: TestWorkspace, id: string) => got(await listEntries(database, workspace.as.viewer, id, { limit: 50, sort: 'id' })).items;
const titles = async (workspace: TestWorkspace) => got(await listComponents(database, workspace.as.viewer, { limit: 50 })).items.map((each) => each.title).toSorted();

test('a file holds the model, the drafts and the entries, and names the components it leads to', async () => {
  expect(file.related).toEqual([{ id: customers, title: 'Customers' }]);
  expect([file.flows.length, file.entries?.map((each) => each.id)]).toEqual([2, [2, 3]]);
  expect(got(await exportComponent(database, here.as.viewer, orders, { entries: false })).file).not.toHaveProperty('entries');
});

test('a copy beside the original leads to itself, to its own flows and to the same others', async () => {
  const copy = got(await importComponent(database, here.as.editor, file));
  expect(copy).toMatchObject({ entries: 2, cleared: 0, missing: [] });
  const { component } = got(await getComponent(database, here.as.viewer, copy.id));
  const leads = component.fields.map((field) => field.componentId ?? (field.items?.type === 'catalog' ? field.items.componentId : null));
  expect(leads).toEqual([null, customers, copy.id, copy.id, 'user-info', null]);
  const idOf = (name: string) => copy.flows.find((each) => each.name === name)?.id ?? '';
  expect(component.settings).toMatchObject({ description: 'What was ordered', inputFlowId: idOf('Inner') });
  const outer = got(await getFlow(database, here.as.viewer, idOf('Outer'))).flow;
  expect(params(outer.definition, 'stp_2')).toMatchObject({ component: copy.id, dataflow: idOf('Inner') });
  expect(params(outer.definition, 'stp_3')).toMatchObject({ component: customers });
  const [first, second] = await entriesOf(here, copy.id);
  expect(first?.data).toMatchObject({ number: 2, customer: { name: 'Ada' }, after: { id: second?.id }, clerk: { id: here.as.editor.user?.id } });
  expect(first?.data['parts']).toMatchObject([{ id: second?.id }, { id: first?.id }]);
  expect([first?.id, second?.id]).toEqual([1, 2]);
});

test('elsewhere it waits for what its fields lead to; then what leads nowhere is left empty and counted', async () => {
  const refused = refusal(await importComponent(database, there.as.editor, file));
  expect([refused.code, refused.details]).toEqual(['COMPONENT_NOT_FOUND', [{ field: 'customer', componentId: customers, title: 'Customers' }]]);
  expect(await titles(there)).toEqual([]);
  const other = got(await createComponent(database, there.as.editor, { title: 'Customers' })).component.id;
  got(await createEntry(database, there.as.editor, other, { name: 'Somebody else' }));
  const copy = got(await importComponent(database, there.as.editor, file));
  expect(copy).toMatchObject({ entries: 2, cleared: 2, missing: [] }); // Ada and the clerk
  const outer = got(await getFlow(database, there.as.viewer, copy.flows.find((each) => each.name === 'Outer')?.id ?? '')).flow;
  expect(params(outer.definition, 'stp_3')).toMatchObject({ component: other });
  expect((await entriesOf(there, copy.id))[0]?.data).toMatchObject({ number: 2, customer: null, clerk: null, after: { id: 2 } });
});

test('one flow that is none, or an entry that does not fit, and nothing is made; a viewer makes nothing either', async () => {
  const before = await titles(here);
  const broken = { ...file, flows: [...file.flows, { id: 'flw_broken', definition: { schema: 1, surprise: true } }] };
  expect(refusal(await importComponent(database, here.as.editor, broken)).code).toBe('DEFINITION_INVALID');
  const twice = { ...file, entries: [...(file.entries ?? []), { id: 9, name: null, data: { number: 3 } }] };
  expect(refusal(await importComponent(database, here.as.editor, twice)).code).toBe('DUPLICATE_KEY');
  const unfit = { ...file, entries: [{ id: 9, name: null, data: { number: 'many' } }] };
  expect(refusal(await importComponent(database, here.as.editor, unfit)).code).toBe('VALIDATION_FAILED');
  expect(refusal(await importComponent(database, here.as.operator, file)).code).toBe('ACCESS_DENIED');
  expect(await titles(here)).toEqual(before);
  expect(got(await listFlows(database, here.as.viewer, { limit: 50 })).items.filter((each) => each.componentTitle === 'Orders')).toHaveLength(4);
});

test('a component that only a flow names may be missing: it is listed, and the draft shows where', async () => {
  const lone = { ...file, component: { ...file.component, fields: [] }, entries: [], related: [{ id: 'cmp_gone', title: 'Nowhere' }] };
  const made = got(await importComponent(database, there.as.editor, lone));
  expect(made.missing).toEqual([{ id: 'cmp_gone', title: 'Nowhere' }]);
});
