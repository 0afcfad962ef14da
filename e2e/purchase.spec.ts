import { EditorPage } from './editor-page';
import { expect, test, type Api } from './fixtures';
import { sampleFlow, type Run } from './flows';
import { killHard } from './processes';

type Task = { id: string; runId: string; state: string };
type Instance = { id: string; state: string; attempt: number };

async function request(api: Api, amount: number, approver: string): Promise<{ entryId: number; runId: string; componentId: string }> {
  const { componentId, id: flowId } = await sampleFlow(api, 'Purchase approval');
  const { id: entryId } = await api.send<{ id: number }>('POST', `/components/${componentId}/entries`, { name: `Order of ${amount}`, data: { amount, approver: { id: approver } } });
  const { runId } = await api.send<{ runId: string }>('POST', `/flows/${flowId}/runs`, { entryId });
  return { entryId, runId, componentId };
}

const statusOf = async (api: Api, runId: string) => (await api.get<Run>(`/runs/${runId}`)).status;
const idOf = async (api: Api) => (await api.get<{ user: { id: string } }>('/me')).user.id;
const taskOf = async (api: Api, runId: string): Promise<Task> => {
  await expect.poll(() => statusOf(api, runId)).toBe('waiting');
  const [task] = (await api.get<{ items: Task[] }>(`/tasks?whose=all&runId=${runId}`)).items;
  if (!task) throw new Error('nobody was asked');
  return task;
};
const stateOf = async (api: Api, componentId: string, entryId: number) => (await api.get<{ data: { state: number } }>(`/components/${componentId}/entries/${entryId}`)).data.state;

test('Users can have a small purchase ordered at once, and every answer to a large one takes its branch', async ({ ana }) => {
  const { api } = ana;
  const me = await idOf(api);
  const small = await request(api, 120, me);
  await expect.poll(() => statusOf(api, small.runId)).toBe('succeeded');
  expect(await stateOf(api, small.componentId, small.entryId)).toBe(2);
  for (const [value, state, instance] of [[1, 2, 'finished'], [2, 3, 'finished'], [3, 4, 'draft']] as const) {
    const large = await request(api, 900 + value, me);
    const task = await taskOf(api, large.runId);
    await api.send('POST', `/tasks/${task.id}/answer`, { value: 'maybe' }, 422);
    await api.send('POST', `/tasks/${task.id}/answer`, { value });
    await api.send('POST', `/tasks/${task.id}/answer`, { value }, 409);
    await expect.poll(() => statusOf(api, large.runId)).toBe('succeeded');
    expect(await stateOf(api, large.componentId, large.entryId)).toBe(state);
    const { items } = await api.get<{ items: Instance[] }>(`/components/${large.componentId}/instances?entryId=${large.entryId}`);
    expect(items[0]?.state).toBe(instance);
  }
});

test('Users can answer in another browser, after the server was killed while the workflow waited', async ({ ana, join }) => {
  test.setTimeout(120_000);
  const bo = await join('Bo', 'operator');
  const { page } = await bo.open('/');
  await expect(page.getByRole('link', { name: 'Inbox' }).first()).toBeVisible();
  const large = await request(ana.api, 1_240, await idOf(bo.api));
  await taskOf(ana.api, large.runId);
  await expect(page.getByRole('link', { name: /Inbox.*1 new/ })).toBeVisible();
  await killHard('engine');
  await killHard('web');
  await expect.poll(() => ana.api.request.get('/health/ready').then((answer) => answer.status(), () => 0), { timeout: 60_000 }).toBe(200);
  await page.goto('/inbox');
  await page.getByRole('button', { name: /Approve 1240 € for Order of 1240/ }).first().click();
  await page.getByRole('group', { name: 'Answers' }).getByRole('button', { name: 'Approved' }).click();
  await expect.poll(() => statusOf(ana.api, large.runId), { timeout: 30_000 }).toBe('succeeded');
  expect(await stateOf(ana.api, large.componentId, large.entryId)).toBe(2);
  await expect(page.getByText('Approved, by Bo').first()).toBeVisible();
});

test('L9 a question asked while the page was still connecting is in the inbox all the same', async ({ ana, join }) => {
  const bo = await join('Bo', 'operator');
  const { page } = await bo.open('/');
  let connect = () => {};
  const connecting = new Promise<void>((resolve) => { connect = resolve; });
  await page.routeWebSocket(/socket\.io/, async (socket) => {
    await connecting;
    socket.connectToServer();
  });
  await page.reload();
  const large = await request(ana.api, 1_241, await idOf(bo.api));
  await taskOf(ana.api, large.runId);
  connect();
  await expect(page.getByRole('link', { name: /Inbox.*1 new/ })).toBeVisible();
});

test('A reset to draft and an answer that meet: exactly one wins', async ({ ana }) => {
  const me = await idOf(ana.api);
  for (let round = 0; round < 4; round++) {
    const large = await request(ana.api, 2_000 + round, me);
    const task = await taskOf(ana.api, large.runId);
    const [instance] = (await ana.api.get<{ items: Instance[] }>(`/components/${large.componentId}/instances?entryId=${large.entryId}`)).items;
    const both = [() => ana.api.request.post(`/api/v1/tasks/${task.id}/answer`, { data: { value: 1 } }), () => ana.api.request.post(`/api/v1/instances/${instance?.id}/reset`, { data: {} })];
    const replies = await Promise.all((round % 2 === 0 ? both : both.toReversed()).map((send) => send()));
    const [answered, reset] = round % 2 === 0 ? replies : replies.toReversed();
    await expect.poll(() => statusOf(ana.api, large.runId)).toMatch(/succeeded|reset/);
    const won = (await statusOf(ana.api, large.runId)) === 'succeeded';
    expect(answered?.status()).toBe(won ? 200 : 409);
    if (!won) expect(reset?.status()).toBe(200);
  }
});

test('Users can build a workflow with branches in the editor', async ({ ana }) => {
  const { componentId } = await sampleFlow(ana.api, 'Purchase approval');
  const definition = { schema: 1, kind: 'workflow', name: 'Branches', lanes: [{ id: 'main', stages: [{ id: 'stg_1', name: 'Start', steps: [] }] }] };
  const { id } = await ana.api.send<{ id: string }>('POST', '/flows', { componentId, kind: 'workflow', name: 'Branches', definition });
  const editor = new EditorPage((await ana.open(`/flows/${id}`)).page);
  await editor.addStep('Start', 'Switch', 'Decide');
  await expect(editor.stage('Otherwise')).toBeVisible();
  const field = editor.panel.getByRole('combobox', { name: 'Switch source field' });
  await field.fill('decision');
  await field.press('Enter');
  for (const branch of ['Approved', 'Rejected', 'Needs changes']) await expect(editor.stage(branch)).toBeVisible();
  await editor.addStep('Approved', 'Finish', 'Done');
  await editor.isSaved();
  const flow = await ana.api.get<{ definition: { lanes: { when?: { case: string }; stages: { steps: { name: string }[] }[] }[] } }>(`/flows/${id}`);
  expect(flow.definition.lanes.map((lane) => lane.when?.case ?? 'main').toSorted()).toEqual(['1', '2', '3', 'default', 'main']);
  expect(flow.definition.lanes.find((lane) => lane.when?.case === '1')?.stages[0]?.steps.map((step) => step.name)).toEqual(['Done']);
});
