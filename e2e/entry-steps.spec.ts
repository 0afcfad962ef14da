import { EditorPage } from './editor-page';
import { expect, test, type Api } from './fixtures';
import { componentWith, dataflow, publishedFlow, type Run } from './flows';

/** Steps that read and write entries or call another flow, seen where people see them: in the grid and in the runs. */
type Entry = { id: number; data: { title: string; color: string; price: number } };
type Detail = Run & { parentRunId: string | null };

const fields = [
  { name: 'title', title: 'Title', type: 'string', required: true }, { name: 'color', title: 'Color', type: 'string', query: true },
  { name: 'price', title: 'Price', type: 'number' }, { name: 'state', title: 'State', type: 'integer' },
];
const entriesOf = async (api: Api, component: string) => (await api.get<{ items: Entry[] }>(`/components/${component}/entries?sort=id`)).items;
const insert = (api: Api, component: string, data: object) => api.send<{ id: number }>('POST', `/components/${component}/entries`, { data });

/** Every car of a colour becomes ten dearer, the one without a price stays out. */
const dearer = (component: string) => dataflow('Dearer', [
  { id: 'stp_given', type: 'get-raw-model', name: 'Given', params: { model: '{"color":""}' } },
  { id: 'stp_find', type: 'query-entity-by-filter', name: 'Find', sources: { source: 'stp_given' }, params: { component, dstField: 'cars', filter: { all: [{ field: 'color', operator: 'equal', value: { field: 'color' } }, { field: 'price', operator: 'notEqual', compareWithNull: true }] } } },
  { id: 'stp_each', type: 'extract-collection', name: 'Each', sources: { source: 'stp_find' }, params: { modelPath: 'cars' } },
  { id: 'stp_add', type: 'simple-math', name: 'Add ten', sources: { source: 'stp_each' }, params: { operations: [{ left: { field: 'data.price' }, op: '+', right: { const: 10 }, resultField: 'newPrice' }] } },
  { id: 'stp_save', type: 'update-entry', name: 'Save', sources: { source: 'stp_add' }, params: { component, keyField: 'id', fieldsMapping: [{ target: 'price', value: { field: 'newPrice' } }] } },
  { id: 'stp_answer', type: 'write-response', name: 'Answer', sources: { source: 'stp_save' } },
]);

test('Users see in an open grid what a flow found and changed, and its answer names every entry', async ({ ana }) => {
  const { api } = ana;
  const component = await componentWith(api, 'Priced cars', fields);
  for (const [title, color, price] of [['Ada', 'red', 1.5], ['Bea', 'blue', 2], ['Cleo', 'red', 3], ['Dora', 'red', null]] as const) await insert(api, component, { title, color, price });
  const flow = await publishedFlow(api, component, 'dataflow', dearer(component));
  const { page } = await ana.open(`/components/${component}`);
  const grid = page.getByRole('grid').or(page.getByRole('table'));
  const rowOf = (title: string) => grid.getByRole('row').filter({ hasText: title });
  await expect(rowOf('Ada').getByText('1.5', { exact: true })).toBeVisible();
  const run = await api.send<{ status: string; output: { id: number; _entry: number; newPrice: number }[] }>('POST', `/flows/${flow}/runs`, { input: { color: 'red' }, waitSeconds: 30 }, 200);
  expect([run.status, run.output.map((each) => [each._entry === each.id, each.newPrice])]).toEqual(['succeeded', [[true, 11.5], [true, 13]]]);
  await expect(rowOf('Ada').getByText('11.5', { exact: true })).toBeVisible();
  await expect(rowOf('Cleo').getByText('13', { exact: true })).toBeVisible();
  expect((await entriesOf(api, component)).map((each) => each.data.price)).toEqual([11.5, 2, 13, null]);
  const none = await api.send<{ status: string; output: unknown }>('POST', `/flows/${flow}/runs`, { input: { color: 'green' }, waitSeconds: 30 }, 200);
  expect([none.status, none.output]).toEqual(['succeeded', []]);
});

/** A dataflow that a workflow calls, and the two ways to take its answer. */
async function judged(api: Api, component: string, applyResponse: boolean): Promise<string> {
  const called = await publishedFlow(api, component, 'dataflow', dataflow(`Judge ${applyResponse}`, [
    { id: 'stp_model', type: 'get-workflow-model', name: 'Model' },
    { id: 'stp_out', type: 'transform-model', name: 'Judge', sources: { source: 'stp_model' }, params: { fieldsMapping: [{ target: 'data.state@integer', value: { expr: 'item.data.price > 10 ? 2 : 1' } }, { target: 'data.color', value: { const: 'judged' } }] } },
    { id: 'stp_answer', type: 'write-response', name: 'Answer', sources: { source: 'stp_out' } },
  ]));
  return publishedFlow(api, component, 'workflow', {
    schema: 1, kind: 'workflow', name: `Judging ${applyResponse}`, lanes: [{ id: 'main', stages: [{ id: 'stg_1', name: 'Judge', steps: [
      { id: 'stp_call', type: 'execute-dataflow', name: 'Ask', params: { dataflow: called, ...(applyResponse ? {} : { applyResponse: false }) } }, { id: 'stp_store', type: 'update-model', name: 'Store' },
    ] }] }],
  });
}

test('Users see the answer of a called flow in the entry when it is applied, and nothing of it when it is not', async ({ ana }) => {
  const { api } = ana;
  const component = await componentWith(api, 'Judged cars', fields);
  const { id } = await insert(api, component, { title: 'Eve', color: 'red', price: 12 });
  const { page } = await ana.open(`/components/${component}`);
  const row = page.getByRole('grid').or(page.getByRole('table')).getByRole('row').filter({ hasText: 'Eve' });
  await expect(row.getByText('red', { exact: true })).toBeVisible();
  const ignoring = await api.send<Run>('POST', `/flows/${await judged(api, component, false)}/runs`, { entryId: id, waitSeconds: 30 }, 200);
  expect([ignoring.status, (await entriesOf(api, component))[0]?.data]).toMatchObject(['succeeded', { color: 'red', state: null }]);
  const applying = await api.send<Run>('POST', `/flows/${await judged(api, component, true)}/runs`, { entryId: id, waitSeconds: 30 }, 200);
  expect(applying).toMatchObject({ status: 'succeeded', output: { state: 'finished', data: { state: 2, color: 'judged', title: 'Eve' } } });
  await expect(row.getByText('judged', { exact: true })).toBeVisible();
});

test('Users follow a run into the runs it began and back, whether it waited for them or not', async ({ ana }) => {
  const { api } = ana;
  const component = await componentWith(api, 'Called cars', fields);
  const saving = await publishedFlow(api, component, 'workflow', { schema: 1, kind: 'workflow', name: 'Save car', lanes: [{ id: 'main', stages: [{ id: 'stg_1', name: 'Save', steps: [{ id: 'stp_store', type: 'update-model', name: 'Store' }] }] }] });
  const inner = await publishedFlow(api, component, 'dataflow', dataflow('Inner', [{ id: 'stp_given', type: 'get-raw-model', name: 'Given' }, { id: 'stp_answer', type: 'write-response', name: 'Answer', sources: { source: 'stp_given' } }]));
  const outer = await publishedFlow(api, component, 'dataflow', dataflow('Outer', [
    { id: 'stp_given', type: 'get-raw-model', name: 'Given' },
    { id: 'stp_call', type: 'execute-dataflow', name: 'Call', sources: { source: 'stp_given' }, params: { component, dataflow: inner, resultField: 'answer' } },
    { id: 'stp_start', type: 'execute-workflow', name: 'Start', sources: { source: 'stp_call' }, params: { component, workflow: saving } },
    { id: 'stp_answer', type: 'write-response', name: 'Answer', sources: { source: 'stp_start' } },
  ]));
  const { runId } = await api.send<{ runId: string }>('POST', `/flows/${outer}/runs`, { input: { title: 'Fay' }, waitSeconds: 30 }, 200);
  const { page } = await ana.open(`/runs/${runId}`);
  const about = page.getByRole('complementary', { name: 'About this run' });
  const calledRuns = about.getByRole('definition').filter({ has: page.getByRole('link') }).getByRole('link', { name: /^[A-Z0-9-]+$/i });
  await expect(about.getByText('Called runs')).toBeVisible();
  await expect(calledRuns).toHaveCount(2);
  const titles: string[] = [];
  for (const place of [0, 1]) {
    await calledRuns.nth(place).click();
    await expect(page).not.toHaveURL(new RegExp(`/runs/${runId}`));
    const childId = new URL(page.url()).pathname.split('/').at(-1) ?? '';
    const child = await api.get<Detail & { flowName?: string; flowId: string }>(`/runs/${childId}`);
    expect(child.parentRunId).toBe(runId);
    titles.push(child.flowId);
    await about.getByRole('link', { name: /^[A-Z0-9-]+$/i }).first().click();
    await expect(page).toHaveURL(new RegExp(`/runs/${runId}`));
  }
  expect(titles.toSorted()).toEqual([inner, saving].toSorted());
});

test('Users can have each item tell whether its entry is deleted', async ({ ana }) => {
  const { api } = ana;
  const component = await componentWith(api, 'Sold cars', fields);
  const flow = await publishedFlow(api, component, 'dataflow', dataflow('Clear', [
    { id: 'stp_given', type: 'get-raw-model', name: 'Given', params: { model: '{"car":0,"gone":true,"price":1.5}' } },
    { id: 'stp_save', type: 'update-entry', name: 'Save', sources: { source: 'stp_given' }, params: { component, keyField: 'car', fieldsMapping: [{ target: 'price', value: { field: 'price' } }] } },
    { id: 'stp_answer', type: 'write-response', name: 'Answer', sources: { source: 'stp_save' } },
  ]));
  const { page } = await ana.open(`/flows/${flow}`);
  const editor = new EditorPage(page);
  await editor.open('Save');
  const mark = editor.panel.getByRole('radiogroup', { name: 'Kind of value' }).first();
  await mark.getByRole('radio', { name: 'Field' }).click();
  await editor.panel.getByRole('combobox', { name: /^Mark entry for deletion/ }).fill('gone');
  await editor.panel.getByRole('combobox', { name: /^Mark entry for deletion/ }).blur();
  await editor.isSaved();
  await expect.poll(async () => JSON.stringify(await api.get(`/flows/${flow}`))).toContain('"markForDeletion":{"field":"gone"}');
  await expect(page.getByText('No problems')).toBeVisible();
  if (process.env['MILLRACE_SCREENS']) await page.screenshot({ path: `${process.env['MILLRACE_SCREENS']}/mark-for-deletion.png` });
  await api.send('POST', `/flows/${flow}/publish`, {}, 201);
  const [kept, gone] = [await insert(api, component, { title: 'Kept' }), await insert(api, component, { title: 'Gone' })];
  const run = await api.send<Run>('POST', `/flows/${flow}/runs`, { input: [{ car: kept.id, gone: false, price: 5 }, { car: gone.id, gone: true, price: 6 }], waitSeconds: 30 }, 200);
  expect(run.status, JSON.stringify(run.error)).toBe('succeeded');
  expect((await entriesOf(api, component)).map((each) => [each.data.title, each.data.price])).toEqual([['Kept', 5]]);
});
