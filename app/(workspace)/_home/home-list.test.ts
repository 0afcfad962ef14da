import { expect, test } from 'vitest';
import { groupsOf, type HomeComponent, type HomeFlow } from './home-list';

const component = (id: string, title: string): HomeComponent => ({ id, title, entries: 0, icon: 'box', description: '' });
const flow = (id: string, componentId: string, name: string, more: Partial<HomeFlow> = {}): HomeFlow => ({ id, componentId, name, kind: 'dataflow', description: '', publishedVersion: 1, takesForm: false, ...more });
const components = [component('c1', 'Météo'), component('c2', 'Purchases'), component('c3', 'Empty')];
const flows = [flow('f1', 'c1', 'Rain by month'), flow('f2', 'c1', 'Snow', { publishedVersion: null }), flow('f3', 'c2', 'Approval', { kind: 'workflow', description: 'asks a manager' })];
const found = (wanted: Partial<Parameters<typeof groupsOf>[2]>, latest = new Map()) =>
  groupsOf(components, flows, { search: '', kinds: 'all', order: 'component', ...wanted }, latest).map((group) => [group.component.id, ...group.flows.map((each) => each.id)]);

test('without a search everything is listed, components without flows too', () => {
  expect(found({})).toEqual([['c1', 'f1', 'f2'], ['c2', 'f3'], ['c3']]);
});

test('a search without accents finds a component with all its flows, or a flow by its description', () => {
  expect(found({ search: 'meteo' })).toEqual([['c1', 'f1', 'f2']]);
  expect(found({ search: 'MANAGER' })).toEqual([['c2', 'f3']]);
  expect(found({ search: 'nothing' })).toEqual([]);
});

test('a kind hides the rest, and components that have none of it', () => {
  expect(found({ kinds: 'workflow' })).toEqual([['c2', 'f3']]);
  expect(found({ kinds: 'unpublished' })).toEqual([['c1', 'f2']]);
});

test('by last run, the component that ran last comes first', () => {
  const run = (id: string) => ({ id }) as never; // only the id decides
  expect(found({ order: 'recent' }, new Map([['f3', run('2')], ['f2', run('1')]]))).toEqual([['c2', 'f3'], ['c1', 'f2', 'f1'], ['c3']]);
});
