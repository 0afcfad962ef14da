import { expect, test, type Api } from './fixtures';
import { componentWith, dataflow, publishedFlow, weatherSteps } from './flows';

/** What each role may do, through the real server; the full matrix over every route stands beside the routes. */
async function statusOf(api: Api, method: string, path: string, body?: unknown): Promise<number> {
  const answer = await api.request.fetch(`/api/v1${path}`, { method, ...(body === undefined ? {} : { data: body }) });
  return answer.status();
}

async function place(api: Api) {
  const component = await componentWith(api, 'Rights', [{ name: 'title', title: 'Title', type: 'string' }]);
  const entry = await api.send<{ id: number }>('POST', `/components/${component}/entries`, { data: { title: 'kept' } });
  const flow = await publishedFlow(api, component, 'dataflow', dataflow('Rights flow', weatherSteps));
  return { component, entry: entry.id, flow };
}

test('a viewer reads everything and changes nothing', async ({ ownerApi, join }) => {
  const { component, entry, flow } = await place(ownerApi);
  const { api } = await join('Vi', 'viewer');
  for (const path of [`/components/${component}`, `/components/${component}/entries`, `/flows/${flow}`, '/runs', '/steps', '/members']) expect(await statusOf(api, 'GET', path), path).toBe(200);
  const definition = dataflow('Changed', weatherSteps);
  const refused: [string, string, unknown?][] = [
    ['POST', '/components', { title: 'Mine', fields: [] }], ['PATCH', `/components/${component}`, { title: 'Mine' }], ['DELETE', `/components/${component}`],
    ['POST', `/components/${component}/entries`, { data: {} }], ['PATCH', `/components/${component}/entries/${entry}`, { data: { title: 'x' } }], ['DELETE', `/components/${component}/entries/${entry}`],
    ['POST', '/flows', { componentId: component, kind: 'dataflow', name: 'Mine' }], ['PUT', `/flows/${flow}/definition`, definition], ['PATCH', `/flows/${flow}`, { name: 'Mine' }],
    ['DELETE', `/flows/${flow}`], ['POST', `/flows/${flow}/publish`, {}], ['POST', `/flows/${flow}/unpublish`, {}], ['POST', `/flows/${flow}/runs`, { input: {} }],
    ['POST', '/invitations', { role: 'editor' }], ['POST', '/api-keys', { name: 'k', role: 'viewer' }],
  ];
  for (const [method, path, body] of refused) expect(await statusOf(api, method, path, body), `${method} ${path}`).toBe(403);
  expect((await ownerApi.get<{ data: { title: string } }>(`/components/${component}/entries/${entry}`)).data.title).toBe('kept');
});

test('an operator runs and cancels, and edits nothing', async ({ ownerApi, join }) => {
  const { component, entry, flow } = await place(ownerApi);
  const { api } = await join('Op', 'operator');
  const { runId } = await api.send<{ runId: string }>('POST', `/flows/${flow}/runs`, { input: { file: { id: 'fil_none' } }, waitSeconds: 30 });
  expect((await api.get<{ error: { code: string } }>(`/runs/${runId}`)).error.code).toBe('FILE_NOT_FOUND');
  for (const [method, path, body] of [
    ['PATCH', `/components/${component}/entries/${entry}`, { data: { title: 'x' } }], ['PUT', `/flows/${flow}/definition`, dataflow('Changed', weatherSteps)],
    ['POST', `/flows/${flow}/publish`, {}], ['POST', `/flows/${flow}/runs`, { version: 'draft', input: {} }],
  ] satisfies [string, string, unknown][]) expect(await statusOf(api, method, path, body), `${method} ${path}`).toBe(403);
});

test('a viewer sees the editor read-only', async ({ ownerApi, join }) => {
  const { flow } = await place(ownerApi);
  const { page } = await (await join('Vi', 'viewer')).open(`/flows/${flow}`);
  await expect(page.getByText('Read weather')).toBeVisible();
  for (const name of ['Publish', 'Run', 'Undo', 'Add step']) await expect(page.getByRole('button', { name, exact: true }).and(page.locator(':enabled'))).toHaveCount(0);
});

test('a request without the product’s own Origin changes nothing, although its cookie is good', async ({ ownerApi, ana, playwright, origin }) => {
  const stolen = await playwright.request.newContext({ baseURL: origin, storageState: await ana.api.request.storageState() });
  const none = await stolen.post('/api/v1/components', { data: { title: 'Forged', fields: [] } });
  const foreign = await stolen.post('/api/v1/components', { data: { title: 'Forged', fields: [] }, headers: { Origin: 'https://evil.example' } });
  expect([none.status(), foreign.status()]).toEqual([403, 403]);
  expect(JSON.stringify(await ownerApi.get('/components'))).not.toContain('Forged');
  await stolen.dispose();
});
