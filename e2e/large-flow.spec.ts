import { EditorPage } from './editor-page';
import { expect, test } from './fixtures';
import { componentWith, type Step } from './flows';

test('a large flow comes packed over HTTP, the socket brings the rest, and edits of two people meet in it', async ({ ana, join }) => {
  const componentId = await componentWith(ana.api, 'Large');
  const step = (stage: number, at: number): Step => ({ id: `stp_${stage}_${at}`, type: 'get-raw-model', name: `Step ${stage} ${at}`, params: { model: JSON.stringify({ stage, at, words: 'as long as a sample of a model is' }) } });
  const stages = Array.from({ length: 75 }, (_, stage) => ({ id: `stg_${stage}`, name: `Stage ${stage}`, steps: Array.from({ length: stage === 0 ? 2 : 20 }, (_each, at) => step(stage, at)) })); // the first has room for one more in view
  const { id } = await ana.api.send<{ id: string }>('POST', '/flows', { componentId, kind: 'dataflow', name: 'Large', definition: { schema: 1, kind: 'dataflow', name: 'Large', lanes: [{ id: 'main', stages }] } });
  const { page } = await ana.open('/');
  const frames: number[] = [];
  page.on('websocket', (socket) => {
    if (socket.url().includes('/collab/')) socket.on('framereceived', ({ payload }) => frames.push(payload.length));
  });
  const fetched = page.waitForResponse((answer) => answer.url().endsWith(`/flows/${id}/document`));
  await page.goto(`/flows/${id}`);
  const one = new EditorPage(page);
  await one.isSaved();
  expect((await fetched).headers()['content-type']).toBe('application/gzip');
  expect(Math.max(...frames)).toBeLessThan(5_000); // had it come over the socket, one of them were a third of a million
  const bo = await join('Bo', 'editor');
  const two = new EditorPage((await bo.open(`/flows/${id}`)).page);
  await two.isSaved();
  await one.addStep('Stage 0', 'Distinct', 'Made in the large flow');
  await expect(two.card('Made in the large flow')).toBeAttached();
});
