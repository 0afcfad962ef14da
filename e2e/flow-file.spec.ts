import { readFileSync } from 'node:fs';
import { EditorPage } from './editor-page';
import { expect, test } from './fixtures';
import { componentWith, dataflow, fresh, weatherSteps } from './flows';

test('a flow goes into a file and comes back as another flow; a file that is none is refused with its path; a flow is deleted', async ({ ana }) => {
  const component = fresh('Filed');
  const componentId = await componentWith(ana.api, component);
  const { id } = await ana.api.send<{ id: string }>('POST', '/flows', { componentId, kind: 'dataflow', name: 'Filed away', definition: dataflow('Filed away', weatherSteps) });
  const { page } = await ana.open(`/flows/${id}`);
  const editor = new EditorPage(page);
  await editor.isSaved();
  const menu = async (item: string) => {
    await page.getByRole('button', { name: 'Flow menu' }).click();
    await page.getByRole('menuitem', { name: item }).click();
  };
  const downloading = page.waitForEvent('download');
  await menu('Export as JSON');
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('filed-away.flow.json');
  const text = readFileSync(await download.path(), 'utf8');
  expect(JSON.parse(text)).toEqual((await ana.api.get<{ definition: unknown }>(`/flows/${id}`)).definition);

  await page.goto('/');
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  const dialog = page.getByRole('dialog');
  const choose = (name: string, content: string) => dialog.getByLabel('File with a flow').setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(content) });
  await choose('no.json', text.replace('"import-file"', '"make-coffee"'));
  await expect(dialog.getByText(/make-coffee/)).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Import and open' })).toBeDisabled();
  await choose('yes.json', text);
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Filed again');
  await dialog.getByRole('combobox', { name: 'Component' }).click();
  await page.getByRole('option', { name: component }).click();
  await dialog.getByRole('button', { name: 'Import and open' }).click();
  await expect(page.getByRole('heading', { name: 'Filed again' })).toBeVisible();
  await expect(editor.card('Read weather')).toBeVisible();

  await menu('Delete this flow');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete this flow' }).click();
  await expect(page).toHaveURL(new RegExp(`/components/${componentId}/flows`));
  await expect(page.getByRole('link', { name: 'Filed again' })).toHaveCount(0);
  await expect(page.getByRole('link', { name: 'Filed away' })).toBeVisible();
});
