import { dataFile, type Api } from './fixtures';

/** Components and flows that several specs start from, made through the API as a program would. */
export type Step = { id: string; type: string; name: string; sources?: Record<string, string>; params?: Record<string, unknown> };

export function dataflow(name: string, steps: readonly Step[], stage = 'Input') {
  return { schema: 1, kind: 'dataflow', name, lanes: [{ id: 'main', stages: [{ id: 'stg_1', name: stage, steps }] }] };
}

export async function componentWith(api: Api, title: string, fields: readonly object[] = []): Promise<string> {
  return (await api.send<{ id: string }>('POST', '/components', { title, fields })).id;
}

export async function publishedFlow(api: Api, componentId: string, kind: 'dataflow' | 'workflow', definition: { name: string } & Record<string, unknown>): Promise<string> {
  const { id } = await api.send<{ id: string }>('POST', '/flows', { componentId, kind, name: definition.name, definition });
  await api.send('POST', `/flows/${id}/publish`, {}, 201);
  return id;
}

/** A name that no other attempt of the same test has given, for what is looked up by its name. */
export function fresh(name: string): string {
  return `${name} ${Date.now().toString(36)}`;
}

export type FlowSummary = { id: string; name: string; componentId: string };

/** A flow that every new workspace has, however many the other tests made since. */
export async function sampleFlow(api: Api, name: 'Ask for the weather' | 'Purchase approval' | 'Rain by month' | 'Save the name'): Promise<FlowSummary> {
  let cursor: string | null = '';
  while (cursor !== null) {
    const page: { items: FlowSummary[]; nextCursor: string | null } = await api.get(`/flows?limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
    const found = page.items.find((each) => each.name === name);
    if (found) return found;
    cursor = page.nextCursor;
  }
  throw new Error(`the sample "${name}" is missing`);
}

/** Reads the weather file: date, rain (precipitation) and weather of each day. */
export const weatherSteps: Step[] = [
  { id: 'stp_given', type: 'get-raw-model', name: 'Given', params: { model: '{"file":{"id":""}}' } },
  {
    id: 'stp_read', type: 'import-file', name: 'Read weather', sources: { source: 'stp_given' },
    params: {
      fileField: 'file', columnSeparator: ',',
      fieldsMapping: [
        { target: 'date@date', value: { column: 'date' } }, { target: 'rain@number', value: { column: 'precipitation' } }, { target: 'weather', value: { column: 'weather' } },
      ],
    },
  },
];

/** Steps that each compare every rainy day with every other one: long enough to be killed in the middle. */
export function longSteps(ranks = 16): Step[] {
  const rainy: Step = {
    id: 'stp_rainy', type: 'filter-source', name: 'Rainy', sources: { source: 'stp_read' }, params: { srcField: 'weather', operator: 'equal', filterValue: { const: 'rain' } },
  };
  const ranked = Array.from({ length: ranks }, (_, place): Step => ({
    id: `stp_rank_${place}`, type: 'transform-model', name: `Rank ${place}`, sources: { source: place === 0 ? 'stp_rainy' : `stp_rank_${place - 1}` },
    params: { fieldsMapping: [{ target: 'rain@number', value: { field: 'rain' } }, { target: 'rank@integer', value: { expr: 'items.filter(each, each.rain > item.rain).size()' } }] },
  }));
  return [...weatherSteps, rainy, ...ranked, { id: 'stp_answer', type: 'write-response', name: 'Answer', sources: { source: `stp_rank_${ranks - 1}` } }];
}

export const weatherCsv = dataFile('seattle-weather.csv');

export type Run = { id: string; status: string; warnings: number; output: unknown; error: { code: string } | null; steps: Record<string, { status: string; itemsOut: number }> };
export type RunEvent = { seq: number; type: string; stepId?: string; attempt?: number; data: Record<string, unknown> };

export async function eventsOf(api: Api, runId: string): Promise<RunEvent[]> {
  return (await api.get<{ items: RunEvent[] }>(`/runs/${runId}/events?after=0&limit=1000`)).items;
}
