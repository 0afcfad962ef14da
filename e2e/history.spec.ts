import { expect, test } from './fixtures';
import { EditorPage } from './editor-page';
import { componentWith, dataflow, publishedFlow } from './flows';

const definition = dataflow('Numbers', [
  { id: 'stp_given', type: 'get-raw-model', name: 'Given', params: { model: '{"a":1}' } },
  { id: 'stp_few', type: 'filter-source', name: 'Only few', sources: { source: 'stp_given' }, params: { srcField: 'a', operator: 'less', filterValue: { const: 5 } } },
  { id: 'stp_answer', type: 'write-response', name: 'Answer', sources: { source: 'stp_few' } },
]);

test('a colleague travels back, sees whose edit it was, restores the step, and the author takes that back', async ({ ana, join }) => {
  test.setTimeout(180_000);
  const flowId = await publishedFlow(ana.api, await componentWith(ana.api, 'History'), 'dataflow', definition);
  const bo = await join('Bo', 'editor');
  const editor = new EditorPage((await ana.open(`/flows/${flowId}`)).page);
  await editor.isSaved();

  await test.step('Ana changes the filter and deletes a step; the publish button counts it', async () => {
    await editor.open('Only few');
    await editor.fill('Filter value', '9');
    await editor.isSaved();
    await editor.open('Answer');
    await editor.card('Answer').press('Delete');
    await expect(editor.card('Answer')).toHaveCount(0);
    await expect(editor.page.getByRole('button', { name: 'Publish 2 changes' })).toBeVisible();
    await editor.isSaved();
  });

  const { page } = await bo.open(`/flows/${flowId}/history`);
  const card = (name: string) => page.getByRole('group', { name: new RegExp(`^${name}, `) });
  const edits = page.getByRole('complementary', { name: 'Edits' });
  await test.step('Bo sees what changed since the version, by whom, on the canvas and in words', async () => {
    await expect(card('Only few').getByText('9', { exact: true })).toBeVisible();
    await expect(card('Answer').getByText('removed by Ana')).toBeVisible();
    await expect(edits.getByRole('heading', { name: 'Edits since Version 1' })).toBeVisible();
    await expect(edits.getByRole('button', { name: /Only few filter value 5 9/ })).toBeVisible();
    await expect(edits.getByRole('button', { name: /Answer deleted/ })).toBeVisible();
  });

  await test.step('Bo scrubs back with the keys; the address holds the moment', async () => {
    const knob = page.getByRole('slider', { name: 'Moment of the flow' });
    await knob.focus();
    await knob.press('ArrowLeft');
    await expect(card('Answer')).toBeVisible();
    await expect(page).toHaveURL(/[?&]at=\d+/);
    await page.reload();
    await expect(card('Answer')).toBeVisible();
    await expect(card('Only few').getByText('9', { exact: true })).toBeVisible();
    await knob.focus();
    await knob.press('Home');
    await expect(card('Only few').getByText('added by Ana')).toBeVisible();
    await knob.press('End');
    await expect(page).not.toHaveURL(/[?&]at=/);
  });

  await test.step('Bo names the moment', async () => {
    await page.getByRole('button', { name: 'Named moments' }).click();
    await page.getByRole('textbox', { name: 'Name for this moment' }).fill('Before the repair');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(page.getByRole('button', { name: /^Before the repair/ })).toBeVisible();
    await page.keyboard.press('Escape');
  });

  await test.step('Bo restores one step, told whose work that replaces; Ana sees it and takes it back', async () => {
    await card('Only few').click();
    const step = page.getByRole('region', { name: 'Changes of Only few' });
    await step.getByRole('button', { name: 'Restore' }).click();
    const dialog = page.getByRole('alertdialog');
    await expect(dialog.getByText('replaces work of Ana')).toBeVisible();
    await dialog.getByRole('button', { name: 'Restore', exact: true }).click();
    await expect(page.getByText(/“Only few” is as of Version 1 again/)).toBeVisible();
    const notice = editor.page.getByRole('listitem').filter({ hasText: 'Bo restored “Only few” to an earlier moment' });
    await expect(notice).toBeVisible();
    await expect(editor.card('Only few').getByText('a less than 5')).toBeVisible();
    await notice.getByRole('button', { name: 'Undo', exact: true }).click();
    await expect(editor.card('Only few').getByText('a less than 9')).toBeVisible();
    await expect(editor.page.getByText('Taken back')).toBeVisible();
    await expect(editor.card('Answer')).toHaveCount(0);
  });

  await test.step('the panel says who set the value; the log names everybody', async () => {
    const { items } = await ana.api.get<{ items: { key: string; author: { name: string } | null; op: string; stepId: string }[] }>(`/flows/${flowId}/changes?stepId=stp_few`);
    expect(items.map((each) => [each.key, each.author?.name]).slice(0, 3)).toEqual([['params.filterValue', 'Ana'], ['params.filterValue', 'Bo'], ['params.filterValue', 'Ana']]);
    await editor.open('Only few');
    const field = editor.panel.getByText('Filter value', { exact: false }).first();
    await field.hover();
    await expect(editor.panel.getByText(/^Ana,/).first()).toBeVisible();
  });

  await test.step('away, Bo is told what happened since', async () => {
    const two = new EditorPage((await bo.open(`/flows/${flowId}`)).page);
    await two.isSaved();
    await expect.poll(async () => (await bo.api.send<{ seq: number }>('POST', `/flows/${flowId}/seen`)).seq).toBeGreaterThan(1);
    await two.page.close();
    await editor.fill('Filter value', '7');
    await editor.isSaved();
    const again = new EditorPage((await bo.open(`/flows/${flowId}`)).page);
    await expect(again.page.getByText('Since you were away: 1 change by Ana')).toBeVisible();
    await again.page.getByRole('link', { name: 'Show changes' }).click();
    await expect(again.page.getByRole('group', { name: /^Only few, / }).getByText('7', { exact: true })).toBeVisible();
  });
});

test('versions are rolled back and unpublished, told what will happen', async ({ ana }) => {
  test.setTimeout(90_000);
  const flowId = await publishedFlow(ana.api, await componentWith(ana.api, 'Versions'), 'dataflow', definition);
  await ana.api.send('PATCH', `/flows/${flowId}`, { name: 'Numbers two' });
  await ana.api.send('POST', `/flows/${flowId}/publish`, { message: 'Another name' }, 201);
  const { page } = await ana.open(`/flows/${flowId}`);
  await page.getByRole('button', { name: 'Versions' }).click();
  await page.getByRole('button', { name: 'Roll back to version 1' }).click();
  await expect(page.getByText('From now on version 1 runs instead of version 2. They differ in 1 change.')).toBeVisible();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Roll back' }).click();
  await expect(page.getByText('Version 1 runs from now on')).toBeVisible();
  expect((await ana.api.get<{ publishedVersion: number }>(`/flows/${flowId}`)).publishedVersion).toBe(1);
  await expect(page.getByRole('button', { name: 'Roll back to version 2' })).toBeVisible(); // the list stands as it will stay
  await page.getByRole('button', { name: 'Unpublish' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Unpublish' }).click();
  await expect(page.getByText('The flow is no longer published')).toBeVisible();
  expect((await ana.api.get<{ publishedVersion: number | null }>(`/flows/${flowId}`)).publishedVersion).toBeNull();
});

test('a comment with a mention arrives live and as a notification, is read, answered and resolved; a viewer takes part', async ({ ana, join }) => {
  test.setTimeout(150_000);
  const flowId = await publishedFlow(ana.api, await componentWith(ana.api, 'Comments'), 'dataflow', definition);
  const vera = await join('Vera', 'viewer');
  const one = new EditorPage((await ana.open(`/flows/${flowId}`)).page);
  const two = new EditorPage((await vera.open(`/flows/${flowId}`)).page);
  await one.isSaved();

  await test.step('Ana comments on a parameter and names Vera', async () => {
    await one.open('Only few');
    await one.panel.getByText('Filter value').first().hover();
    await one.panel.getByRole('button', { name: 'Comment on “Filter value”' }).click();
    const text = one.panel.getByRole('combobox', { name: 'Comment on “Filter value”' });
    await text.pressSequentially('<b>Why</b> five, @Ver');
    await one.panel.getByRole('option', { name: 'Vera' }).first().click();
    await text.press('Control+Enter');
    await expect(one.panel.getByText('<b>Why</b> five, @Vera')).toBeVisible();
  });

  await test.step('Vera sees it at once, unread, on the card and in the list; the notification names it', async () => {
    await expect(two.card('Only few').getByText('1 comment')).toBeAttached();
    await expect.poll(async () => (await vera.api.get<{ items: { kind: string; subject: unknown }[] }>('/notifications')).items.map((each) => each.kind)).toEqual(['mention']);
    await two.page.getByRole('button', { name: 'Comments, 1 thread with news' }).click();
    const list = two.page.getByRole('region', { name: 'Comments' });
    await expect(list.getByText('<b>Why</b> five,')).toBeVisible();
    await expect(list.getByRole('button', { name: 'Only few · Filter value' })).toBeVisible();
    await expect(two.page.getByRole('button', { name: 'Comments', exact: true })).toBeVisible(); // looked at: read
    const answer = list.getByRole('combobox', { name: 'Answer to Ana' });
    await answer.fill('Because of the form.');
    await answer.press('Control+Enter');
    await expect(one.panel.getByText('Because of the form.')).toBeVisible();
  });

  await test.step('Ana corrects her words and resolves; Vera sees it go', async () => {
    await one.panel.getByRole('button', { name: /^More for “<b>Why/ }).click();
    await one.page.getByRole('menuitem', { name: 'Edit' }).click();
    const edit = one.panel.getByRole('combobox', { name: 'Edit' });
    await edit.fill('Why five?');
    await edit.press('Control+Enter');
    await expect(two.page.getByText('Why five?')).toBeVisible();
    await one.panel.getByRole('button', { name: 'Resolve', exact: true }).click();
    await expect(one.panel.getByText('No open comments')).toBeVisible();
    await expect(two.card('Only few').getByText('1 comment')).toHaveCount(0);
    await two.page.getByRole('button', { name: 'Resolved 1' }).click();
    await two.page.getByRole('button', { name: 'Open again' }).click();
    await expect(one.card('Only few').getByText('1 comment')).toBeAttached();
  });
});

test('a run is commented beside its replay', async ({ ana }) => {
  test.setTimeout(90_000);
  const flowId = await publishedFlow(ana.api, await componentWith(ana.api, 'Run comments'), 'dataflow', definition);
  const { runId } = await ana.api.send<{ runId: string }>('POST', `/flows/${flowId}/runs`, { input: { a: 1 }, waitSeconds: 30 });
  const { page } = await ana.open(`/runs/${runId}`);
  const text = page.getByRole('combobox', { name: 'Comment on this run' });
  await text.fill('Looks right');
  await text.press('Control+Enter');
  await expect(page.getByRole('article', { name: 'Thread begun by Ana' }).getByText('Looks right')).toBeVisible();
  const { items } = await ana.api.get<{ items: { anchor: object; text: string }[] }>(`/flows/${flowId}/comments?runId=${runId}`);
  expect(items.map(({ anchor, text: words }) => ({ anchor, words }))).toEqual([{ anchor: { runId }, words: 'Looks right' }]);
});
