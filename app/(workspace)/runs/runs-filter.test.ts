import { describe, expect, it } from 'vitest';
import type { RunSummary } from '#db/run-row';
import { addressOf, belongs, filterOf, noFilter, queryOf, type RunsFilter } from './runs-filter';

const parse = (address: string) => filterOf(new URL(address, 'http://x').searchParams);

describe('the filter of the runs list', () => {
  it('survives its own address, and an empty one is just /runs', () => {
    const filter: RunsFilter = { time: 'week', status: 'failed', flowId: 'flw_1', startedBy: 'usr_2', trigger: 'webhook', q: 'HTTP 503 & more' };
    expect(parse(addressOf(filter))).toEqual(filter);
    expect(addressOf(noFilter)).toBe('/runs');
  });
  it('ignores what is no filter in an address someone wrote by hand', () => {
    expect(parse('/runs?status=done&time=century&q=%20%20')).toEqual(noFilter);
  });
  it('asks for a span ending now', () => {
    expect(queryOf({ ...noFilter, time: 'day' }, Date.UTC(2026, 0, 2))).toEqual({ from: '2026-01-01T00:00:00.000Z' });
  });
});

describe('a run that was just heard of', () => {
  const run: RunSummary = {
    id: 'r', shortName: '7F3KQ', flowId: 'f', flowName: 'F', componentId: 'c', version: 1, draft: false, kind: 'dataflow', status: 'failed', warnings: 0, triggerName: null, trigger: 'api', startedBy: { id: 'u', name: 'U' },
    parentRunId: null, forkedFrom: null, forkedAtSeq: null, attempt: 1, entryId: null, instanceId: null, stepsTotal: 1, stepsDone: 0, itemsOut: null, createdAt: '2026-01-02T00:00:00.000Z', startedAt: null, finishedAt: null, error: null,
  };
  it('is listed when every condition of the filter holds, and only the server judges a search', () => {
    expect(belongs(run, {})).toBe(true);
    expect(belongs(run, { flowId: 'f', status: 'failed', startedBy: 'u', trigger: 'api', from: '2026-01-01T00:00:00.000Z' })).toBe(true);
    for (const other of [{ flowId: 'x' }, { status: 'queued' as const }, { startedBy: 'x' }, { trigger: 'cron' }, { from: '2026-01-03T00:00:00.000Z' }]) expect(belongs(run, other)).toBe(false);
    expect(belongs(run, { q: '7F3' })).toBeNull();
  });
});
