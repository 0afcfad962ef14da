import { and, not, or, sql, type SQL } from 'drizzle-orm';
import type { ComponentModel } from '#flow/component-model';
import { fail } from '#flow/failure';
import type { Json } from '#flow/json';
import { text } from '#flow/text';
import type { Condition, Filter, Operator } from '#flow/value';
import { columnOf, indexedCharacters, type Column } from './entry-columns';
import { entries } from './schema';

/** A filter (steps.md §1.4) as SQL, with the answers that `compares` of flow/compare.ts gives on models of the declared types. */
export function filterSql(component: ComponentModel, filter: Filter): SQL | undefined {
  const each = (conditions: Condition[] | undefined, list: 'all' | 'any') => (conditions ?? []).map((condition, place) => conditionSql(component, condition, `filter.${list}[${place}]`));
  const any = each(filter.any, 'any');
  return and(...each(filter.all, 'all'), any.length > 0 ? or(...any) : undefined);
}

function conditionSql(component: ComponentModel, condition: Condition, path: string): SQL {
  const column = columnOf(component, condition.field);
  if (condition.value && 'field' in condition.value) fail('PARAM_INVALID', text('A list is filtered by constants: give {"const": …}.', 'Une liste se filtre par constantes : donnez {"const": …}.'), { path });
  const constant = condition.compareWithNull ? null : (condition.value?.const ?? null);
  const { operator } = condition;
  if (operator === 'in') return inSql(column, constant, path);
  if (constant === null) return nullSql(column, operator, path);
  if (column.kind === 'list') return operator === 'contains' ? sql`${column.value} @> ${JSON.stringify([readConstant(column, constant, path)])}::jsonb` : mismatch(column, operator, path);
  if (operator === 'contains') return sql`strpos(${column.value}::text, ${textOf(constant, column, operator, path)}) > 0`;
  if (operator === 'startsWith') return sql`starts_with(${column.value}::text, ${textOf(constant, column, operator, path)})`;
  const value = bound(column, readConstant(column, constant, path));
  switch (operator) {
    case 'equal':
      return sql`${column.index ? sql`${column.index.value} = ${beginning(value)} and ` : sql``}${column.value} = ${value}`;
    case 'notEqual':
      return sql`${column.value} is distinct from ${value}`;
    case 'greater': case 'less': case 'greaterOrEqual': case 'lessOrEqual':
      if (!column.ordered) mismatch(column, operator, path);
      return sql`${column.index ? sql`${column.index.value} ${sql.raw(signs[operator].slice(0, 1))}= ${beginning(value)} and ` : sql``}${column.value} ${sql.raw(signs[operator])} ${value}`;
  }
}

/** Of a constant what `Column.index` is of the value. */
const beginning = (value: SQL) => sql`left(${value}, ${sql.raw(String(indexedCharacters))})`;

const signs = { greater: '>', less: '<', greaterOrEqual: '>=', lessOrEqual: '<=' } as const;

function nullSql(column: Column, operator: Operator, path: string): SQL {
  if (operator === 'equal') return sql`${column.value} is null`;
  if (operator === 'notEqual') return sql`${column.value} is not null`;
  return fail('PARAM_INVALID', text(`"${column.path}": only "equal" and "notEqual" compare with null.`, `« ${column.path} » : seuls « equal » et « notEqual » se comparent avec null.`), { path });
}

function inSql(column: Column, constant: Json, path: string): SQL {
  if (!Array.isArray(constant)) return fail('PARAM_INVALID', text(`"${column.path}": "in" takes a list of values.`, `« ${column.path} » : « in » attend une liste de valeurs.`), { path });
  if (column.kind === 'list') return mismatch(column, 'in', path);
  const values = constant.filter((each) => each !== null).map((each) => bound(column, readConstant(column, each, path)));
  const begins = column.index && values.length > 0 ? sql`${column.index.value} in (${sql.join(values.map(beginning), sql`, `)}) and ` : sql``;
  const among = values.length > 0 ? sql`(${begins}${column.value} in (${sql.join(values, sql`, `)}))` : sql`false`;
  return constant.includes(null) ? sql`(${among} or ${column.value} is null)` : among;
}

function readConstant(column: Column, constant: Json, path: string): Json {
  const value = column.reads(constant);
  if (value !== undefined) return value;
  const shown = JSON.stringify(constant).slice(0, 60);
  return fail('TYPE_MISMATCH', text(`${shown} cannot be compared with "${column.path}". Give a value of its type.`, `${shown} ne se compare pas avec « ${column.path} ». Donnez une valeur de son type.`), { path });
}

function textOf(constant: Json, column: Column, operator: Operator, path: string): string {
  return typeof constant === 'object' ? mismatch(column, operator, path) : String(constant);
}

function mismatch(column: Column, operator: Operator, path: string): never {
  return fail('TYPE_MISMATCH', text(`"${operator}" makes no sense of "${column.path}". Choose another operator or field.`, `« ${operator} » n’a pas de sens pour « ${column.path} ». Choisissez un autre opérateur ou champ.`), { path });
}

const casts = { text: sql``, number: sql`::numeric`, integer: sql`::int`, boolean: sql`::boolean`, instant: sql`::timestamptz`, list: sql`::jsonb` };

/** The value as a parameter, never inside the statement; as text first, for the driver has its own idea of other types. */
export function bound(column: Pick<Column, 'kind'>, value: Json): SQL {
  return sql`${value === null ? null : String(value)}::text${casts[column.kind]}`;
}

/** Every word of the search must stand somewhere in what a row shows: its name, its id, its fields, names it refers to. */
export function searchSql(component: ComponentModel, search: string): SQL | undefined {
  const fields = component.fields.filter((field) => !field.virtual);
  const names = fields.filter((field) => field.type === 'catalog').map((field) => columnOf(component, `data.${field.name}.name`).value);
  const words = search.trim().split(/\s+/).filter((word) => word !== '').slice(0, 10);
  return and(...words.map((word) => {
    const pattern = `%${word.replaceAll(/[\\%_]/g, (character) => `\\${character}`)}%`;
    const stored = sql`exists (select 1 from jsonb_each_text(${entries.data}) f where f.key in ${fields.length > 0 ? fields.map((field) => field.name) : ['']} and f.value ilike ${pattern})`;
    return or(sql`${entries.name} ilike ${pattern}`, sql`${entries.id}::text = ${word}`, stored, ...names.map((name) => sql`${name} ilike ${pattern}`));
  }));
}

/** `rank` tells empty values apart and stands in the cursor only: the order says "nulls last", as its indexes do. */
export type SortKey = { column: Pick<Column, 'kind'>; value: SQL; descending: boolean; rank?: true; mayBeEmpty?: true; index?: SQL };

/** `price,-createdDate`; empty values stand last either way, and the id decides between equals. */
export function sortKeys(component: ComponentModel, sort: string | undefined): SortKey[] {
  const asked = (sort ?? '').split(',').map((each) => each.trim()).filter((each) => each !== '').slice(0, 5);
  const keys = asked.flatMap((each): SortKey[] => {
    const column = columnOf(component, each.replace(/^[-+]/, ''));
    if (column.kind === 'list') fail('PARAM_INVALID', text(`"${column.path}" is a list and has no order. Sort by another field.`, `« ${column.path} » est une liste, sans ordre. Triez par un autre champ.`), { path: 'sort' });
    const [value, kind] = column.sortBy ? [column.sortBy, 'text' as const] : [column.value, column.path === 'id' ? 'integer' as const : column.kind];
    const key = { column: { kind }, value, descending: each.startsWith('-') };
    return column.neverEmpty ? [key] : [{ column: { kind: 'boolean' }, value: sql`(${value} is null)`, descending: false, rank: true }, { ...key, mayBeEmpty: true, ...(column.index ? { index: column.index.value } : {}) }];
  });
  const decided = asked.some((each) => /^[-+]?id$/.test(each));
  return decided ? keys : [...keys, { column: { kind: 'integer' }, value: sql`${entries.id}`, descending: false }];
}

export function orderBy(keys: readonly SortKey[]): SQL[] {
  return keys.flatMap((key) => {
    if (key.rank) return [];
    const way = sql.raw(`${key.descending ? 'desc' : 'asc'}${key.mayBeEmpty ? ' nulls last' : ''}`);
    return key.index ? [sql`${key.index} ${way}`, sql`${key.value} ${way}`] : [sql`${key.value} ${way}`];
  });
}

/** Rows after the last one shown: behind it in the first key, or equal there and behind in the second, … */
export function afterKeys(keys: readonly SortKey[], last: readonly (string | null)[]): SQL | undefined {
  return or(...keys.map((key, place) => {
    const same = keys.slice(0, place).map((earlier, at) => not(sql`${earlier.value} is distinct from ${bound(earlier.column, last[at] ?? null)}`));
    return and(...same, sql`${key.value} ${sql.raw(key.descending ? '<' : '>')} ${bound(key.column, last[place] ?? null)}`);
  }));
}
