import { expect, test } from './fixtures';
import { componentWith, dataflow, weatherSteps } from './flows';

/** Hostile definitions through the real API: refused with a path and a remedy, nothing stored by halves. */
const cases: [string, (definition: ReturnType<typeof valid>) => unknown, RegExp][] = [
  ['an unknown key', (definition) => ({ ...definition, extra: 1 }), /extra/],
  ['an unknown step type', (definition) => withStep(definition, { type: 'make-coffee' }), /make-coffee/],
  ['an unknown parameter', (definition) => withStep(definition, { params: { sugar: 2 } }), /sugar/],
  ['a duplicate id', (definition) => withStep(definition, { id: 'stp_read' }), /stp_read/],
  ['a name of 10,000 characters', (definition) => ({ ...definition, name: 'x'.repeat(10_000) }), /name/],
  ['a list where an object belongs', () => [], /./],
];

function valid() {
  return { schema: 1, kind: 'dataflow', name: 'Read', lanes: [{ id: 'main', stages: [{ id: 'stg_1', name: 'Input', steps: weatherSteps }] }] };
}

function withStep(definition: ReturnType<typeof valid>, change: object): unknown {
  const [lane] = definition.lanes;
  const [stage] = lane?.stages ?? [];
  const [first, ...rest] = stage?.steps ?? [];
  return { ...definition, lanes: [{ ...lane, stages: [{ ...stage, steps: [{ ...first, ...change }, ...rest] }] }] };
}

test('a definition that is not one is refused with its path, and the draft stays as it was', async ({ ownerApi }) => {
  const componentId = await componentWith(ownerApi, 'Refusals');
  const { id } = await ownerApi.send<{ id: string }>('POST', '/flows', { componentId, kind: 'dataflow', name: 'Read', definition: valid() });
  const before = await ownerApi.get<{ definition: unknown }>(`/flows/${id}`);
  for (const [what, change, named] of cases) {
    const answer = await ownerApi.request.put(`/api/v1/flows/${id}/definition`, { data: change(valid()) });
    const body = await answer.text();
    expect(answer.status(), `${what}: ${body}`).toBe(422);
    expect(JSON.parse(body).error.code, what).toBe('DEFINITION_INVALID');
    expect(body, what).toMatch(named);
  }
  const after = await ownerApi.get<{ definition: unknown }>(`/flows/${id}`);
  expect(after.definition).toEqual(before.definition);
});

test('malformed bodies, ids and paths get the documented JSON error', async ({ ownerApi }) => {
  const { request } = ownerApi;
  const bad = await request.post('/api/v1/components', { headers: { 'Content-Type': 'application/json' }, data: Buffer.from('{"title":') });
  expect([bad.status(), (await bad.json()).error.code]).toEqual([400, 'INVALID_JSON']);
  for (const path of ['/api/v1/flows/no-such-flow', '/api/v1/runs/not-a-run', '/api/v1/nothing-here', '/api/v1/components/%ff']) {
    const answer = await request.get(path);
    expect([400, 404], path).toContain(answer.status());
    expect((await answer.json()).error.code, path).toMatch(/^[A-Z_]+$/);
  }
  const limit = await request.get('/api/v1/runs?limit=201');
  expect(limit.status()).toBe(400);
});

test('dangling and later sources are problems with their place, and block publishing', async ({ ownerApi }) => {
  const componentId = await componentWith(ownerApi, 'Problems');
  const steps = [
    { id: 'stp_a', type: 'distinct', name: 'Dangling', sources: { source: 'stp_gone' }, params: {} },
    { id: 'stp_b', type: 'distinct', name: 'Backwards', sources: { source: 'stp_c' }, params: {} },
    { id: 'stp_c', type: 'distinct', name: 'Circle', sources: { source: 'stp_b' }, params: {} },
  ];
  const { id } = await ownerApi.send<{ id: string }>('POST', '/flows', { componentId, kind: 'dataflow', name: 'Broken', definition: dataflow('Broken', steps) });
  const { problems } = await ownerApi.get<{ problems: { code: string; stepId: string }[] }>(`/flows/${id}`);
  expect(problems.map((each) => `${each.stepId} ${each.code}`)).toEqual(expect.arrayContaining(['stp_a SOURCE_MISSING', 'stp_b SOURCE_ORDER']));
  const answer = await ownerApi.request.post(`/api/v1/flows/${id}/publish`, { data: {} });
  expect(answer.status()).toBe(422);
});
