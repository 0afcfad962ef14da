import { readFileSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import { EditorPage } from './editor-page';
import { expect, test } from './fixtures';
import { componentWith, dataflow } from './flows';

test('A dataflow gets an API definition in its menu, from its next publication on, and a program can call what it describes', async ({ ana, origin, playwright }) => {
  const componentId = await componentWith(ana.api, 'Callable');
  const steps = [
    { id: 'stp_in', type: 'get-raw-model', name: 'Order', params: { model: '{"orderId": 1, "note": "x"}' } },
    { id: 'stp_out', type: 'write-response', name: 'Answer', sources: { source: 'stp_in' } },
  ];
  const { id } = await ana.api.send<{ id: string }>('POST', '/flows', { componentId, kind: 'dataflow', name: 'Take an order', definition: dataflow('Take an order', steps) });
  await ana.api.send('POST', `/flows/${id}/publish`, {}, 201);
  const { page } = await ana.open(`/flows/${id}`);
  const editor = new EditorPage(page);
  await editor.isSaved();
  const dialog = page.getByRole('dialog', { name: 'API definition' });
  const open = async () => {
    await page.getByRole('button', { name: 'Flow menu' }).click();
    await page.getByRole('menuitem', { name: 'API definition…' }).click();
    await expect(dialog).toBeVisible();
  };
  await open();
  await expect(dialog.getByRole('status')).toContainText('generates no API definition');
  await dialog.getByRole('switch', { name: 'Generate API definition' }).click();
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await editor.isSaved();
  await ana.api.send('POST', `/flows/${id}/publish`, {}, 201);
  await open();
  await expect(dialog.getByRole('switch', { name: 'Generate API definition' })).toBeChecked();
  await expect(dialog.getByRole('region', { name: 'OpenAPI definition' })).toContainText('takeAnOrder');
  if (process.env['MILLRACE_SCREENS']) await page.screenshot({ path: `${process.env['MILLRACE_SCREENS']}/flow-api.png` });
  const { violations } = await new AxeBuilder({ page }).include('[role=dialog]').analyze();
  expect(violations.map((each) => each.id)).toEqual([]);
  const downloading = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Download' }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('take-an-order.openapi.json');
  const document = JSON.parse(readFileSync(await download.path(), 'utf8'));
  const [path] = Object.keys(document.paths);
  const { key } = await ana.api.send<{ key: string }>('POST', '/api-keys', { name: 'Shop', role: 'operator' }, 201);
  const program = await playwright.request.newContext();
  const answer = await program.post(`${origin}${new URL(document.servers[0].url).pathname}${path}`, { headers: { Authorization: `Bearer ${key}` }, data: { input: { orderId: 7, note: 'hi' }, waitSeconds: 30 } });
  expect([answer.status(), (await answer.json()).output]).toEqual([200, { orderId: 7, note: 'hi' }]);
  await program.dispose();
});

test('The dialog of the API definition speaks French', async ({ ana }) => {
  const componentId = await componentWith(ana.api, 'Appels');
  const { id } = await ana.api.send<{ id: string }>('POST', '/flows', { componentId, kind: 'dataflow', name: 'Commande' });
  const { page } = await ana.open(`/flows/${id}`, { locale: 'fr', colorScheme: 'dark' });
  await expect(page.getByRole('status').filter({ hasText: 'Enregistré' })).toBeVisible();
  await page.getByRole('button', { name: 'Menu du flux' }).click();
  await page.getByRole('menuitem', { name: 'Définition d’API…' }).click();
  await expect(page.getByRole('dialog', { name: 'Définition d’API' })).toContainText('n’est pas publié');
  if (process.env['MILLRACE_SCREENS']) await page.screenshot({ path: `${process.env['MILLRACE_SCREENS']}/flow-api-fr.png` });
});
