import { EditorPage } from './editor-page';
import { expect, test } from './fixtures';
import { componentWith, type Run } from './flows';

test('keyboard only: add a stage and a step, set a parameter, run', async ({ ana }) => {
  const componentId = await componentWith(ana.api, 'Keys');
  const { id: flowId } = await ana.api.send<{ id: string }>('POST', '/flows', { componentId, kind: 'dataflow', name: 'Typed' });
  const { page } = await ana.open(`/flows/${flowId}`);
  const editor = new EditorPage(page);
  await editor.isSaved();
  const { keyboard } = page;
  const reach = async (name: RegExp) => {
    for (let presses = 0; presses < 60; presses++) {
      if (await page.evaluate((source) => new RegExp(source).test(document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? ''), name.source)) return;
      await keyboard.press('Tab');
    }
    throw new Error(`${name} is not reached by the Tab key`);
  };

  await reach(/^Add a step$/);
  await keyboard.press('Enter');
  await keyboard.type('raw model');
  await keyboard.press('Enter');
  await expect(editor.card('Get raw model')).toBeVisible();
  await keyboard.press('Escape');
  await page.getByRole('group', { name: /^Get raw model, / }).focus();
  await keyboard.press('s');
  await expect(editor.stage('Stage 2')).toBeVisible();
  await keyboard.type('transform');
  await keyboard.press('Enter');
  await expect(editor.card('Transform model')).toBeVisible();
  await keyboard.press('Escape');
  await editor.card('Transform model').focus();
  await keyboard.press('Enter');
  await expect(editor.panel).toHaveAccessibleName('Step Transform model');
  await reach(/Add (row|field)/);
  await keyboard.press('Enter');
  await reach(/^Target$/);
  await keyboard.press('ControlOrMeta+A');
  await keyboard.type('greeting');
  await reach(/^Kind of value$/);
  await keyboard.type('Con');
  await reach(/^Value of greeting$/);
  await keyboard.type('hello');
  await keyboard.press('Tab');
  await editor.isSaved();
  await expect.poll(async () => JSON.stringify(await ana.api.get(`/flows/${flowId}`))).toContain('"const":"hello"');
  await reach(/^Run$/);
  await keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeVisible();
  await reach(/^Run now$/);
  await keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect.poll(async () => (await ana.api.get<{ items: Run[] }>(`/runs?flowId=${flowId}`)).items[0]?.status).toBe('succeeded');
});
