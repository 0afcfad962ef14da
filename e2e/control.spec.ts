import { expect, test } from './fixtures';
import { EditorPage } from './editor-page';
import { componentWith, dataflow, eventsOf, longSteps, publishedFlow, weatherCsv, type Run } from './flows';

test('a run is cancelled and resumed from its page, and what was done before is not done again', async ({ ana }) => {
  // All days instead of the rainy ones: five times the work a step, long enough for a person to press a button.
  const steps = longSteps(40).map((each) => (each.id === 'stp_rank_0' ? { ...each, sources: { source: 'stp_read' } } : each));
  const flowId = await publishedFlow(ana.api, await componentWith(ana.api, 'Stopped'), 'dataflow', dataflow('Stopped run', steps));
  const file = await ana.api.upload(weatherCsv, 'text/csv');
  const { runId } = await ana.api.send<{ runId: string }>('POST', `/flows/${flowId}/runs`, { input: { file: { id: file.id } } }, 202);
  const { page } = await ana.open(`/runs/${runId}`);
  const canvas = new EditorPage(page);
  await expect(canvas.card('Rank 1').getByText('→')).toBeVisible();
  await page.getByRole('button', { name: 'Cancel run' }).first().click();
  await page.getByRole('alertdialog').or(page.getByRole('dialog')).getByRole('button', { name: 'Cancel run' }).click();
  await expect.poll(async () => (await ana.api.get<Run>(`/runs/${runId}`)).status).toBe('cancelled');
  await page.getByRole('button', { name: 'Resume', exact: true }).first().click();
  await expect.poll(async () => (await ana.api.get<Run>(`/runs/${runId}`)).status, { timeout: 60_000 }).toBe('succeeded');
  const done = (await eventsOf(ana.api, runId)).filter((each) => each.type === 'step.succeeded').map((each) => each.stepId);
  expect(done).toHaveLength(44);
  expect(new Set(done).size).toBe(44);
  await expect(page.getByText('Succeeded').first()).toBeVisible();
});

test('a parent run and the run it called lead to each other', async ({ ana }) => {
  type Flows = { items: { id: string; name: string }[] };
  const { items } = await ana.api.get<Flows>('/flows');
  const sample = items.find((each) => each.name === 'Save the name');
  const { runId } = await ana.api.send<{ runId: string }>('POST', `/flows/${sample?.id}/runs`, { input: { data: { user_name: 'Hedy Lamarr' } }, waitSeconds: 30 });
  const { page } = await ana.open(`/runs/${runId}`);
  const called = page.locator('dt', { hasText: 'Called runs' }).locator('xpath=following-sibling::dd[1]').getByRole('link');
  await called.click();
  await expect(page.getByText('Called by')).toBeVisible();
  await expect(page).not.toHaveURL(new RegExp(runId));
  await page.locator('dt', { hasText: 'Called by' }).locator('xpath=following-sibling::dd[1]').getByRole('link').click();
  await expect(page).toHaveURL(new RegExp(runId));
});
