import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { expect, test, type Api } from './fixtures';
import { componentWith, dataflow, publishedFlow } from './flows';

type Export = { id: string; state: string; rows: number };
const saved = async (page: Page, press: () => Promise<void>): Promise<{ name: string; lines: string[] }> => {
  const [download] = await Promise.all([page.waitForEvent('download'), press()]);
  return { name: download.suggestedFilename(), lines: readFileSync(await download.path(), 'utf8').split('\r\n').slice(0, -1) };
};
const guests = async (api: Api): Promise<string> => {
  const componentId = await componentWith(api, 'Guests', [{ name: 'town', title: 'Town', type: 'string', query: true }]);
  for (const [name, town] of [['Zoe', 'Lyon'], ['=Max', 'Nice'], ['Lou', 'Lyon']]) await api.send('POST', `/components/${componentId}/entries`, { name, data: { town } }, 201);
  return componentId;
};

test('Users can have the entries they see prepared as a file, are told of it live and download it from the inbox', async ({ ana, join }) => {
  const componentId = await guests(ana.api);
  const vic = await join('Vic', 'viewer');
  const { page } = await vic.open(`/components/${componentId}?f.town=contains:Lyon`);
  await expect(page.getByRole('row', { name: /Zoe/ })).toBeVisible();
  await page.getByRole('button', { name: 'Export CSV' }).click();
  await page.getByRole('menuitem', { name: '2 entries, prepared as a file' }).click();
  await expect(page.getByText(/Guests-.*\.csv is ready\./)).toBeVisible({ timeout: 30_000 });
  await page.getByRole('link', { name: /^Inbox/ }).first().click();
  const notice = page.getByRole('listitem').filter({ hasText: /Guests-.*\.csv is ready/ }).filter({ hasText: '2 rows' });
  const { name, lines } = await saved(page, () => notice.getByRole('link', { name: 'Download' }).click());
  expect(name).toMatch(/^Guests-\d{4}-\d\d-\d\d\.csv$/);
  expect(lines.map((line) => line.split(',').slice(0, 3).join(','))).toEqual(['\ufeffid,name,Town', '1,Zoe,Lyon', '3,Lou,Lyon']);
  await expect(page.getByRole('button', { name: /Mark “Guests/ })).toHaveCount(0); // downloading it has read it
});

test('Users can see how far their exports are, try a failed one again and delete one; others cannot have it', async ({ ana, join }) => {
  const componentId = await guests(ana.api);
  const [vic, eve] = [await join('Vic', 'viewer'), await join('Eve', 'editor')];
  await publishedFlow(ana.api, componentId, 'dataflow', dataflow('Nothing much', [{ id: 'stp_given', type: 'get-raw-model', name: 'Given' }]));
  const { page } = await vic.open('/runs');
  await page.getByRole('button', { name: 'Export CSV' }).click();
  await page.getByRole('menuitem', { name: 'All, prepared as a file' }).click();
  await page.getByRole('button', { name: 'Export CSV' }).click();
  await page.getByRole('menuitem', { name: 'Exports' }).click();
  await expect(page).toHaveURL(/\/exports$/);
  const row = page.getByRole('row', { name: /runs-.*\.csv/ });
  await expect(row).toContainText('Ready', { timeout: 30_000 });
  const { name, lines } = await saved(page, () => row.getByRole('link', { name: /^Download/ }).click());
  expect(name).toMatch(/^runs-/);
  expect(lines[0]).toContain('run,status,warnings,flow');

  const { items: [made] } = await vic.api.get<{ items: Export[] }>('/exports');
  await eve.api.get(`/exports/${made?.id}/content`, 403);
  expect((await ana.api.request.get(`/api/v1/exports/${made?.id}/content`)).headers()['content-disposition']).toContain('attachment');

  // Its component goes while it is asked for: it says so, and can be asked for again.
  const gone = await guests(ana.api);
  await vic.api.send<Export>('POST', '/exports', { kind: 'entries', componentId: gone }, 202);
  await ana.api.send('DELETE', `/components/${gone}`);
  const other = page.getByRole('row', { name: /Guests-.*\.csv/ });
  await expect(other).toContainText(/Ready|Failed/, { timeout: 30_000 });
  await other.getByRole('button', { name: /^Delete/ }).click();
  await expect(other).toHaveCount(0);
  expect((await vic.api.get<{ items: Export[] }>('/exports')).items.map((each) => each.id)).toEqual([made?.id]);
});
