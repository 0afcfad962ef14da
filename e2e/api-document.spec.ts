import { faultsOf, object, operationsOf, type Spoken } from '../app/api/_testing/document';
import { expect, test, type Api } from './fixtures';
import { componentWith, dataflow, publishedFlow, type Step } from './flows';

/** What only an engine brings about, held against the document that the same server gives. */
type Body = Spoken['body'];

async function documented(api: Api): Promise<(operationId: string, method: string, path: string, data?: object) => Promise<{ status: number; body: Body }>> {
  const document = await api.get<{ [key: string]: Body }>('/openapi.json');
  const described = operationsOf(document);
  return async (operationId, method, path, data) => {
    const answer = await api.request.fetch(`/api/v1${path}`, { method, ...(data ? { data } : {}) });
    const operation = described.find((each) => each.operationId === operationId);
    if (!operation) throw new Error(`the document has no ${operationId}`);
    const [type, body]: [string, Body] = [answer.headers()['content-type']?.split(';')[0] ?? '', await answer.json()];
    expect(faultsOf(document, operation, { status: answer.status(), type, body }), `${operationId} → ${answer.status()} ${JSON.stringify(body)}`).toEqual([]);
    return { status: answer.status(), body };
  };
}

const given: Step = { id: 'stp_given', type: 'get-raw-model', name: 'Given', params: { model: '{"file":{"id":"none"}}' } };
const answer = (source: string): Step => ({ id: 'stp_answer', type: 'write-response', name: 'Answer', sources: { source } });
const read: Step = { id: 'stp_read', type: 'import-file', name: 'Read', sources: { source: 'stp_given' }, params: { fileField: 'file', fieldsMapping: [{ target: 'date', value: { column: 'date' } }] } };

test('Programs find runs that succeeded, failed and were resumed as the OpenAPI document describes them', async ({ ownerApi }) => {
  const componentId = await componentWith(ownerApi, 'Documented');
  const ask = await documented(ownerApi);
  const whole = await publishedFlow(ownerApi, componentId, 'dataflow', dataflow('Whole', [given, answer('stp_given')]));
  const broken = await publishedFlow(ownerApi, componentId, 'dataflow', dataflow('Broken', [given, read, answer('stp_read')]));
  for (const [flowId, status] of [[whole, 'succeeded'], [broken, 'failed']] as const) {
    const ended = await ask('startRun', 'POST', `/flows/${flowId}/runs`, { waitSeconds: 60 });
    expect(ended).toMatchObject({ status: 200, body: { status } });
    const runId = String(object(ended.body)['runId']);
    expect((await ask('getRun', 'GET', `/runs/${runId}?definition=1`)).body).toMatchObject({ id: runId, status });
    for (const [operationId, path] of [['runEvents', 'events?after=0&limit=1000'], ['runItems', 'steps/stp_given/items?side=out&limit=5'], ['verifyRun', 'verify']] as const) {
      expect((await ask(operationId, 'GET', `/runs/${runId}/${path}`)).status).toBe(200);
    }
    expect((await ask('listRuns', 'GET', `/runs?flowId=${flowId}&status=${status}`)).body).toMatchObject({ items: [{ id: runId }] });
    expect((await ask('resumeRun', 'POST', `/runs/${runId}/resume`, {})).status).toBe(status === 'failed' ? 202 : 409);
  }
  expect((await ask('listRuns', 'GET', '/runs?state=failed')).body).toMatchObject({ error: { code: 'PARAM_INVALID', details: [{ path: 'state' }] } });
});
