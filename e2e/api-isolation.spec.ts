import { dataFile, expect, test } from './fixtures';
import { componentWith, dataflow, publishedFlow, weatherSteps } from './flows';

/** The same person in two workspaces: what belongs to one does not exist in the other, whatever path names it. */
test('ids of another workspace answer 404 everywhere, and lists show nothing of it', async ({ ownerApi }) => {
  const component = await componentWith(ownerApi, 'Only here', [{ name: 'title', title: 'Title', type: 'string' }]);
  const { id: entry } = await ownerApi.send<{ id: number }>('POST', `/components/${component}/entries`, { data: { title: 'secret' } });
  const flow = await publishedFlow(ownerApi, component, 'dataflow', dataflow('Only here', weatherSteps));
  const file = await ownerApi.upload(dataFile('seattle-weather.csv'), 'text/csv');
  const { runId } = await ownerApi.send<{ runId: string }>('POST', `/flows/${flow}/runs`, { input: { file: { id: file.id } }, waitSeconds: 60 }, 200);
  const { id: elsewhere } = await ownerApi.send<{ id: string }>('POST', '/workspaces', { name: 'Elsewhere' }, 201);
  const me = await ownerApi.get<{ workspaces: { id: string }[] }>('/me');
  const home = me.workspaces.find((each) => each.id !== elsewhere)?.id;
  await ownerApi.send('PATCH', '/me', { workspaceId: home });

  const definition = dataflow('Taken over', weatherSteps);
  const paths: [string, string, unknown?][] = [
    ['GET', `/components/${component}`], ['PATCH', `/components/${component}`, { title: 'Taken' }], ['DELETE', `/components/${component}`], ['GET', `/components/${component}/entries`],
    ['POST', `/components/${component}/entries`, { data: {} }], ['GET', `/components/${component}/entries/${entry}`], ['PATCH', `/components/${component}/entries/${entry}`, { data: {} }],
    ['DELETE', `/components/${component}/entries/${entry}`], ['GET', `/components/${component}/entries/${entry}/history`], ['GET', `/components/${component}/instances`],
    ['POST', '/flows', { componentId: component, kind: 'dataflow', name: 'Mine' }], ['GET', `/flows?componentId=${component}`], ['GET', `/flows/${flow}`], ['PATCH', `/flows/${flow}`, { name: 'Taken' }], ['DELETE', `/flows/${flow}`],
    ['PUT', `/flows/${flow}/definition`, definition], ['POST', `/flows/${flow}/publish`, {}], ['GET', `/flows/${flow}/publish-preview`], ['POST', `/flows/${flow}/unpublish`, {}],
    ['POST', `/flows/${flow}/rollback`, { version: 1 }], ['GET', `/flows/${flow}/versions`], ['GET', `/flows/${flow}/versions/1`], ['GET', `/flows/${flow}/changes`], ['POST', `/flows/${flow}/runs`, { input: {} }],
    ['GET', `/runs/${runId}`], ['GET', `/runs/${runId}/events`], ['GET', `/runs/${runId}/steps/stp_read/items`], ['POST', `/runs/${runId}/cancel`, {}], ['POST', `/runs/${runId}/resume`, {}],
    ['POST', `/runs/${runId}/rerun`, {}], ['GET', `/runs/${runId}/verify`], ['GET', `/files/${file.id}`], ['GET', `/files/${file.id}/content`],
  ];
  const headers = { 'X-Workspace': elsewhere };
  for (const [method, path, data] of paths) {
    const answer = await ownerApi.request.fetch(`/api/v1${path}`, { method, headers, ...(data === undefined ? {} : { data }) });
    expect(answer.status(), `${method} ${path}: ${await answer.text()}`).toBe(404);
    expect((await answer.json()).error.code, path).toMatch(/_NOT_FOUND$/);
  }
  for (const list of ['/components', '/flows', '/runs', '/files']) {
    const text = await (await ownerApi.request.get(`/api/v1${list}?limit=200`, { headers })).text();
    for (const id of [component, flow, runId, file.id]) expect(text, list).not.toContain(id);
  }
  // And nothing of the above left a trace at home.
  expect(await ownerApi.get(`/components/${component}/entries/${entry}`)).toMatchObject({ data: { title: 'secret' } });
  expect(await ownerApi.get(`/flows/${flow}`)).toMatchObject({ name: 'Only here', publishedVersion: 1 });
});
