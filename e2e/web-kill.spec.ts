import { setTimeout as wait } from 'node:timers/promises';
import { EditorPage } from './editor-page';
import { expect, test } from './fixtures';
import { componentWith, dataflow, publishedFlow, weatherSteps } from './flows';
import { killHard } from './processes';

const words = (who: string) => Array.from({ length: 12 }, (_, place) => `${who} ${place}`).join(', ');

test('kill -9 of the web process while two people type: both go on without a reload, and nothing is lost', async ({ ana, join }) => {
  test.setTimeout(120_000);
  const flowId = await publishedFlow(ana.api, await componentWith(ana.api, 'Typing'), 'dataflow', dataflow('Typed by two', weatherSteps));
  const bo = await join('Bo', 'editor');
  const [one, two] = [new EditorPage((await ana.open(`/flows/${flowId}`)).page), new EditorPage((await bo.open(`/flows/${flowId}`)).page)];
  await one.open('Given');
  await two.open('Read weather');
  for (const each of [one, two]) await each.isSaved(); // what is typed before the document is here finds a field that is read-only
  for (const { page } of [one, two]) await page.evaluate(() => document.body.setAttribute('data-not-reloaded', ''));
  const typing = [one, two].map(async (each, place) => each.panel.getByRole('textbox', { name: 'Note' }).pressSequentially(words(place === 0 ? 'Ana' : 'Bo'), { delay: 40 }));
  await wait(1_500); // both are in the middle of their words
  await killHard('web');
  await Promise.all(typing);
  for (const each of [one, two]) {
    await each.panel.getByRole('textbox', { name: 'Note' }).blur();
    await each.isSaved();
    await expect(each.page.locator('body[data-not-reloaded]')).toHaveCount(1);
  }
  const notes = async () => {
    const flow = await ana.api.get<{ definition: { lanes: { stages: { steps: { id: string; note?: string }[] }[] }[] } }>(`/flows/${flowId}`);
    return flow.definition.lanes[0]?.stages[0]?.steps.map((each) => each.note ?? '');
  };
  await expect.poll(notes).toEqual([words('Ana'), words('Bo')]);
  await one.open('Read weather');
  await expect(one.panel.getByRole('textbox', { name: 'Note' })).toHaveValue(words('Bo'));
});

test('a web process that dies while the editor asks for its surroundings draws no error page: they are asked for again', async ({ ana, join }) => {
  test.setTimeout(120_000);
  const componentId = await componentWith(ana.api, 'Around');
  const flowId = await publishedFlow(ana.api, componentId, 'dataflow', dataflow('Surrounded', weatherSteps));
  const bo = await join('Bo', 'editor');
  const { page } = await bo.open(`/flows/${flowId}`);
  const editor = new EditorPage(page);
  await editor.isSaved();
  await page.evaluate(() => document.body.setAttribute('data-not-reloaded', ''));
  let cut = 0;
  await page.route('**/api/v1/flows/*/surroundings', (asked) => {
    cut += 1;
    return asked.abort('connectionreset'); // as an answer ends whose server died
  });
  await ana.api.send('POST', `/flows/${flowId}/publish`, {}, 201);
  await expect.poll(() => cut).toBeGreaterThan(1);
  await killHard('web');
  await expect(page.getByRole('main')).toBeVisible();
  await expect(page.getByText('Version 1', { exact: true })).toBeVisible();
  await page.unroute('**/api/v1/flows/*/surroundings');
  await expect(page.getByText('Version 2', { exact: true })).toBeVisible({ timeout: 30_000 });
  await editor.isSaved();
  await expect(page.locator('body[data-not-reloaded]')).toHaveCount(1);
});
