import { readFileSync } from 'node:fs';
import { dataFile, expect, test } from './fixtures';
import { componentWith, dataflow, eventsOf, publishedFlow, type Run, type Step } from './flows';

/** Flights joined with the airports they leave from; delay totals by state, asked for with one request. */
const steps: Step[] = [
  { id: 'stp_given', type: 'get-raw-model', name: 'Given', params: { model: '{"flights":{"id":""},"airports":{"id":""}}' } },
  {
    id: 'stp_flights', type: 'import-file', name: 'Read flights', sources: { source: 'stp_given' },
    params: { fileField: 'flights', fileType: 'json', fieldsMapping: [{ target: 'origin', value: { column: 'origin' } }, { target: 'delay@number', value: { column: 'delay' } }] },
  },
  {
    id: 'stp_airports', type: 'import-file', name: 'Read airports', sources: { source: 'stp_given' },
    params: { fileField: 'airports', columnSeparator: ',', fieldsMapping: [{ target: 'iata', value: { column: 'iata' } }, { target: 'state', value: { column: 'state' } }] },
  },
  {
    id: 'stp_join', type: 'join-models', name: 'Join', sources: { left: 'stp_flights', right: 'stp_airports' },
    params: { leftKey: 'origin', rightKey: 'iata', map: [{ target: 'state', value: { field: 'state' } }, { target: 'flight@number', value: { const: 1 } }] },
  },
  { id: 'stp_group', type: 'group-by', name: 'By state', sources: { source: 'stp_join' }, params: { keys: ['state'] } },
  {
    id: 'stp_totals', type: 'calculate-array', name: 'Totals', sources: { source: 'stp_group' },
    params: {
      operations: [
        { op: 'sum', arrayField: 'items', valueField: 'delay', resultField: 'delay' }, { op: 'sum', arrayField: 'items', valueField: 'flight', resultField: 'flights' },
        { op: 'max', arrayField: 'items', valueField: 'delay', resultField: 'longest' },
      ],
    },
  },
  { id: 'stp_answer', type: 'write-response', name: 'Answer', sources: { source: 'stp_totals' } },
];

type Total = { state: string | null; delay: number; flights: number; longest: number };

/** The same numbers by code that shares nothing with the product. */
function expected(): Map<string, Total> {
  const airports = readFileSync(dataFile('airports.csv'), 'utf8').split('\n').slice(1).filter((line) => line.trim() !== '');
  // Only the name may hold quoted commas, and the state is counted from the end of the line.
  const stateOf = new Map(airports.map((line) => [line.slice(0, line.indexOf(',')), line.trim().split(',').at(-4) ?? '']));
  const totals = new Map<string, Total>();
  const flights: { origin: string; delay: number }[] = JSON.parse(readFileSync(dataFile('flights-2k.json'), 'utf8'));
  for (const { origin, delay } of flights) {
    const state = stateOf.get(origin) ?? '';
    const sofar = totals.get(state) ?? { state, delay: 0, flights: 0, longest: Number.NEGATIVE_INFINITY };
    totals.set(state, { state, delay: sofar.delay + delay, flights: sofar.flights + 1, longest: Math.max(sofar.longest, delay) });
  }
  return totals;
}

test('Users can join flights with airports and get delay totals by state in one API request', async ({ ownerApi }) => {
  const flights = await ownerApi.upload(dataFile('flights-2k.json'), 'application/json');
  const airports = await ownerApi.upload(dataFile('airports.csv'), 'text/csv');
  const componentId = await componentWith(ownerApi, 'Flights');
  const flowId = await publishedFlow(ownerApi, componentId, 'dataflow', dataflow('Delays by state', steps));

  const input = { flights: { id: flights.id }, airports: { id: airports.id } };
  const body = { input, waitSeconds: 60, idempotencyKey: `flights-${flowId}` };
  const answer = await ownerApi.send<{ runId: string; status: string; output: Total[]; warnings: number }>('POST', `/flows/${flowId}/runs`, body, 200);

  expect(answer.status).toBe('succeeded');
  const wanted = expected();
  expect([...wanted.values()].reduce((sum, each) => sum + each.flights, 0)).toBe(2_000);
  const given = answer.output.map(({ state, delay, flights: count, longest }) => ({ state, delay, flights: count, longest }));
  const byState = (a: { state: string | null }, b: { state: string | null }) => String(a.state).localeCompare(String(b.state));
  expect(given.toSorted(byState)).toEqual([...wanted.values()].toSorted(byState));

  const again = await ownerApi.send<{ runId: string }>('POST', `/flows/${flowId}/runs`, body, 200);
  expect(again.runId).toBe(answer.runId);
  const conflict = await ownerApi.send<{ error: { code: string } }>('POST', `/flows/${flowId}/runs`, { ...body, input: {} }, 409);
  expect(conflict.error.code).toBe('IDEMPOTENCY_CONFLICT');

  const run = await ownerApi.get<Run>(`/runs/${answer.runId}`);
  expect(run.steps['stp_join']).toMatchObject({ status: 'succeeded', itemsOut: 2_000 });
  expect((await eventsOf(ownerApi, answer.runId)).map((each) => each.seq)).toEqual(Array.from({ length: (await eventsOf(ownerApi, answer.runId)).length }, (_, index) => index + 1));
  const items = await ownerApi.get<{ items: unknown[] }>(`/runs/${answer.runId}/steps/stp_airports/items?side=out&limit=200`);
  expect(items.items).toHaveLength(200);
  expect(await ownerApi.get(`/runs/${answer.runId}/verify`)).toMatchObject({ ok: true });
});

test('Users can start a run with an API key, and the key’s role holds', async ({ ownerApi, playwright, origin }) => {
  const componentId = await componentWith(ownerApi, 'Keys');
  const flowId = await publishedFlow(ownerApi, componentId, 'dataflow', dataflow('Echo', [
    { id: 'stp_given', type: 'get-raw-model', name: 'Given', params: { model: '{}' } },
    { id: 'stp_answer', type: 'write-response', name: 'Answer', sources: { source: 'stp_given' } },
  ]));
  const { key } = await ownerApi.send<{ key: string }>('POST', '/api-keys', { name: 'CI', role: 'operator' }, 201);
  const program = await playwright.request.newContext({ baseURL: origin, extraHTTPHeaders: { Authorization: `Bearer ${key}` } });
  const answer = await program.post(`/api/v1/flows/${flowId}/runs`, { data: { input: { hello: 'world' }, waitSeconds: 30 } });
  expect([answer.status(), (await answer.json()).output]).toEqual([200, { hello: 'world' }]);
  const refused = await program.patch(`/api/v1/flows/${flowId}`, { data: { name: 'Mine' }, headers: { 'Accept-Language': 'fr' } });
  expect(refused.status()).toBe(403);
  expect((await refused.json()).error).toMatchObject({ code: 'ACCESS_DENIED', message: expect.stringContaining('Le rôle') });
  await program.dispose();
});
