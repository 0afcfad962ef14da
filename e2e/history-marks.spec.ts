import { expect, test } from './fixtures';
import { componentWith, dataflow, publishedFlow } from './flows';

type Definition = { lanes: { id: string; stages: { id: string; name: string; steps: object[] }[] }[]; notes?: { id: string; pos: [number, number]; text: string }[] } & Record<string, unknown>;

const step = (id: string, name: string) => ({ id, type: 'get-raw-model', name, params: { model: '{"a":1}' } });
const answer = { id: 'stp_answer', type: 'write-response', name: 'Answer', sources: { source: 'stp_given' } };

test('stages and notes that came, went, moved or changed are marked where they stand, and counted', async ({ ana }) => {
  const first: Definition = {
    ...dataflow('Marked', []),
    lanes: [{ id: 'main', stages: [{ id: 'stg_1', name: 'Input', steps: [step('stp_given', 'Given')] }, { id: 'stg_2', name: 'Old work', steps: [] }, { id: 'stg_3', name: 'Output', steps: [answer] }] }],
    notes: [{ id: 'nte_stays', pos: [20, 330], text: 'Stays' }, { id: 'nte_goes', pos: [260, 330], text: 'Goes' }, { id: 'nte_moves', pos: [500, 330], text: 'Moves' }, { id: 'nte_says', pos: [740, 330], text: 'Says one thing' }],
  };
  const flowId = await publishedFlow(ana.api, await componentWith(ana.api, 'Marks'), 'dataflow', { ...first, name: 'Marked' });
  const [lane] = first.lanes;
  const [input, , output] = lane?.stages ?? [];
  if (!input || !output) throw new Error('stages are missing');
  await ana.api.send('PUT', `/flows/${flowId}/definition`, {
    ...first, lanes: [{ id: 'main', stages: [{ ...input, name: 'Beginning' }, output, { id: 'stg_4', name: 'New work', steps: [] }] }],
    notes: [{ id: 'nte_stays', pos: [20, 330], text: 'Stays' }, { id: 'nte_moves', pos: [500, 440], text: 'Moves' }, { id: 'nte_says', pos: [740, 330], text: 'Says another' }, { id: 'nte_new', pos: [20, 440], text: 'Is new' }],
  });
  const { page } = await ana.open(`/flows/${flowId}/history`);
  const stage = (name: string) => page.getByRole('group', { name, exact: true });
  await expect(stage('Old work').getByText('removed', { exact: true })).toBeAttached();
  await expect(stage('New work').getByText('added', { exact: true })).toBeAttached();
  await expect(stage('Beginning').getByText('changed', { exact: true })).toBeAttached();
  await expect(stage('Beginning').getByText('Input', { exact: true })).toBeVisible();
  await expect(stage('Output').getByText(/^(?:added|removed|changed|moved)$/)).toHaveCount(0);
  const note = (text: string) => page.getByRole('note').filter({ hasText: text });
  await expect(note('Goes').getByText('removed', { exact: true })).toBeAttached();
  await expect(note('Is new').getByText('added', { exact: true })).toBeAttached();
  await expect(note('Moves').getByText('moved', { exact: true })).toBeAttached();
  await expect(note('Says another').getByText('Says one thing', { exact: true })).toBeVisible();
  await expect(note('Says another').getByText('changed', { exact: true })).toBeAttached();
  await expect(note('Stays').getByText(/^(?:added|removed|changed|moved)$/)).toHaveCount(0);
  await expect(page.getByRole('status').filter({ hasText: 'removed' })).toHaveText(/2 added.*2 changed.*1 moved.*2 removed/);
});
