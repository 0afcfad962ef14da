import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import { parseDefinition } from '#flow/canonical';
import { fieldsWithIds, idsNamed, mostEntriesInFile, withIds, type ComponentFile } from '#flow/component-file';
import { userInfoComponent, type ComponentField } from '#flow/component-model';
import { fail, type Result } from '#flow/failure';
import type { FlowDefinition } from '#flow/flow';
import { newId } from '#flow/id';
import { isJsonObject, type Json, type JsonObject } from '#flow/json';
import type { EntryWrite } from '#flow/steps/capabilities';
import { text } from '#flow/text';
import type { Access } from './access';
import type { Database, Executor } from './client';
import { referredComponent } from './component-fields';
import { findComponent, insertComponent, missingComponent } from './components';
import { writeEntries } from './entry-batch';
import { referencedNames } from './entry-references';
import { draftOf, insertFlow } from './flows';
import { permitted } from './permitted';
import { components, entries, flows } from './schema';

/** A component out to a file and in from one, here or in another installation. */
export async function exportComponent(database: Database, access: Access, componentId: string, options: { entries: boolean }): Promise<Result<{ file: ComponentFile }>> {
  return permitted(access, 'workspace.read', () => database.db.transaction(async (db) => {
    const component = (await findComponent(db, access.workspaceId, componentId)) ?? missingComponent(componentId);
    const own = await db.select({ id: flows.id }).from(flows).where(and(eq(flows.componentId, componentId), isNull(flows.deletedAt))).orderBy(asc(flows.createdAt), asc(flows.id));
    const drafts: ComponentFile['flows'] = [];
    for (const { id } of own) drafts.push({ id, definition: plain(await draftOf(db, id)) });
    const others = await db.select({ id: components.id, title: components.title }).from(components).where(and(eq(components.workspaceId, access.workspaceId), isNull(components.deletedAt)));
    const named = idsNamed([plain(component.fields), ...drafts.map((each) => each.definition)], new Set(others.map((each) => each.id)));
    const { id, title, fields, settings } = component;
    return {
      file: {
        schema: 1, component: { id, title, fields, settings }, flows: drafts, related: others.filter((each) => each.id !== id && named.has(each.id)),
        ...(options.entries ? { entries: await storedEntries(db, componentId) } : {}),
      },
    };
  }, { isolationLevel: 'repeatable read', accessMode: 'read only' }));
}

/** As JSON carries it, without what is undefined. */
const plain = (value: object): Json => JSON.parse(JSON.stringify(value));

async function storedEntries(db: Executor, componentId: string): Promise<NonNullable<ComponentFile['entries']>> {
  const rows = await db.select({ id: entries.id, name: entries.name, data: entries.data }).from(entries).where(and(eq(entries.componentId, componentId), isNull(entries.deletedAt))).orderBy(asc(entries.id)).limit(mostEntriesInFile + 1);
  if (rows.length > mostEntriesInFile) fail('LIMIT_EXCEEDED', text(`The component has more than ${mostEntriesInFile} entries, the most that one file holds. Export it without them.`, `Le composant a plus de ${mostEntriesInFile} entrées, le maximum d’un fichier. Exportez-le sans elles.`));
  return rows.map((row) => ({ id: row.id, name: row.name, data: isJsonObject(plain(Object(row.data))) ? Object(row.data) : {} }));
}

export type Imported = {
  id: string;
  /** `from` is the id in the file. */
  flows: { id: string; from: string; name: string }[];
  entries: number;
  /** Values that lead nowhere here and were left empty: entries of other components, people, files. */
  cleared: number;
  /** Components that its flows name and that are not here: the drafts show where. */
  missing: { id: string; title: string }[];
};

/** All or nothing. Ids are new ones; a related component is the one with its id here, else the only one with its title. */
export async function importComponent(database: Database, access: Access, file: ComponentFile): Promise<Result<Imported>> {
  return permitted(access, 'components.edit', () => database.db.transaction(async (db) => {
    const { workspaceId } = access;
    const userId = access.user?.id ?? null;
    const definitions = file.flows.map(({ id, definition }, place) => ({ from: id, definition: definitionOf(definition, place) }));
    const { known, missing } = await relatedHere(db, workspaceId, file);
    refuseMissing(file, missing);
    const componentId = newId('cmp');
    const ids = new Map([...known, [file.component.id, componentId], ...definitions.map(({ from }): [string, string] => [from, newId('flw')])]);
    const fields = fieldsWithIds(file.component.fields, ids);
    const { inputFlowId, ...settings } = file.component.settings;
    await insertComponent(db, workspaceId, userId, { title: file.component.title, fields, settings }, componentId);
    for (const { from, definition } of definitions) await insertFlow(db, { workspaceId, componentId, userId }, definitionOf(withIds(plain(definition), ids), 0), ids.get(from));
    const input = inputFlowId ? ids.get(inputFlowId) : undefined;
    if (input !== undefined) await db.update(components).set({ settings: { ...settings, inputFlowId: input } }).where(eq(components.id, componentId));
    const cleared = await importEntries(db, { workspaceId, userId }, { componentId, fields, given: file.entries ?? [], mapped: new Set([...known].flatMap(([from, to]) => (from === to ? [] : [to]))) });
    return { id: componentId, flows: definitions.map(({ from, definition }) => ({ id: ids.get(from) ?? '', from, name: definition.name })), entries: file.entries?.length ?? 0, cleared, missing };
  }));
}

function definitionOf(given: Json, place: number): FlowDefinition {
  const parsed = parseDefinition(given);
  if (parsed.ok) return parsed.definition;
  const [first] = parsed.issues;
  return fail('DEFINITION_INVALID', text(`Flow ${place + 1} of the file is no flow definition: ${first?.path ?? ''} ${first?.message ?? ''}. Nothing was made.`, `Le flux ${place + 1} du fichier n’est pas une définition de flux : ${first?.path ?? ''} ${first?.message ?? ''}. Rien n’a été créé.`), {
    details: parsed.issues.map(({ path, message }) => ({ path: `flows[${place}].definition.${path}`, message })),
  });
}

async function relatedHere(db: Executor, workspaceId: string, { related }: ComponentFile): Promise<{ known: Map<string, string>; missing: Imported['missing'] }> {
  const here = await db.select({ id: components.id, title: components.title }).from(components).where(and(eq(components.workspaceId, workspaceId), isNull(components.deletedAt)));
  const known = new Map<string, string>();
  for (const { id, title } of related) {
    const named = here.filter((each) => each.title === title);
    const found = here.find((each) => each.id === id) ?? (named.length === 1 ? named[0] : undefined);
    if (found) known.set(id, found.id);
  }
  return { known, missing: related.filter((each) => !known.has(each.id)) };
}

/** A field that leads to a component which is not here cannot be kept; a flow that names one can be mended in its draft. */
function refuseMissing({ component, related }: ComponentFile, missing: Imported['missing']): void {
  const gone = new Set(missing.map((each) => each.id));
  const listed = new Set([component.id, userInfoComponent, ...related.map((each) => each.id)]);
  const bad = component.fields.flatMap((field) => {
    const id = referredComponent(field);
    return id !== null && (gone.has(id) || !listed.has(id)) ? [{ field: field.name, componentId: id, title: missing.find((each) => each.id === id)?.title ?? id }] : [];
  });
  if (bad.length === 0) return;
  const names = [...new Set(bad.map((each) => `"${each.title}"`))];
  fail('COMPONENT_NOT_FOUND', text(
    `Fields of the component lead to ${names.join(', ')}, which this workspace does not have. Import those first; nothing was made.`,
    `Des champs du composant mènent à ${names.join(', ')}, que cet espace n’a pas. Importez-les d’abord ; rien n’a été créé.`), { details: bad });
}

type Rows = { componentId: string; fields: readonly ComponentField[]; given: NonNullable<ComponentFile['entries']>; mapped: ReadonlySet<string> };

/** In the order of their ids. What leads to entries of this very component is set once all of them are there. */
async function importEntries(db: Executor, by: { workspaceId: string; userId: string | null }, { componentId, fields, given, mapped }: Rows): Promise<number> {
  if (given.length === 0) return 0;
  const sorted = given.toSorted((a, b) => a.id - b.id);
  const newIds = new Map(sorted.map((each, place) => [each.id, place + 1]));
  const names = await referencedNames(db, by.workspaceId, fields, sorted.map((each) => each.data));
  const leads = fields.flatMap((field) => {
    const to = field.type === 'file' ? null : referredComponent(field);
    return to === null ? [] : [{ name: field.name, to }];
  });
  let cleared = 0;
  const kept = (to: string, value: Json): Json => {
    const id = isJsonObject(value) ? value['id'] : undefined;
    if (to === componentId) return typeof id === 'number' && newIds.has(id) ? { id: newIds.get(id) ?? 0 } : null;
    return (typeof id === 'number' || typeof id === 'string') && !mapped.has(to) && names.get(to)?.has(id) ? { id } : null;
  };
  const keptAll = (to: string, value: Json): Json => {
    const [before, after] = Array.isArray(value) ? [value, value.map((each) => kept(to, each)).filter((each) => each !== null)] : [[value], [kept(to, value)].filter((each) => each !== null)];
    cleared += before.length - after.length;
    return Array.isArray(value) ? after : (after[0] ?? null);
  };
  const own: { place: number; data: JsonObject }[] = [];
  const writes = sorted.map(({ name, data: stored }, place): EntryWrite => {
    const data: JsonObject = { ...stored };
    for (const field of fields) {
      if (field.type !== 'file' || (data[field.name] ?? null) === null) continue;
      cleared += 1;
      data[field.name] = null;
    }
    const later: JsonObject = {};
    for (const { name: field, to } of leads) {
      if ((data[field] ?? null) === null) continue;
      const value = keptAll(to, data[field] ?? null);
      data[field] = to === componentId ? null : value;
      if (to === componentId && value !== null) later[field] = value;
    }
    if (Object.keys(later).length > 0) own.push({ place, data: later });
    return { componentId, entryId: null, remove: false, data, name, noTracking: false };
  });
  await writeEntries(db, by, writes, writes.map((_, place) => place));
  await writeEntries(db, by, own.map(({ place, data }) => ({ componentId, entryId: place + 1, remove: false, data, noTracking: true })), own.map(({ place }) => place));
  const [counted] = await db.execute<{ last: number }>(sql`select last_entry_id as last from components where id = ${componentId}`);
  if (counted?.last !== sorted.length) throw new Error(`${sorted.length} entries were imported and ${String(counted?.last)} counted`);
  return cleared;
}
