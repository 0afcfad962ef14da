import { EditorPage } from './editor-page';
import { expect, test, type Api } from './fixtures';
import { componentWith, publishedFlow, type Run } from './flows';
import { killHard } from './processes';

/** The user-name scenario of execute-workflow: a form, a button, a workflow that saves, a grid that shows it. */
async function place(api: Api, title: string) {
  const component = await componentWith(api, title, [{ name: 'user_name', title: 'User name', type: 'string', required: true, query: true }]);
  const workflow = await publishedFlow(api, component, 'workflow', {
    schema: 1, kind: 'workflow', name: 'Save name', lanes: [{ id: 'main', stages: [{ id: 'stg_1', name: 'Save', steps: [{ id: 'stp_save', type: 'update-model', name: 'Store' }] }] }],
  });
  const dataflow = await publishedFlow(api, component, 'dataflow', {
    schema: 1, kind: 'dataflow', name: 'Send name',
    lanes: [{
      id: 'main', stages: [{
        id: 'stg_1', name: 'Send', steps: [
          { id: 'stp_form', type: 'get-action-model', name: 'Form', params: { validateInput: true } },
          { id: 'stp_start', type: 'execute-workflow', name: 'Start it', sources: { source: 'stp_form' }, params: { component, workflow } },
          { id: 'stp_answer', type: 'write-response', name: 'Answer', sources: { source: 'stp_start' } },
        ],
      }],
    }],
  });
  return { component, workflow, dataflow };
}

type Instances = { items: { state: string; flowId: string }[] };

test('typing a name and pressing the button makes one entry, and every open grid shows it without a reload', async ({ ana, join }) => {
  const { component, workflow } = await place(ana.api, 'Names');
  const bo = await join('Bo', 'editor');
  const { page } = await ana.open(`/components/${component}?entry=new`);
  const { page: other } = await bo.open(`/components/${component}`);
  await expect(other.getByText('No entries yet.')).toBeVisible();
  const form = page.getByRole('complementary', { name: 'New entry of Names' });
  await form.getByLabel(/^User name/).fill('Ana');
  await form.getByRole('button', { name: 'Send name' }).click();
  for (const each of [other, page]) await expect(each.getByRole('grid').or(each.getByRole('table')).getByText('Ana', { exact: true }).first()).toBeVisible();
  const { items } = await ana.api.get<{ items: { data: { user_name: string } }[] }>(`/components/${component}/entries`);
  expect(items.map((each) => each.data.user_name)).toEqual(['Ana']);
  await expect.poll(async () => (await ana.api.get<Instances>(`/components/${component}/instances`)).items.map((each) => [each.flowId, each.state])).toEqual([[workflow, 'finished']]);
});

test('an empty required name is refused under its field, and no instance exists', async ({ ana }) => {
  const { component } = await place(ana.api, 'Empty names');
  const { page } = await ana.open(`/components/${component}?entry=new`);
  const form = page.getByRole('complementary', { name: 'New entry of Empty names' });
  await form.getByRole('button', { name: 'Send name' }).click();
  await expect(form.getByText('User name is required.', { exact: true })).toBeVisible();
  expect((await ana.api.get<Instances>(`/components/${component}/instances`)).items).toEqual([]);
  expect((await ana.api.get<{ items: unknown[] }>(`/components/${component}/entries`)).items).toEqual([]);
});

test('an engine killed between start and finish still makes exactly one entry', async ({ ownerApi }) => {
  const { component, dataflow } = await place(ownerApi, 'Killed names');
  const { runId } = await ownerApi.send<{ runId: string }>('POST', `/flows/${dataflow}/runs`, { input: { data: { user_name: 'Once' } } }, 202);
  await killHard('engine');
  await expect.poll(async () => (await ownerApi.get<Run>(`/runs/${runId}`)).status, { timeout: 60_000 }).toBe('succeeded');
  await expect.poll(async () => (await ownerApi.get<Instances>(`/components/${component}/instances`)).items.map((each) => each.state), { timeout: 60_000 }).toEqual(['finished']);
  const { items } = await ownerApi.get<{ items: { data: { user_name: string } }[] }>(`/components/${component}/entries`);
  expect(items.map((each) => each.data.user_name)).toEqual(['Once']);
});

test('a deleted workflow shows FLOW_NOT_FOUND on the step that starts it, to everybody', async ({ ana, join }) => {
  const { workflow, dataflow } = await place(ana.api, 'Deleted names');
  const bo = await join('Bo', 'editor');
  const pages = [(await ana.open(`/flows/${dataflow}`)).page, (await bo.open(`/flows/${dataflow}`)).page].map((page) => new EditorPage(page));
  for (const each of pages) await expect(each.page.getByText('No problems')).toBeVisible();
  await ana.api.send('DELETE', `/flows/${workflow}`);
  for (const each of pages) await expect(each.page.getByText(/1 problem/).first()).toBeVisible();
  const { problems } = await ana.api.get<{ problems: { code: string; stepId: string }[] }>(`/flows/${dataflow}`);
  expect(problems.map((each) => [each.code, each.stepId])).toEqual([['FLOW_NOT_FOUND', 'stp_start']]);
});
