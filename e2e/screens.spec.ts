import { mkdirSync } from 'node:fs';
import { join as path } from 'node:path';
import { EditorPage } from './editor-page';
import { expect, test } from './fixtures';
import { sampleFlow } from './flows';

/** Pictures of the main screens for looking at beside the design: into `MILLRACE_SCREENS`, else the cache. */
const folder = process.env['MILLRACE_SCREENS'] ?? path(import.meta.dirname, '..', '.cache', 'screens');

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the main screens show their content, ${colorScheme}`, async ({ ana }) => {
    mkdirSync(folder, { recursive: true });
    const sample = await sampleFlow(ana.api, 'Rain by month');
    const { runId } = await ana.api.send<{ runId: string }>('POST', `/flows/${sample.id}/runs`, { waitSeconds: 30 });
    const { page } = await ana.open('/', { colorScheme });
    const shot = (name: string) => page.screenshot({ path: path(folder, `${name}-${colorScheme}.png`) });
    const editor = new EditorPage(page);

    await page.goto(`/flows/${sample.id}`);
    await editor.open('Only days with rain');
    await editor.isSaved();
    await expect(editor.panel.getByRole('combobox', { name: 'Src field' })).toHaveValue('rain');
    await expect(editor.panel.getByText('items kept in the last run')).toBeVisible();
    await shot('editor');
    await page.goto(`/flows/${sample.id}?run=${runId}`);
    await expect(editor.card('Only days with rain').getByText('→')).toBeVisible();
    await shot('live-run');
    await page.goto(`/runs/${runId}`);
    await expect(editor.card('Only days with rain').getByText('→')).toBeVisible();
    await expect(page.getByRole('slider').first()).toBeVisible();
    await shot('replay');
    await page.goto('/runs');
    await expect(page.getByRole('row', { name: /Rain by month/ }).first()).toBeVisible();
    await shot('runs');
    await page.goto(`/components/${sample.componentId}?entry=1`);
    await expect(page.getByRole('complementary').last().getByLabel('Weather station')).toHaveValue('Seattle');
    await shot('component');
  });
}
