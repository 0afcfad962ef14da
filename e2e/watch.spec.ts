import { EditorPage } from './editor-page';
import { expect, test } from './fixtures';
import { componentWith, dataflow, eventsOf, longSteps, publishedFlow, sampleFlow, weatherCsv, type Run } from './flows';

test('one runs it, the other’s canvas shows it live, a third who signs in halfway catches up; the replay holds every moment', async ({ ana, join }) => {
  test.setTimeout(150_000);
  const flowId = await publishedFlow(ana.api, await componentWith(ana.api, 'Watched'), 'dataflow', dataflow('Watched run', longSteps()));
  const bo = await join('Bo', 'viewer');
  const watching = new EditorPage((await bo.open(`/flows/${flowId}`)).page);
  await expect(watching.card('Rainy')).toBeVisible();
  const file = await ana.api.upload(weatherCsv, 'text/csv');
  const { runId } = await ana.api.send<{ runId: string }>('POST', `/flows/${flowId}/runs`, { input: { file: { id: file.id } } }, 202);
  await watching.attach('Ana');
  await expect(watching.card('Rainy').getByText('→').first()).toBeVisible();
  const chloe = await join('Chloe', 'operator');
  const late = new EditorPage((await chloe.open(`/flows/${flowId}`)).page);
  await late.attach('Ana');
  await expect.poll(async () => (await ana.api.get<Run>(`/runs/${runId}`)).status, { timeout: 90_000 }).toBe('succeeded');
  for (const each of [watching, late]) await expect(each.page.getByText('20 of 20 steps')).toBeVisible();

  const events = await eventsOf(ana.api, runId);
  const half = events.find((each) => each.type === 'step.succeeded' && each.stepId === 'stp_rank_4')?.seq ?? 0;
  await watching.page.goto(`/runs/${runId}?at=${half}`);
  const replay = new EditorPage(watching.page);
  await expect(replay.card('Rank 4').getByText('→')).toBeVisible();
  await expect(replay.card('Rank 9').getByText('→')).toHaveCount(0);
  const scrubber = watching.page.getByRole('slider').first();
  await scrubber.focus();
  await scrubber.press('End');
  await expect(replay.card('Rank 9').getByText('→')).toBeVisible();
  await scrubber.press('Home');
  await expect(replay.card('Rainy').getByText('→')).toHaveCount(0);
  await expect(watching.page).toHaveURL(/[?&]at=1(&|$)/);
});

test('people see who is where: on the home page, on the same run, on the same entry', async ({ ana, join }) => {
  const flow = await sampleFlow(ana.api, 'Rain by month');
  const { runId } = await ana.api.send<{ runId: string }>('POST', `/flows/${flow.id}/runs`, { waitSeconds: 30 });
  const bo = await join('Boris', 'editor');
  const { page: theirs } = await bo.open(`/flows/${flow.id}`);
  const { page } = await ana.open('/');
  await expect(page.getByRole('complementary', { name: 'Going on' }).getByRole('link', { name: 'in Rain by month' })).toBeVisible();
  await theirs.goto(`/runs/${runId}`);
  await page.goto(`/runs/${runId}`);
  await expect(page.getByText('Boris is looking too')).toBeVisible();
  await theirs.goto(`/components/${flow.componentId}?entry=1`);
  await theirs.getByRole('textbox', { name: 'Weather station' }).focus();
  await page.goto(`/components/${flow.componentId}?entry=1`);
  await expect(page.getByText('Boris is on this entry too: Weather station')).toBeVisible();
  await theirs.close();
  await expect(page.getByText(/^Boris is on this entry/)).toHaveCount(0);
});
