import { expect, test } from 'vitest';
import { diffDefinitions } from '#flow/diff';
import type { FlowDefinition, Step } from '#flow/flow';
import { retryKeys } from '#flow/retry-policy';
import { stepType } from '#flow/steps/index';
import { changeLabel } from './change-words';

const flowOf = (step: Partial<Step>, more: Partial<FlowDefinition> = {}): FlowDefinition => ({
  schema: 1, kind: 'dataflow', name: 'One', ...more,
  lanes: [{ id: 'main', stages: [{ id: 'stg_1', name: 'Stage', steps: [{ id: 'stp_1', type: 'filter-source', name: 'Keep', ...step }] }] }],
});
const before = flowOf({ sources: { source: 'stp_0' } });
const after = flowOf(
  { name: 'Large', sources: { left: 'stp_8', right: 'stp_9' }, disabled: true, note: 'Why', onError: 'continue', timeoutMs: 5_000, params: { srcField: 'a' }, retry: { attempts: 5, backoff: 'fixed', backoffMs: 10, maxBackoffMs: 20, jitter: false, on: 'all' } },
  { name: 'Two', restrictAccess: true, settings: { generateApi: true, elevatedRights: true, description: 'Words', timeoutMs: 60_000, concurrency: 2 }, notes: [{ id: 'nte_1', pos: [1, 2], text: 'x' }] },
);

test('whatever a difference names has a name for people, in both languages', () => {
  const diff = diffDefinitions(before, after);
  const keys = [...diff.settings, ...diff.steps.flatMap((each) => each.changes)].map((each) => each.key);
  for (const key of [...retryKeys.map((each) => `retry.${each}`), 'timeoutMs', 'settings.timeoutMs', 'settings.concurrency', 'params.srcField']) expect(keys).toContain(key);
  for (const locale of ['en', 'fr'] as const) for (const key of keys) expect(changeLabel(stepType('dataflow/filter-source'), key, locale), `${key} in ${locale}`).not.toBe(key);
});
