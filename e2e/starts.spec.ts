import { expect, test } from './fixtures';
import { componentWith, dataflow, publishedFlow, type Run, type Step } from './flows';

/** The same dataflow however it is started, and what the list of runs says of it. */
type Listed = { items: (Run & { trigger: string; triggerName: string | null; startedBy: { id: string | null; name: string } })[] };
const steps: Step[] = [
  { id: 'stp_given', type: 'get-empty-model', name: 'Nothing needed' },
  { id: 'stp_words', type: 'transform-model', name: 'Words', sources: { source: 'stp_given' }, params: { fieldsMapping: [{ target: 'greeting', value: { const: 'good morning' } }, { target: 'count@integer', value: { const: 7 } }] } },
  { id: 'stp_answer', type: 'write-response', name: 'Answer', sources: { source: 'stp_words' } },
];

test('Button, API, webhook, cron and a parent flow give the same result, and the list of runs says which it was', async ({ ana, origin, playwright }) => {
  test.setTimeout(180_000);
  const componentId = await componentWith(ana.api, 'Mornings');
  const flowId = await publishedFlow(ana.api, componentId, 'dataflow', dataflow('Good morning', steps));
  const { page } = await ana.open(`/flows/${flowId}`);

  await page.getByRole('button', { name: 'Triggers' }).click();
  const dialog = page.getByRole('dialog', { name: 'Triggers' });
  await dialog.getByRole('tab', { name: 'Schedule' }).click();
  const expression = dialog.getByRole('textbox', { name: 'Expression' });
  await expression.fill('0 0 31 2 *');
  await expect(dialog.getByText('never fires')).toBeVisible();
  await dialog.getByRole('button', { name: 'Make schedule' }).click();
  await expect(dialog.getByRole('alert').filter({ hasText: 'never fires' }).first()).toBeVisible();
  await expression.fill('* * * * *');
  await expect(dialog.getByRole('listitem').filter({ hasText: ':' })).toHaveCount(3);
  await dialog.getByRole('combobox', { name: 'Runs as' }).click();
  await page.getByRole('option', { name: 'Ana (you)' }).click();
  await dialog.getByRole('button', { name: 'Make schedule' }).click();
  await expect(dialog.getByRole('button', { name: 'Save schedule' })).toBeVisible();

  await dialog.getByRole('tab', { name: 'Webhooks' }).click();
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Alarm clock');
  await dialog.getByRole('button', { name: 'Make webhook' }).click();
  const address = await dialog.getByRole('textbox', { name: 'Address' }).inputValue();
  expect(address).toMatch(new RegExp(`/hooks/mlh_`));
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(dialog.getByText('Alarm clock')).toBeVisible();
  await expect(dialog.getByText(address)).toHaveCount(0);
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: /^Run/ }).last().click();
  const { key } = await ana.api.send<{ key: string }>('POST', '/api-keys', { name: 'Kitchen radio', role: 'operator' }, 201);
  const outside = await playwright.request.newContext({ baseURL: origin });
  const byKey = await (await outside.post(`/api/v1/flows/${flowId}/runs`, { headers: { Authorization: `Bearer ${key}` }, data: { waitSeconds: 30 } })).json();
  const hooked = await outside.post(`${new URL(address).pathname}?wait=30`);
  expect([hooked.status(), await hooked.json()]).toEqual([200, byKey.output]);
  expect(byKey.output).toEqual({ greeting: 'good morning', count: 7 });
  expect((await outside.get(new URL(address).pathname)).status()).toBe(405);
  expect((await outside.post('/hooks/%ff')).status()).toBe(400);
  expect((await outside.post('/hooks/mlh_nobody')).status()).toBe(404);

  const parent = dataflow('Household', [
    { id: 'stp_day', type: 'get-empty-model', name: 'Day' },
    { id: 'stp_call', type: 'execute-dataflow', name: 'Wake up', sources: { source: 'stp_day' }, params: { component: componentId, dataflow: flowId, resultField: 'said' } },
    { id: 'stp_end', type: 'write-response', name: 'Answer', sources: { source: 'stp_call' } },
  ]);
  const parentId = await publishedFlow(ana.api, componentId, 'dataflow', parent);
  const called = await ana.api.send<Run>('POST', `/flows/${parentId}/runs`, { waitSeconds: 30 }, 200);
  expect(called.output).toMatchObject({ said: byKey.output });

  const runs = async () => (await ana.api.get<Listed>(`/runs?flowId=${flowId}`)).items;
  await expect.poll(async () => (await runs()).some((run) => run.trigger === 'cron' && run.status === 'succeeded'), { timeout: 90_000 }).toBe(true);
  const facts = (await runs()).map(({ trigger, triggerName, startedBy }) => `${trigger}: ${triggerName ?? '–'}, ${startedBy.name}`);
  expect(new Set(facts)).toEqual(new Set(['button: –, Ana', 'api: Kitchen radio, Kitchen radio', 'webhook: Alarm clock, Ana', 'cron: Mornings, Ana', 'flow: Household, Ana']));
  for (const run of await runs()) expect((await ana.api.get<Run>(`/runs/${run.id}`)).output, run.id).toEqual(byKey.output);

  await page.goto(`/runs?flow=${flowId}`);
  for (const words of ['webhook “Alarm clock”', 'schedule “Mornings”', 'API “Kitchen radio”', 'other flow “Household”', 'button']) await expect(page.getByRole('row').filter({ hasText: words }).first(), words).toBeVisible();
  await page.getByRole('combobox', { name: 'Trigger' }).or(page.getByLabel('Trigger')).first().selectOption('webhook');
  await expect(page.getByRole('row').filter({ hasText: 'webhook' })).toHaveCount(1);
  await expect(page.getByRole('row').filter({ hasText: 'schedule' })).toHaveCount(0);
  await outside.dispose();
});
