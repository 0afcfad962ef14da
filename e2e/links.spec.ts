import { EditorPage } from './editor-page';
import { expect, test } from './fixtures';
import { componentWith, dataflow, publishedFlow, type Step } from './flows';

const given: Step = { id: 'stp_in', type: 'get-raw-model', name: 'Given' };
const answer: Step = { id: 'stp_out', type: 'write-response', name: 'Answer', sources: { source: 'stp_read' } };
const read: Step = { id: 'stp_read', type: 'distinct', name: 'Read', sources: { source: 'stp_in' } };

test('links to a step and to a comment on a run open them', async ({ ana }) => {
  const flowId = await publishedFlow(ana.api, await componentWith(ana.api, 'Linked'), 'dataflow', dataflow('Linked flow', [given, read, answer]));
  const { runId } = await ana.api.send<{ runId: string }>('POST', `/flows/${flowId}/runs`, { input: [{ a: 1 }], waitSeconds: 30 });
  const comment = await ana.api.send<{ id: string }>('POST', `/flows/${flowId}/comments`, { anchor: { runId, stepId: 'stp_read' }, text: 'Why twice?' });
  const { page } = await ana.open(`/flows/${flowId}?step=stp_read`);
  const editor = new EditorPage(page);
  await expect(editor.panel).toHaveAccessibleName('Step Read');
  await expect(editor.card('Read')).toBeInViewport();
  await page.goto(`/runs/${runId}?step=stp_out`);
  await expect(page.getByRole('complementary', { name: 'Answer' })).toBeVisible();
  await page.goto(`/runs/${runId}?comment=${comment.id}`);
  await expect(page.getByRole('complementary', { name: 'Read' }).getByText('Why twice?')).toBeVisible();
});
