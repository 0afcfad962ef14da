import type { ComponentField } from '#flow/component-model';
import { instanceFilters, type InstanceFilter } from '#flow/instance-state';
import type { Json } from '#flow/json';
import type { Condition, Filter, Operator } from '#flow/value';
import { numberOf } from './form-values';

/** What the grid shows, as it stands in the address: `?q=&sort=price,-name&f.year=greaterOrEqual:2021&state=failed,waiting`. */
export type EntryFilter = { field: string; operator: Operator; text: string };
export type EntryQuery = { q: string; sort: string; filters: EntryFilter[]; /** Of the newest workflow instance of an entry; none given: any. */ states: InstanceFilter[] };

/** The order while no column is chosen. */
export const newestFirst = '-id';

const systemNames = new Set(['id', 'name', 'createdDate', 'updateDate']);

/** The operators that make sense for a field, the first one being the usual one. */
export function operatorsOf(field: ComponentField): Operator[] {
  if (field.enum || field.type === 'boolean' || field.type === 'catalog') return ['equal', 'notEqual'];
  switch (field.type) {
    case 'number': case 'integer': case 'date': case 'datetime': case 'time':
      return ['greaterOrEqual', 'lessOrEqual', 'equal', 'notEqual', 'greater', 'less'];
    case 'array':
      return ['contains'];
    default:
      return ['contains', 'startsWith', 'equal', 'notEqual'];
  }
}

/** Fields people filter by: flagged Query, or every stored one while none is flagged. Files cannot be compared. */
export function filterable(fields: readonly ComponentField[]): ComponentField[] {
  const stored = fields.filter((field) => !field.virtual && field.type !== 'file');
  const flagged = stored.filter((field) => field.query);
  return flagged.length > 0 ? flagged : stored;
}

/** The path of a column in an entry model: system fields at the root, the component's own under `data`. */
export function pathOf(name: string): string {
  return systemNames.has(name) ? name : `data.${name}`;
}

export function readQuery(params: URLSearchParams, fields: readonly ComponentField[]): EntryQuery {
  const filters = [...params].flatMap(([key, value]): EntryFilter[] => {
    const field = key.startsWith('f.') ? fields.find((each) => each.name === key.slice(2)) : undefined;
    const [given = '', ...rest] = value.split(':');
    const operator = field && operatorsOf(field).find((each) => each === given);
    return field && operator ? [{ field: field.name, operator, text: rest.join(':') }] : [];
  });
  const states = (params.get('state') ?? '').split(',');
  return { q: params.get('q') ?? '', sort: params.get('sort') ?? '', filters, states: instanceFilters.filter((each) => states.includes(each)) };
}

/** Keeps what else stands in the address (the open entry). */
export function writeQuery(before: URLSearchParams, query: EntryQuery): string {
  const kept = [...before].filter(([key]) => key !== 'q' && key !== 'sort' && key !== 'state' && !key.startsWith('f.'));
  const params = new URLSearchParams(kept);
  if (query.q) params.set('q', query.q);
  if (query.sort) params.set('sort', query.sort);
  if (query.states.length > 0) params.set('state', query.states.join(','));
  for (const each of query.filters) params.append(`f.${each.field}`, `${each.operator}:${each.text}`);
  return params.toString();
}

export function filterJson(filters: readonly EntryFilter[], fields: readonly ComponentField[]): Filter | null {
  const all = filters.flatMap((each): Condition[] => {
    const field = fields.find((one) => one.name === each.field);
    return field ? [{ field: pathOf(field.name), operator: each.operator, value: { const: operandOf(field, each.text) } }] : [];
  });
  return all.length > 0 ? { all } : null;
}

function operandOf(field: ComponentField, text: string): Json {
  const choice = field.enum?.find((each) => String(each.value) === text);
  if (choice) return choice.value;
  const type = field.type === 'array' ? (field.items?.type ?? 'string') : field.type;
  switch (type) {
    case 'number': case 'integer':
      return numberOf(text) ?? text;
    case 'boolean':
      return text === 'true';
    case 'catalog':
      return { id: /^\d+$/.test(text) ? Number(text) : text };
    case 'datetime': {
      const at = new Date(text);
      return Number.isNaN(at.getTime()) ? text : at.toISOString();
    }
    case 'time':
      return /^\d{2}:\d{2}$/.test(text) ? `${text}:00` : text;
    default:
      return text;
  }
}

/** Ascending, descending, unsorted; with `add` as a further key behind the present ones. */
export function toggleSort(sort: string, column: string, add: boolean): string {
  const keys = sort === '' ? [] : sort.split(',');
  const now = keys.find((key) => key === column || key === `-${column}`);
  const next = now === undefined ? column : now === column ? `-${column}` : null;
  if (!add) return next ?? '';
  const others = keys.filter((key) => key !== now);
  return (next === null ? others : now === undefined ? [...keys, next] : keys.map((key) => (key === now ? next : key))).join(',');
}
