import { readFileSync } from 'node:fs';
import { expect, test } from './fixtures';
import { componentWith, dataflow, publishedFlow } from './flows';

test('Users can save a component as a file and make another one from it', async ({ ana }, info) => {
  const componentId = await componentWith(ana.api, 'Travelling', [{ name: 'town', title: 'Town', type: 'string' }]);
  await ana.api.send('POST', `/components/${componentId}/entries`, { name: 'Home', data: { town: 'Lyon' } });
  await publishedFlow(ana.api, componentId, 'dataflow', dataflow('Goes along', [{ id: 'stp_given', type: 'get-raw-model', name: 'Given' }]));
  const { page } = await ana.open(`/components/${componentId}/settings`);
  await page.getByText('With its entry').click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download' }).click()]);
  expect(download.suggestedFilename()).toBe('travelling.component.json');
  const file = info.outputPath('travelling.component.json');
  await download.saveAs(file);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ schema: 1, component: { title: 'Travelling' }, entries: [{ name: 'Home', data: { town: 'Lyon' } }] });

  await page.goto('/?new=component');
  await page.getByRole('button', { name: 'From a file…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('File with a component').setInputFiles({ name: 'no.json', mimeType: 'application/json', buffer: Buffer.from('{"schema":1}') });
  await expect(dialog).toContainText('no.json does not hold a component.');
  await dialog.getByLabel('File with a component').setInputFiles(file);
  await expect(dialog).toContainText('“Travelling”: 1 field, 1 flow, 1 entry.');
  await dialog.getByRole('button', { name: 'Import and open' }).click();
  await expect(page).toHaveURL(/\/components\/cmp_/);
  await expect(page.getByRole('row', { name: /Home/ })).toContainText('Lyon');
  expect(new URL(page.url()).pathname).not.toContain(componentId);
});
