import type { RunSummary } from '#db/run-row';
import type { FlowKind } from '#flow/flow';

export type HomeComponent = { id: string; title: string; entries: number; icon: string; description: string };
export type HomeFlow = { id: string; name: string; kind: FlowKind; description: string; componentId: string; publishedVersion: number | null; takesForm: boolean };
export type Kinds = 'all' | 'dataflow' | 'workflow' | 'unpublished';
export type Order = 'component' | 'recent';
export type Group = { component: HomeComponent; flows: HomeFlow[] };

/** The list as asked for: a search finds a component with all its flows, or single flows. Flows newest first where runs decide. */
export function groupsOf(components: readonly HomeComponent[], flows: readonly HomeFlow[], wanted: { search: string; kinds: Kinds; order: Order }, latest: ReadonlyMap<string, RunSummary>): Group[] {
  const search = plain(wanted.search.trim());
  const says = (text: string) => plain(text).includes(search);
  const shown = flows.filter((flow) => wanted.kinds === 'all' || (wanted.kinds === 'unpublished' ? flow.publishedVersion === null : flow.kind === wanted.kinds));
  const newest = (flow: HomeFlow) => latest.get(flow.id)?.id ?? '';
  const groups = components.map((component): Group => {
    const own = shown.filter((flow) => flow.componentId === component.id);
    const found = says(component.title) ? own : own.filter((flow) => says(flow.name) || says(flow.description));
    return { component, flows: wanted.order === 'recent' ? found.toSorted((a, b) => (newest(a) < newest(b) ? 1 : -1)) : found };
  });
  const kept = groups.filter((group) => group.flows.length > 0 || (wanted.kinds === 'all' && says(group.component.title)));
  return wanted.order === 'recent' ? kept.toSorted((a, b) => (newestOf(a, newest) < newestOf(b, newest) ? 1 : -1)) : kept;
}

function newestOf(group: Group, newest: (flow: HomeFlow) => string): string {
  return group.flows.reduce((last, flow) => (newest(flow) > last ? newest(flow) : last), '');
}

/** Without case and accents: "meteo" finds "Météo". */
function plain(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
}
