import { expect, test } from './fixtures';
import { EditorPage } from './editor-page';
import { componentWith, dataflow, eventsOf, publishedFlow, type Run } from './flows';
import { callable, heldServer } from './held-server';

test('a run is paused and let go on from its page', async ({ ana }) => {
  const held = await heldServer();
  const { system, connector, endpoint } = await callable(ana.api, held.address);
  const slow = { id: 'stp_slow', type: 'execute-api-call', name: 'Slow', sources: { source: 'stp_in' }, params: { system, connector, queryPath: await endpoint('/slow') } };
  const after = { id: 'stp_after', type: 'write-response', name: 'After', sources: { source: 'stp_slow' } };
  const flowId = await publishedFlow(ana.api, await componentWith(ana.api, 'Paused'), 'dataflow', dataflow('Paused run', [{ id: 'stp_in', type: 'get-raw-model', name: 'Given' }, slow, after]));
  const { runId } = await ana.api.send<{ runId: string }>('POST', `/flows/${flowId}/runs`, { input: { a: 1 } }, 202);
  const statusOf = async () => (await ana.api.get<Run>(`/runs/${runId}`)).status;
  const { page } = await ana.open(`/runs/${runId}`);
  await expect.poll(() => held.waiting()).toBe(1);
  await page.getByRole('button', { name: 'Pause', exact: true }).first().click();
  await expect.poll(statusOf).toBe('paused');
  await expect(page.getByText('Paused').first()).toBeVisible();
  held.release();
  expect(await statusOf()).toBe('paused');
  expect((await eventsOf(ana.api, runId)).filter((each) => each.type === 'step.started' && each.stepId === 'stp_after')).toEqual([]);
  await page.getByRole('button', { name: 'Continue', exact: true }).first().click();
  await expect.poll(statusOf, { timeout: 60_000 }).toBe('succeeded');
  expect((await eventsOf(ana.api, runId)).filter((each) => each.type === 'step.started').map((each) => each.stepId)).toEqual(['stp_in', 'stp_slow', 'stp_after']);
  held.close();
});

test('a run is forked from a step with edited input, and leads back to where it came from', async ({ ana }) => {
  const steps = [
    { id: 'stp_in', type: 'get-raw-model', name: 'Given' },
    { id: 'stp_once', type: 'distinct', name: 'Once', sources: { source: 'stp_in' } },
    { id: 'stp_out', type: 'write-response', name: 'Answer', sources: { source: 'stp_once' } },
  ];
  const flowId = await publishedFlow(ana.api, await componentWith(ana.api, 'Forked'), 'dataflow', dataflow('Forked run', steps));
  const { runId } = await ana.api.send<{ runId: string }>('POST', `/flows/${flowId}/runs`, { input: [{ a: 1 }, { a: 1 }], waitSeconds: 30 });
  const { page } = await ana.open(`/runs/${runId}?step=stp_once`);
  await page.getByRole('button', { name: 'Fork…' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Edit what the step takes in').click();
  await expect(dialog.getByLabel('Input of the step')).toHaveValue(/"a": 1/);
  await dialog.getByLabel('Input of the step').fill('no json');
  await dialog.getByRole('button', { name: 'Start the fork' }).click();
  await expect(dialog.getByText('This is no JSON object or list.')).toBeVisible();
  await dialog.getByLabel('Input of the step').fill('[{"a": 2}, {"a": 3}, {"a": 3}]');
  await dialog.getByRole('button', { name: 'Start the fork' }).click();
  await expect(page).not.toHaveURL(new RegExp(runId));
  const forkId = new URL(page.url()).pathname.split('/').at(-1) ?? '';
  await expect.poll(async () => (await ana.api.get<Run>(`/runs/${forkId}`)).status).toBe('succeeded');
  expect(await ana.api.get<Run>(`/runs/${forkId}`)).toMatchObject({ output: [{ a: 2 }, { a: 3 }], forkedFrom: runId });
  await page.locator('dt', { hasText: 'Forked from' }).locator('xpath=following-sibling::dd[1]').getByRole('link').click();
  await expect(page).toHaveURL(new RegExp(runId));
});

test('two branches call a slow system side by side, and a failing call counts down to its next attempt', async ({ ana }) => {
  const held = await heldServer();
  const { system, connector, endpoint } = await callable(ana.api, held.address);
  const [slow, broken] = [await endpoint('/slow'), await endpoint('/broken')];
  const call = (id: string, name: string, queryPath: string) => ({ id, type: 'execute-api-call', name, sources: { source: 'stp_in' }, params: { system, connector, queryPath } });
  const steps = [{ id: 'stp_in', type: 'get-raw-model', name: 'Given' }, call('stp_left', 'Left', slow), call('stp_right', 'Right', slow), { ...call('stp_bad', 'Bad', broken), retry: { attempts: 3, backoff: 'fixed', backoffMs: 8_000 } }];
  const flowId = await publishedFlow(ana.api, await componentWith(ana.api, 'Branches'), 'dataflow', dataflow('Side by side', steps));
  const { runId } = await ana.api.send<{ runId: string }>('POST', `/flows/${flowId}/runs`, { input: { a: 1 } }, 202);
  const { page } = await ana.open(`/runs/${runId}`);
  const canvas = new EditorPage(page);
  await expect.poll(() => held.waiting()).toBe(2);
  await expect(canvas.card('Left').getByText('Waits for another system')).toBeVisible();
  await expect(canvas.card('Right').getByText('Waits for another system')).toBeVisible();
  await expect(canvas.card('Bad').getByText(/Attempt 2 of 3, in \d/)).toBeVisible();
  await expect(canvas.card('Left')).toContainText(/\d s\s*of\s*30 s/); // how long it has taken, of how long it may
  if (process.env['MILLRACE_SCREENS']) await page.screenshot({ path: `${process.env['MILLRACE_SCREENS']}/branches.png` });
  held.release();
  await expect(canvas.card('Left').getByText('→')).toBeVisible();
  await page.getByRole('button', { name: 'Cancel run' }).first().click();
  await page.getByRole('alertdialog').or(page.getByRole('dialog')).getByRole('button', { name: 'Cancel run' }).click();
  await expect.poll(async () => (await ana.api.get<Run>(`/runs/${runId}`)).status).toBe('cancelled');
  held.close();
});
