import type { Locator, Page } from '@playwright/test';
import { EditorPage } from './editor-page';
import { expect, test, type Person } from './fixtures';
import { componentWith, dataflow, type Step } from './flows';

/** The canvas by pointer, keyboard and clipboard: what a person does all day long. */
const steps: Step[] = [
  { id: 'stp_a', type: 'get-raw-model', name: 'Given', params: { model: '{"kind":"","amount":0}' } },
  { id: 'stp_b', type: 'distinct', name: 'Once', sources: { source: 'stp_a' }, params: { keys: ['kind'] } },
  { id: 'stp_c', type: 'filter-source', name: 'Large', sources: { source: 'stp_b' }, params: { srcField: 'amount', operator: 'greater', filterValue: { const: 5 } } },
];

async function flowOf(person: Person, name: string, given: readonly Step[] = steps): Promise<string> {
  const definition = dataflow(name, given);
  const two = { ...definition, lanes: definition.lanes.map((lane) => ({ ...lane, stages: [...lane.stages, { id: 'stg_2', name: 'Output', steps: [] }] })) };
  const { id } = await person.api.send<{ id: string }>('POST', '/flows', { componentId: await componentWith(person.api, name), kind: 'dataflow', name, definition: two });
  return id;
}

async function editorOn(person: Person, flowId: string): Promise<EditorPage> {
  const editor = new EditorPage((await person.open(`/flows/${flowId}`)).page);
  await editor.isSaved();
  return editor;
}

async function dragTo(page: Page, from: Locator, to: Locator, target?: { x: number; y: number }): Promise<void> {
  const [start, end] = [await from.boundingBox(), await to.boundingBox()];
  if (!start || !end) throw new Error('nothing to drag, or nowhere to drag it to');
  await page.mouse.move(start.x + start.width / 2, start.y + start.height / 2);
  await page.mouse.down();
  await page.mouse.move(start.x + start.width / 2 + 12, start.y + start.height / 2 + 12, { steps: 4 });
  await page.mouse.move(end.x + (target?.x ?? end.width / 2), end.y + (target?.y ?? end.height / 2), { steps: 12 });
  await page.mouse.up();
}

type Stored = { definition: { lanes: { stages: { steps: Step[] }[] }[]; notes?: { text: string }[] } };
const stored = async (person: Person, flowId: string) => (await person.api.get<Stored>(`/flows/${flowId}`)).definition;
const names = async (person: Person, flowId: string) => (await stored(person, flowId)).lanes[0]?.stages.map((stage) => stage.steps.map((step) => step.name));

test('a card is dragged to another stage, a link from its port to another card; undo takes both back', async ({ ana }) => {
  const flowId = await flowOf(ana, 'Dragged');
  const editor = await editorOn(ana, flowId);
  await dragTo(editor.page, editor.card('Large'), editor.stage('Output').getByRole('button', { name: /^Add step/ }));
  await expect.poll(() => names(ana, flowId)).toEqual([['Given', 'Once'], ['Large']]);
  await dragTo(editor.page, editor.card('Given').locator('.react-flow__handle.source'), editor.card('Large'));
  const sourceOfLarge = async () => (await stored(ana, flowId)).lanes[0]?.stages[1]?.steps[0]?.sources;
  await expect.poll(sourceOfLarge).toEqual({ source: 'stp_a' });
  await editor.page.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect.poll(sourceOfLarge).toEqual({ source: 'stp_b' });
  await editor.page.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect.poll(() => names(ana, flowId)).toEqual([['Given', 'Once', 'Large'], []]);
});

test('a field that is not there is put right with one press, from the error list or beside the parameter', async ({ ana }) => {
  const wrong = steps.map((step) => (step.id === 'stp_c' ? { ...step, params: { srcField: 'Amount', operator: 'greater', filterValue: { field: 'kinds' } } } : step));
  const flowId = await flowOf(ana, 'Put right', wrong);
  const editor = await editorOn(ana, flowId);
  const errors = editor.page.getByRole('region', { name: 'Error list' });
  await errors.getByRole('button', { name: 'Use amount' }).click();
  const params = async () => (await stored(ana, flowId)).lanes[0]?.stages[0]?.steps[2]?.params;
  await expect.poll(params).toMatchObject({ srcField: 'amount' });
  await editor.open('Large');
  await editor.panel.getByRole('button', { name: 'Use kind' }).click();
  await expect.poll(params).toEqual({ srcField: 'amount', operator: 'greater', filterValue: { field: 'kind' } });
  await expect(editor.page.getByRole('button', { name: /^Use / })).toHaveCount(0);
  if (process.env['MILLRACE_SCREENS']) await editor.page.getByRole('button', { name: 'Undo', exact: true }).click();
  if (process.env['MILLRACE_SCREENS']) await editor.page.screenshot({ path: `${process.env['MILLRACE_SCREENS']}/put-right.png` });
});

test('several cards are selected, copied into another flow of another browser tab, and deleted with undo', async ({ ana }) => {
  const [from, to] = [await flowOf(ana, 'Copied from'), await flowOf(ana, 'Copied to', steps.slice(0, 1))];
  const editor = await editorOn(ana, from);
  await editor.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await editor.card('Once').click();
  await editor.card('Large').click({ modifiers: ['Shift'] });
  await expect(editor.page.getByRole('complementary', { name: /2 steps/ })).toBeVisible();
  await editor.page.keyboard.press('ControlOrMeta+C');
  await editor.page.goto(`/flows/${to}`);
  await editor.isSaved();
  await editor.card('Given').click();
  await editor.page.keyboard.press('ControlOrMeta+V');
  await expect(editor.card('Once')).toBeVisible();
  await expect.poll(async () => (await names(ana, to))?.flat()).toEqual(['Given', 'Once', 'Large']);
  const pasted = (await stored(ana, to)).lanes[0]?.stages.flatMap((stage) => stage.steps) ?? [];
  expect(pasted[2]?.sources?.['source'], 'links among pasted steps follow').toBe(pasted[1]?.id);
  await editor.page.keyboard.press('Delete');
  await expect(editor.card('Once')).toHaveCount(0);
  await editor.page.keyboard.press('ControlOrMeta+Z');
  await expect(editor.card('Large')).toBeVisible();
});

test('a note is written on the canvas and seen by the other person; a step is found by name', async ({ ana, join }) => {
  const flowId = await flowOf(ana, 'Noted');
  const bo = await join('Bo', 'editor');
  const [one, two] = [await editorOn(ana, flowId), await editorOn(bo, flowId)];
  await one.page.getByRole('button', { name: /^Add (a )?note/ }).click();
  await one.page.keyboard.type('Traces count as dry.');
  await one.page.keyboard.press('Escape');
  await expect(two.page.getByText('Traces count as dry.')).toBeVisible();
  await expect.poll(async () => (await stored(ana, flowId)).notes?.map((note) => note.text)).toEqual(['Traces count as dry.']);
  await one.page.keyboard.press('ControlOrMeta+F');
  await one.page.keyboard.type('larg');
  await one.page.keyboard.press('Enter');
  await expect(one.panel).toHaveAccessibleName('Step Large');
});

test('publishing shows what changed since the published version, and who changed it', async ({ ana, join }) => {
  const flowId = await flowOf(ana, 'Published', [...steps, { id: 'stp_d', type: 'write-response', name: 'Answer', sources: { source: 'stp_c' } }]);
  await ana.api.send('POST', `/flows/${flowId}/publish`, {}, 201);
  const bo = await join('Bo', 'editor');
  const [one, two] = [await editorOn(ana, flowId), await editorOn(bo, flowId)];
  await two.open('Large');
  await two.fill('Filter value', '7');
  await two.isSaved();
  await one.page.getByRole('button', { name: /^Publish/ }).click();
  const dialog = one.page.getByRole('dialog');
  await expect(dialog.getByText('Large').first()).toBeVisible();
  await expect(dialog.getByText('Bo').first()).toBeVisible();
  await dialog.getByRole('textbox', { name: 'Message' }).fill('Seven, not five');
  await dialog.getByRole('button', { name: /^Publish/ }).click();
  await expect(one.page.getByText('Version 2', { exact: true })).toBeVisible();
  const { items } = await ana.api.get<{ items: { number: number; message: string }[] }>(`/flows/${flowId}/versions`);
  expect(items.map((each) => [each.number, each.message]).at(0)).toEqual([2, 'Seven, not five']);
});
