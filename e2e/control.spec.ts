import { expect, test } from './fixtures';
import { EditorPage } from './editor-page';
import { componentWith, dataflow, eventsOf, publishedFlow, sampleFlow, type Run } from './flows';
import { callable, heldServer } from './held-server';

test('a run is cancelled and resumed from its page, and what was done before is not done again', async ({ ana }) => {
  const held = await heldServer();
  const { system, connector, endpoint } = await callable(ana.api, held.address);
  const steps = [
    { id: 'stp_in', type: 'get-raw-model', name: 'Given' }, { id: 'stp_once', type: 'distinct', name: 'Once', sources: { source: 'stp_in' } },
    { id: 'stp_slow', type: 'execute-api-call', name: 'Slow', sources: { source: 'stp_once' }, params: { system, connector, queryPath: await endpoint('/slow') } },
    { id: 'stp_out', type: 'write-response', name: 'Answer', sources: { source: 'stp_slow' } },
  ];
  const flowId = await publishedFlow(ana.api, await componentWith(ana.api, 'Stopped'), 'dataflow', dataflow('Stopped run', steps));
  const { runId } = await ana.api.send<{ runId: string }>('POST', `/flows/${flowId}/runs`, { input: { a: 1 } }, 202);
  const { page } = await ana.open(`/runs/${runId}`);
  await expect(new EditorPage(page).card('Once').getByText('→')).toBeVisible();
  await expect.poll(() => held.waiting()).toBe(1);
  await page.getByRole('button', { name: 'Cancel run' }).first().click();
  await page.getByRole('alertdialog').or(page.getByRole('dialog')).getByRole('button', { name: 'Cancel run' }).click();
  await expect.poll(async () => (await ana.api.get<Run>(`/runs/${runId}`)).status).toBe('cancelled');
  await page.getByRole('button', { name: 'Resume', exact: true }).first().click();
  await expect.poll(() => held.waiting()).toBe(2); // the call that was cut off, and the one made again
  held.release();
  await expect.poll(async () => (await ana.api.get<Run>(`/runs/${runId}`)).status, { timeout: 60_000 }).toBe('succeeded');
  const done = (await eventsOf(ana.api, runId)).filter((each) => each.type === 'step.succeeded').map((each) => each.stepId);
  expect(done).toEqual(['stp_in', 'stp_once', 'stp_slow', 'stp_out']);
  await expect(page.getByText('Succeeded').first()).toBeVisible();
  held.close();
});

test('a parent run and the run it called lead to each other', async ({ ana }) => {
  const sample = await sampleFlow(ana.api, 'Save the name');
  const { runId } = await ana.api.send<{ runId: string }>('POST', `/flows/${sample.id}/runs`, { input: { data: { user_name: 'Hedy Lamarr' } }, waitSeconds: 30 });
  const { page } = await ana.open(`/runs/${runId}`);
  const called = page.locator('dt', { hasText: 'Called runs' }).locator('xpath=following-sibling::dd[1]').getByRole('link');
  await called.click();
  await expect(page.getByText('Called by')).toBeVisible();
  await expect(page).not.toHaveURL(new RegExp(runId));
  await page.locator('dt', { hasText: 'Called by' }).locator('xpath=following-sibling::dd[1]').getByRole('link').click();
  await expect(page).toHaveURL(new RegExp(runId));
});
