import { z } from 'zod';
import { componentField, componentSettings, type ComponentField } from './component-model';
import { id } from './id';
import { isJsonObject, type Json } from './json';

/** A component as one JSON document: its model, the drafts of its flows and, if asked, its entries. Files do not travel. */
const json = z.custom<Json>((value) => value !== undefined);
export const mostEntriesInFile = 10_000;

export const componentFile = z.strictObject({
  schema: z.literal(1),
  component: z.strictObject({ id, title: z.string().trim().min(1).max(200), fields: z.array(componentField).max(200), settings: componentSettings }),
  flows: z.array(z.strictObject({ id, definition: json })).max(200),
  /** Other components that its fields and flows name. */
  related: z.array(z.strictObject({ id, title: z.string().max(200) })).max(1_000),
  entries: z.array(z.strictObject({ id: z.int().min(1).max(2_147_483_647), name: z.string().max(500).nullable(), data: z.record(z.string(), json) })).max(mostEntriesInFile).optional(),
});
export type ComponentFile = z.infer<typeof componentFile>;

/** Every text in a value that is one of these ids, replaced: ids are random, so no other text is one. */
export function withIds(value: Json, ids: ReadonlyMap<string, string>): Json {
  if (typeof value === 'string') return ids.get(value) ?? value;
  if (Array.isArray(value)) return value.map((each) => withIds(each, ids));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withIds(each, ids)]));
}

/** Which of these ids a value names. */
export function idsNamed(value: Json, ids: ReadonlySet<string>, found = new Set<string>()): Set<string> {
  if (typeof value === 'string' && ids.has(value)) found.add(value);
  if (Array.isArray(value)) for (const each of value) idsNamed(each, ids, found);
  else if (isJsonObject(value)) for (const each of Object.values(value)) idsNamed(each, ids, found);
  return found;
}

export function fieldsWithIds(fields: readonly ComponentField[], ids: ReadonlyMap<string, string>): ComponentField[] {
  return fields.map((field) => ({
    ...field,
    ...(field.componentId === undefined ? {} : { componentId: ids.get(field.componentId) ?? field.componentId }),
    ...(field.items?.type === 'catalog' ? { items: { ...field.items, componentId: ids.get(field.items.componentId) ?? field.items.componentId } } : {}),
  }));
}
