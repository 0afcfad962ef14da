import { expect, test } from './fixtures';

test('Owners can say how long runs are kept, and see it again', async ({ ana, ownerApi }) => {
  const { page } = await ana.open('/settings');
  const part = page.locator('section', { has: page.getByRole('heading', { name: 'Runs that ended' }) });
  await part.getByRole('combobox', { name: 'Keep them' }).click();
  await page.getByRole('option', { name: 'For a number of days' }).click();
  const days = part.getByLabel('Days after the end');
  await days.fill('0');
  await part.getByRole('button', { name: 'Save' }).click();
  await expect(part.getByText('Give a whole number of days')).toBeVisible();
  await days.fill('30');
  await part.getByRole('checkbox').check();
  await part.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('It takes effect within the hour')).toBeVisible();
  expect(await ownerApi.get('/workspace')).toMatchObject({ retention: { runDays: 30, archive: true } });
  await page.reload();
  await expect(part.getByLabel('Days after the end')).toHaveValue('30');
  await ownerApi.send('PATCH', '/workspace', { retention: null });
  expect(await ownerApi.get('/audit/verify')).toMatchObject({ ok: true });
});
