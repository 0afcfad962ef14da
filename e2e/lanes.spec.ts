import { EditorPage } from './editor-page';
import { expect, test, type Api } from './fixtures';
import { fresh, sampleFlow, type Run } from './flows';

async function purchase(api: Api, amount: number, status: string): Promise<{ runId: string; componentId: string; name: string }> {
  const { id: flowId, componentId } = await sampleFlow(api, 'Purchase approval');
  const { user } = await api.get<{ user: { id: string } }>('/me');
  const name = fresh(`Lanes of ${amount}`);
  const { id: entryId } = await api.send<{ id: number }>('POST', `/components/${componentId}/entries`, { name, data: { amount, approver: { id: user.id } } });
  const { runId } = await api.send<{ runId: string }>('POST', `/flows/${flowId}/runs`, { entryId });
  await expect.poll(async () => (await api.get<Run>(`/runs/${runId}`)).status, { timeout: 40_000 }).toBe(status);
  return { runId, componentId, name };
}

test('Users see which branches a run did not take, while it goes on and afterwards', async ({ ana }) => {
  const small = await purchase(ana.api, 121, 'succeeded');
  const { page } = await ana.open(`/runs/${small.runId}`);
  const canvas = new EditorPage(page);
  await expect(canvas.card('Approved at once')).toBeVisible();
  await expect(canvas.card('Approved at once')).not.toContainText('Not taken');
  await expect(canvas.card('Save the order')).toContainText('Not reached'); // behind a condition that was never asked
  await page.getByRole('slider').first().focus();
  await page.keyboard.press('Home');
  await expect(canvas.card('Approved at once')).not.toContainText('Not taken');

  const large = await purchase(ana.api, 1_241, 'waiting');
  await page.goto(`/runs/${large.runId}`);
  for (const name of ['Approved at once', 'Save the small order', 'Ordered at once']) await expect(canvas.card(name)).toContainText('Not taken');
  await expect(canvas.card('Save the order')).not.toContainText('Not taken');
  const [task] = (await ana.api.get<{ items: { id: string }[] }>(`/tasks?runId=${large.runId}`)).items;
  await ana.api.send('POST', `/tasks/${task?.id}/answer`, { value: 2 });
  await expect(canvas.card('Save the order')).toContainText('Not taken');
  await expect(canvas.card('Ask for changes')).toContainText('Not taken');
  await expect(canvas.stage('Otherwise').first()).toContainText('Not taken');
  await expect(canvas.card('Closed')).not.toContainText('Not taken');
  if (process.env['MILLRACE_SCREENS']) await page.screenshot({ path: `${process.env['MILLRACE_SCREENS']}/lanes-run.png` });
});

test('keyboard only: the arrows walk along a branch, from branch to branch and back to the condition; Alt moves a step into the next one', async ({ ana }) => {
  const flow = await sampleFlow(ana.api, 'Purchase approval');
  const { definition } = await ana.api.get<{ definition: object }>(`/flows/${flow.id}`);
  const copy = await ana.api.send<{ id: string }>('POST', '/flows', { componentId: flow.componentId, kind: 'workflow', name: 'Walked', definition: { ...definition, name: 'Walked' } });
  const { page } = await ana.open(`/flows/${copy.id}`);
  const editor = new EditorPage(page);
  await editor.isSaved();
  await editor.card('Decision').focus();
  const walk = async (key: string, name: string) => {
    await page.keyboard.press(key);
    await expect(editor.card(name)).toBeFocused();
    await expect(editor.card(name)).toBeInViewport({ ratio: 0.9 });
  };
  await page.keyboard.press('ArrowDown');
  await walk('ArrowDown', 'Ordered');
  await walk('ArrowRight', 'Save the order');
  await walk('ArrowDown', 'Save the refusal');
  await walk('ArrowLeft', 'Refused');
  await walk('ArrowLeft', 'Decision');
  await walk('ArrowUp', 'Ask the approver');
  await walk('ArrowLeft', 'Above 500 €?');
  await editor.card('Refused').focus();
  await walk('ArrowDown', 'To be changed');
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('button', { name: 'Add step in Otherwise' }).first()).toBeFocused();
  await editor.card('Refused').focus();
  await page.keyboard.press('Alt+ArrowDown');
  await expect(editor.card('Refused')).toBeFocused();
  await expect.poll(async () => {
    const { definition: now } = await ana.api.get<{ definition: { lanes: { id: string; stages: { steps: { id: string }[] }[] }[] } }>(`/flows/${copy.id}`);
    return now.lanes.find((lane) => lane.id === 'lane_changes')?.stages[0]?.steps[0]?.id;
  }).toBe('stp_refused');
});

test('Users can find the entries whose workflow waits, and the address keeps the filter', async ({ ana }) => {
  const small = await purchase(ana.api, 122, 'succeeded');
  const large = await purchase(ana.api, 1_242, 'waiting');
  const { page } = await ana.open(`/components/${small.componentId}`);
  await expect(page.getByRole('row', { name: new RegExp(small.name) })).toContainText('Finished');
  await page.getByRole('button', { name: 'Filter' }).click();
  for (const [field, option] of [['Field', 'Workflow'], ['Value', 'Waiting']] as const) {
    await page.getByRole('combobox', { name: field }).click();
    await page.getByRole('option', { name: option, exact: true }).click();
  }
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page.getByRole('row', { name: new RegExp(large.name) })).toContainText('Waiting');
  await expect(page.getByRole('row', { name: new RegExp(small.name) })).toHaveCount(0);
  await expect(page).toHaveURL(/[?&]state=waiting/);
  await page.reload();
  await expect(page.getByRole('row', { name: new RegExp(large.name) })).toBeVisible();
  await expect(page.getByRole('row', { name: new RegExp(small.name) })).toHaveCount(0);
  const { items: [task] } = await ana.api.get<{ items: { id: string }[] }>(`/tasks?whose=all&runId=${large.runId}`);
  await ana.api.send('POST', `/tasks/${task?.id}/answer`, { value: 1 });
  await expect(page.getByRole('row', { name: new RegExp(large.name) })).toHaveCount(0); // it waits no longer, and leaves by itself
  await page.getByTitle('Remove this filter').click();
  await expect(page.getByRole('row', { name: new RegExp(small.name) })).toBeVisible();
  await expect(page).not.toHaveURL(/state=/);
});
