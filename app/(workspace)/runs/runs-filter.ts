import type { RunSummary } from '#db/run-row';
import { runStatuses, type RunStatus } from '#flow/run-state';

/** What the list of runs shows, as it stands in the address: a link opens the same list for anybody. */
export const times = ['day', 'week', 'month', 'all'] as const;
export type Time = (typeof times)[number];
export type RunsFilter = { time: Time; status: RunStatus | null; flowId: string | null; startedBy: string | null; trigger: string | null; q: string };

export const noFilter: RunsFilter = { time: 'all', status: null, flowId: null, startedBy: null, trigger: null, q: '' };

export function filterOf(params: URLSearchParams): RunsFilter {
  const text = (key: string) => params.get(key)?.trim().slice(0, 200) || null;
  return {
    time: times.find((each) => each === params.get('time')) ?? 'all',
    status: runStatuses.find((each) => each === params.get('status')) ?? null,
    flowId: text('flow'), startedBy: text('by'), trigger: text('trigger'), q: text('q') ?? '',
  };
}

/** The address of a filter: only what differs from showing everything. */
export function addressOf(filter: RunsFilter): string {
  const params = new URLSearchParams();
  if (filter.time !== 'all') params.set('time', filter.time);
  if (filter.status) params.set('status', filter.status);
  if (filter.flowId) params.set('flow', filter.flowId);
  if (filter.startedBy) params.set('by', filter.startedBy);
  if (filter.trigger) params.set('trigger', filter.trigger);
  if (filter.q) params.set('q', filter.q);
  return params.size === 0 ? '/runs' : `/runs?${params}`;
}

const days: Record<Exclude<Time, 'all'>, number> = { day: 1, week: 7, month: 30 };

/** The same filter as `GET /runs` and the socket's `watchRuns` take it. */
export type RunsQuery = { flowId?: string; status?: RunStatus; startedBy?: string; trigger?: string; from?: string; q?: string };

export function queryOf(filter: RunsFilter, nowMs: number): RunsQuery {
  return {
    ...(filter.flowId ? { flowId: filter.flowId } : {}), ...(filter.status ? { status: filter.status } : {}),
    ...(filter.startedBy ? { startedBy: filter.startedBy } : {}), ...(filter.trigger ? { trigger: filter.trigger } : {}),
    ...(filter.time === 'all' ? {} : { from: new Date(nowMs - days[filter.time] * 86_400_000).toISOString() }),
    ...(filter.q ? { q: filter.q } : {}),
  };
}

export function isNarrowed(filter: RunsFilter): boolean {
  return addressOf(filter) !== '/runs';
}

/** Whether a run that was just heard of belongs in the list; a text search only the server can judge: null. */
export function belongs(run: RunSummary, query: RunsQuery): boolean | null {
  if (query.flowId !== undefined && run.flowId !== query.flowId) return false;
  if (query.status !== undefined && run.status !== query.status) return false;
  if (query.startedBy !== undefined && run.startedBy.id !== query.startedBy) return false;
  if (query.trigger !== undefined && run.trigger !== query.trigger) return false;
  if (query.from !== undefined && run.createdAt < query.from) return false;
  return query.q === undefined ? true : null;
}
