import { and, eq, inArray, isNull } from 'drizzle-orm';
import { userInfoComponent, type ComponentField } from '#flow/component-model';
import type { BadField } from '#flow/entry-validation';
import { isJsonObject, type Json, type JsonObject } from '#flow/json';
import { text } from '#flow/text';
import type { Executor } from './client';
import { referredComponent } from './component-fields';
import { fileFacts } from './files';
import { components, entries, members, user } from './schema';

/**
 * What an entry refers to: entries of other components, people, files. References are stored as `{id}`; the names of
 * entries and people are read live, so a renamed one shows its new name everywhere.
 */
type Id = number | string;
type Names = ReadonlyMap<string, ReadonlyMap<Id, string | null>>;

/** Names by component and id; an id that is missing (deleted, of another workspace) is absent. */
export async function referencedNames(db: Executor, workspaceId: string, fields: readonly ComponentField[], rows: readonly JsonObject[]): Promise<Names> {
  const wanted = new Map<string, Set<Id>>();
  for (const field of fields) {
    const componentId = field.virtual ? null : referredComponent(field);
    if (componentId === null) continue;
    const ids = wanted.get(componentId) ?? new Set<Id>();
    for (const row of rows) for (const id of idsIn(row[field.name] ?? null)) ids.add(id);
    wanted.set(componentId, ids);
  }
  const found = new Map<string, ReadonlyMap<Id, string | null>>();
  for (const [componentId, ids] of wanted) {
    found.set(componentId, componentId === userInfoComponent ? await memberNames(db, workspaceId, ids) : await entryNames(db, workspaceId, componentId, ids));
  }
  return found;
}

async function entryNames(db: Executor, workspaceId: string, componentId: string, ids: ReadonlySet<Id>): Promise<Map<Id, string | null>> {
  const numbers = [...ids].filter((id) => typeof id === 'number' && id <= 2_147_483_647).map(Number);
  if (numbers.length === 0) return new Map();
  const rows = await db.select({ id: entries.id, name: entries.name }).from(entries).innerJoin(components, eq(components.id, entries.componentId))
    .where(and(eq(entries.componentId, componentId), eq(components.workspaceId, workspaceId), inArray(entries.id, numbers), isNull(entries.deletedAt)));
  return new Map(rows.map((row) => [row.id, row.name]));
}

async function memberNames(db: Executor, workspaceId: string, ids: ReadonlySet<Id>): Promise<Map<Id, string | null>> {
  const people = [...ids].map(String);
  if (people.length === 0) return new Map();
  const rows = await db.select({ id: user.id, name: user.name }).from(user).innerJoin(members, eq(members.userId, user.id))
    .where(and(eq(members.workspaceId, workspaceId), inArray(user.id, people)));
  return new Map(rows.map((row) => [row.id, row.name]));
}

function idsIn(value: Json): Id[] {
  if (Array.isArray(value)) return value.flatMap(idsIn);
  const id = isJsonObject(value) ? value['id'] : null;
  return typeof id === 'number' || typeof id === 'string' ? [id] : [];
}

/** The stored data with every reference as `{id, name}`. */
export function withNames(fields: readonly ComponentField[], data: JsonObject, names: Names): JsonObject {
  const shown: JsonObject = {};
  for (const field of fields) {
    if (field.virtual) continue;
    const componentId = referredComponent(field);
    const value = data[field.name] ?? null;
    shown[field.name] = componentId === null ? value : named(value, names.get(componentId));
  }
  return shown;
}

function named(value: Json, names: ReadonlyMap<Id, string | null> | undefined): Json {
  if (Array.isArray(value)) return value.map((each) => named(each, names));
  const id = isJsonObject(value) ? value['id'] : null;
  return typeof id === 'number' || typeof id === 'string' ? { id, name: names?.get(id) ?? null } : value;
}

/** Fields of checked data whose references lead nowhere. */
export async function danglingReferences(db: Executor, workspaceId: string, fields: readonly ComponentField[], data: JsonObject): Promise<BadField[]> {
  return danglingIn(fields, data, await referencedNames(db, workspaceId, fields, [data]));
}

export function danglingIn(fields: readonly ComponentField[], data: JsonObject, names: Names): BadField[] {
  return fields.flatMap((field): BadField[] => {
    const componentId = referredComponent(field);
    if (componentId === null || field.virtual) return [];
    const missing = idsIn(data[field.name] ?? null).filter((id) => !names.get(componentId)?.has(id));
    if (missing.length === 0) return [];
    return [{ field: field.name, text: text(`${field.title}: there is no entry ${missing.slice(0, 5).join(', ')} to refer to.`, `${field.title} : il n’y a pas d’entrée ${missing.slice(0, 5).join(', ')} à référencer.`) }];
  });
}

/** Files as the database knows them instead of as the caller describes them; fields whose file does not exist are bad. */
export async function withFileFacts(db: Executor, workspaceId: string, fields: readonly ComponentField[], given: JsonObject): Promise<{ data: JsonObject; bad: BadField[] }> {
  const own = fields.filter((field) => field.type === 'file' && (given[field.name] ?? '') !== '');
  const idOf = (value: Json | undefined) => (typeof value === 'string' ? value : isJsonObject(value) && typeof value['id'] === 'string' ? value['id'] : null);
  const ids = own.map((field) => idOf(given[field.name])).filter((id) => id !== null);
  const facts = await fileFacts(db, workspaceId, ids);
  const data = { ...given };
  const bad: BadField[] = [];
  for (const field of own) {
    const id = idOf(given[field.name]);
    const file = id === null ? undefined : facts.get(id);
    if (file) data[field.name] = file;
    else if (id !== null) bad.push({ field: field.name, text: text(`${field.title}: there is no file "${id}".`, `${field.title} : il n’y a pas de fichier « ${id} ».`) });
  }
  return { data, bad };
}
