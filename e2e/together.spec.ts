import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from './fixtures';
import { EditorPage } from './editor-page';
import { componentWith, weatherCsv, type Run } from './flows';
import { cableTo } from './network';
import { rainByMonth } from './weather';

test('two people build the weather flow from empty, one offline for half a minute: nothing is lost, and its run equals the file', async ({ ana, join, baseURL }) => {
  test.setTimeout(240_000);
  const componentId = await componentWith(ana.api, 'Weather together');
  const { id: flowId } = await ana.api.send<{ id: string }>('POST', '/flows', { componentId, kind: 'dataflow', name: 'Rain' });
  const bo = await join('Bo', 'editor');
  const cable = await cableTo(Number(new URL(baseURL ?? '').port));
  const one = new EditorPage((await ana.open(`/flows/${flowId}`)).page);
  const two = new EditorPage((await bo.open(`/flows/${flowId}`, { origin: cable.origin })).page);
  await one.isSaved();
  await two.isSaved();
  await expect(one.page.getByRole('button', { name: 'Follow Bo' })).toBeVisible();

  await test.step('Ana reads the file, Bo sees it', async () => {
    await one.addStep('Input', 'Get raw model', 'Given');
    await one.panel.getByRole('textbox', { name: 'Model (JSON)' }).fill('{"file":{"id":""}}');
    await one.addStep('Input', 'Import file', 'Read the days');
    await one.fill('File info field', 'file');
    await one.fill('Column separator', ',');
    await one.mapping('Add column', [
      { target: 'date', form: 'Column', value: 'date' }, { target: 'rain@number', form: 'Column', value: 'precipitation' }, { target: 'weather', form: 'Column', value: 'weather' },
    ]);
    await expect(two.card('Read the days')).toBeVisible();
    await one.isSaved();
  });

  await test.step('Bo goes offline and filters and groups, Ana works on', async () => {
    cable.cut();
    await expect(two.page.getByText(/^Offline/)).toBeVisible({ timeout: 30_000 });
    const offlineSince = Date.now();
    await two.addStep('Input', 'Filter source', 'Days of rain');
    await two.fill('Src field', 'weather');
    await two.fill('Filter value', 'rain');
    await two.addStep('Input', 'Transform model', 'Month');
    await two.mapping('Add', [{ target: 'month', form: 'Expression', value: 'item.date.substring(0, 7)' }, { target: 'rain@number', form: 'Field', value: 'rain' }]);
    await expect(two.page.getByText(/^Offline, \d+ changes? kept on this device$/)).toBeVisible();
    await one.addStage();
    await expect(one.stage('Stage 2')).toBeVisible();
    await one.addStep('Stage 2', 'Write response', 'Answer');
    await wait(Math.max(0, 30_000 - (Date.now() - offlineSince))); // the half minute of the promise
    await expect(one.card('Days of rain')).toHaveCount(0);
    cable.mend();
  });

  await test.step('Bo comes back: both have everything', async () => {
    await two.isSaved();
    for (const each of [one, two]) for (const name of ['Given', 'Read the days', 'Days of rain', 'Month', 'Answer']) await expect(each.card(name)).toBeVisible();
  });

  await test.step('Bo groups and totals, Ana answers and exports', async () => {
    await two.addStep('Input', 'Group by', 'By month');
    await two.panel.getByRole('combobox', { name: 'Add field' }).fill('month');
    await two.panel.getByRole('combobox', { name: 'Add field' }).press('Enter');
    await two.addStep('Input', 'Calculate array', 'Totals');
    await two.panel.getByRole('button', { name: 'Add operation' }).click();
    await two.panel.getByRole('combobox', { name: /^Operation/ }).last().selectOption('sum');
    await two.fill('Array field', 'items');
    await two.fill('Value in element', 'rain');
    await two.fill('Result field', 'total');
    await expect(one.card('Totals')).toBeVisible();
    await one.open('Answer');
    await one.source('Totals');
    await one.addStep('Stage 2', 'Export to file', 'Excel');
    await one.source('Totals');
    await one.fill('File name', 'rain');
    await one.isSaved();
    await two.isSaved();
  });

  await test.step('undo takes back one’s own edit only', async () => {
    await two.addStep('Stage 2', 'Distinct', 'Of Bo');
    await expect(one.card('Of Bo')).toBeVisible();
    await one.open('Excel');
    await one.panel.getByRole('textbox', { name: 'Name of the step' }).fill('Sheet');
    await one.panel.getByRole('textbox', { name: 'Name of the step' }).blur();
    await expect(two.card('Sheet')).toBeVisible();
    await one.page.getByRole('button', { name: 'Undo', exact: true }).click();
    await expect(two.card('Excel')).toBeVisible();
    await expect(two.card('Of Bo')).toBeVisible();
    await two.page.getByRole('button', { name: 'Undo', exact: true }).click();
    await two.page.getByRole('button', { name: 'Undo', exact: true }).click();
    await expect(one.card('Of Bo')).toHaveCount(0);
    await expect(one.card('Excel')).toBeVisible();
  });

  await test.step('both screens and the server hold the same flow, without problems', async () => {
    await one.isSaved();
    await two.isSaved();
    expect(await one.cards()).toEqual(await two.cards());
    const flow = await ana.api.get<{ problems: { message: string }[] }>(`/flows/${flowId}`);
    expect(flow.problems.map((each) => each.message)).toEqual([]);
  });

  await test.step('Ana runs it, Bo’s canvas shows the same run, and the answer equals the file', async () => {
    await one.page.getByRole('button', { name: 'Run', exact: true }).click();
    const dialog = one.page.getByRole('dialog');
    await dialog.getByLabel('file', { exact: true }).setInputFiles(weatherCsv);
    await expect(dialog.getByText('seattle-weather.csv is uploaded')).toBeVisible();
    await dialog.getByRole('button', { name: 'Run now' }).click();
    await two.attach('Ana');
    await expect(two.card('Totals').getByText(`${rainByMonth().length}`)).toBeVisible();
    const { items } = await ana.api.get<{ items: Run[] }>(`/runs?flowId=${flowId}`);
    await expect.poll(async () => (await ana.api.get<Run>(`/runs/${items[0]?.id}`)).status).toBe('succeeded');
    const run = await ana.api.get<Run & { output: { month: string; total: number }[] }>(`/runs/${items[0]?.id}`);
    expect(run.output.map(({ month, total }) => ({ month, total }))).toEqual(rainByMonth());
  });
  await cable.close();
});
