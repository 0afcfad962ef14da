import { expect, test } from './fixtures';
import { componentWith, dataflow, eventsOf, publishedFlow, type Run, type Step } from './flows';

const given: Step = { id: 'stp_in', type: 'get-raw-model', name: 'Given' };
const answer: Step = { id: 'stp_out', type: 'write-response', name: 'Answer', sources: { source: 'stp_read' } };
const broken: Step = { id: 'stp_read', type: 'import-file', name: 'Read', sources: { source: 'stp_in' }, params: { fileField: 'file', fieldsMapping: [{ target: 'a', value: { column: 'a' } }] } };
const mended: Step = { id: 'stp_read', type: 'distinct', name: 'Read', sources: { source: 'stp_in' } };

test('Users can resume a failed run, or run it again, with the version it began with or the one published since, and see what differs', async ({ ana }) => {
  const flowId = await publishedFlow(ana.api, await componentWith(ana.api, 'Mended'), 'dataflow', dataflow('Mended flow', [given, broken, answer]));
  const started = await ana.api.send<{ runId: string; status: string }>('POST', `/flows/${flowId}/runs`, { input: [{ a: 1 }, { a: 1 }], waitSeconds: 30 });
  expect(started.status).toBe('failed');
  const { page } = await ana.open(`/runs/${started.runId}`);
  const resumed = async () => (await eventsOf(ana.api, started.runId)).filter((each) => each.type === 'run.resumed').map((each) => each.data['version']);
  await page.getByRole('button', { name: /^Resume/ }).first().click();
  await expect.poll(resumed).toEqual([1]); // nothing else is published: no question
  await expect.poll(async () => (await ana.api.get<Run>(`/runs/${started.runId}`)).status).toBe('failed');

  await ana.api.send('PUT', `/flows/${flowId}/definition`, dataflow('Mended flow', [given, mended, answer]));
  await ana.api.send('POST', `/flows/${flowId}/publish`, {}, 201);
  const dialog = page.getByRole('dialog');
  await page.getByRole('button', { name: /^Resume/ }).first().click();
  await expect(dialog).toContainText('It ran on version 1; version 2 is published now.');
  await expect(dialog.getByRole('region', { name: 'What differs in version 2' })).toContainText(/Read\s*is changed/);
  await dialog.getByRole('button', { name: 'Resume' }).click();
  await expect.poll(resumed).toEqual([1, 1]);
  await expect.poll(async () => (await ana.api.get<Run>(`/runs/${started.runId}`)).status).toBe('failed');

  await page.getByRole('button', { name: /^Resume/ }).first().click();
  await dialog.getByRole('button', { name: 'Version 2, published now' }).click();
  if (process.env['MILLRACE_SCREENS']) await page.screenshot({ path: `${process.env['MILLRACE_SCREENS']}/restart.png` });
  await dialog.getByRole('button', { name: 'Resume' }).click();
  await expect.poll(async () => (await ana.api.get<Run>(`/runs/${started.runId}`)).status).toBe('succeeded');
  expect(await ana.api.get<Run & { version: number }>(`/runs/${started.runId}`)).toMatchObject({ version: 2, output: [{ a: 1 }] });
});
