import { EditorPage } from './editor-page';
import { expect, openPage, test } from './fixtures';

test('a newcomer joins by a link, makes a component, gives it a field, adds an entry, makes a flow and opens it', async ({ ana, browser, origin }) => {
  const { url } = await ana.api.send<{ url: string }>('POST', '/invitations', { role: 'editor' });
  const { page, context } = await openPage(browser, origin, new URL(url).pathname);
  await page.getByLabel('Name').fill('Zoe Martin');
  await page.getByLabel('E-mail').fill(`zoe-${Date.now()}@example.com`);
  await page.getByLabel('Password', { exact: true }).fill('a long password 3');
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page.getByRole('heading', { name: 'Components and flows' })).toBeVisible();

  await page.getByRole('button', { name: 'New component' }).click();
  await page.getByRole('dialog').getByLabel('Title').fill('Orders');
  await page.getByRole('button', { name: 'Create and add fields' }).click();
  await page.getByRole('button', { name: 'Add field' }).first().click();
  await page.getByLabel(/^Title/).last().fill('Customer');
  await page.getByRole('button', { name: 'Save model' }).click();
  await expect(page.getByText('Model saved')).toBeVisible();

  await page.getByRole('link', { name: 'Data', exact: true }).or(page.getByRole('tab', { name: 'Data' })).first().click();
  await page.getByRole('button', { name: 'Add entry' }).first().click();
  await page.getByRole('complementary', { name: 'New entry of Orders' }).getByLabel(/^Customer/).fill('Miller');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Miller').first()).toBeVisible();

  await page.getByRole('link', { name: /^Flows/ }).or(page.getByRole('tab', { name: /^Flows/ })).first().click();
  await page.getByRole('button', { name: 'New flow' }).first().click();
  await page.getByRole('dialog').getByLabel('Name').fill('Send orders');
  await page.getByRole('button', { name: 'Create and open' }).click();
  const editor = new EditorPage(page);
  await expect(page.getByRole('heading', { name: 'Send orders' })).toBeVisible();
  await editor.isSaved();
  await editor.addStep('Input', 'Get empty model', 'Begin');
  await editor.isSaved();
  await page.reload();
  await expect(editor.card('Begin')).toBeVisible();
  await context.close();
});

test('the sample runs with one click, without any network', async ({ ana }) => {
  const { page } = await ana.open('/');
  await page.getByRole('button', { name: 'Run Rain by month' }).click();
  await expect(page.getByText(/Rain by month is done|Rain by month/).last()).toBeVisible();
  type Runs = { items: { flowName: string; status: string }[] };
  await expect.poll(async () => (await ana.api.get<Runs>('/runs')).items.find((each) => each.flowName === 'Rain by month')?.status).toBe('succeeded');
});

test('a session that is ended elsewhere opens nothing any more', async ({ join }) => {
  const eve = await join('Eve', 'viewer');
  const { page } = await eve.open('/account');
  await expect(page.getByRole('heading', { name: 'Where you are signed in' })).toBeVisible();
  const { items } = await eve.api.get<{ items: { id: string }[] }>('/sessions');
  expect(items).toHaveLength(1);
  await eve.api.send('DELETE', `/sessions/${items[0]?.id}`);
  await page.goto('/');
  await expect(page).toHaveURL(/\/sign-in/);
});
