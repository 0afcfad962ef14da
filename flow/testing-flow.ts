import { parseDefinition } from './canonical';
import type { FlowDefinition, FlowKind } from './flow';
import type { JsonObject } from './json';
import type { FlowContext } from './propagate';
import { sampleComponent } from './steps/testing';

/** Flows in a line of text each, for tests: one stage, every step with the one above as its source unless it says otherwise. */
export type ShortStep = { id: string; type: string; name?: string; sources?: Record<string, string> | null; params?: JsonObject; disabled?: boolean; onError?: 'continue'; retry?: JsonObject; timeoutMs?: number };

export function shortFlow(steps: readonly ShortStep[], kind: FlowKind = 'dataflow', rest: JsonObject = {}): FlowDefinition {
  const written = steps.map((step, place) => {
    const above = steps[place - 1];
    const linked = kind === 'dataflow' && above && !step.type.startsWith('get-') ? { sources: { source: above.id } } : {};
    const given = step.sources === undefined ? linked : step.sources === null ? {} : { sources: step.sources };
    return { id: step.id, type: step.type, name: step.name ?? step.id, ...given, ...(step.params ? { params: step.params } : {}), ...(step.disabled ? { disabled: true } : {}), ...(step.onError ? { onError: step.onError } : {}), ...(step.retry ? { retry: step.retry } : {}), ...(step.timeoutMs ? { timeoutMs: step.timeoutMs } : {}) };
  });
  const parsed = parseDefinition({ schema: 1, kind, name: 'Test', lanes: [{ id: 'main', stages: [{ id: 'stg_1', name: 'Stage', steps: written }] }], ...rest });
  if (!parsed.ok) throw new Error(parsed.issues.map((issue) => `${issue.path}: ${issue.message}`).join('; '));
  return parsed.definition;
}

export const sampleContext: FlowContext = {
  componentId: sampleComponent.id,
  index: {
    components: [sampleComponent, { id: 'cmp_proxy', title: 'Proxy', fields: [], settings: { proxyMode: true } }],
    flows: [
      { id: 'flw_done', name: 'Done', kind: 'workflow', componentId: 'cmp_1', publishedVersion: 3, restrictAccess: false },
      { id: 'flw_draft', name: 'Draft', kind: 'workflow', componentId: 'cmp_1', publishedVersion: null, restrictAccess: false },
      { id: 'flw_data', name: 'Data', kind: 'dataflow', componentId: 'cmp_1', publishedVersion: 1, restrictAccess: false },
    ],
  },
};
