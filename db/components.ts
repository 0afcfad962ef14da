import { isDeepStrictEqual } from 'node:util';
import { and, asc, eq, inArray, isNull, ne, sql } from 'drizzle-orm';
import { z } from 'zod';
import { componentField, componentSettings, type ComponentModel } from '#flow/component-model';
import { failure, fail, FailureError, type Failure, type Result } from '#flow/failure';
import { flowKind } from '#flow/flow';
import { newId } from '#flow/id';
import { text } from '#flow/text';
import type { WorkspaceIndex } from '#flow/workspace-index';
import type { Access } from './access';
import type { Database, Executor } from './client';
import { checkFields, referredComponent } from './component-fields';
import { askForIndexes, indexedFields } from './entry-indexes';
import { integrationFacts } from './integration-facts';
import { migrateEntries } from './component-migration';
import { decodeCursor, paged, type Listed, type Page } from './page';
import { permitted } from './permitted';
import { recordChange } from './record-change';
import { components, flows, flowVersions, runSlots } from './schema';

export const newComponent = z.strictObject({
  title: z.string().trim().min(1).max(200),
  fields: z.array(componentField).max(200).optional(),
  settings: componentSettings.optional(),
});
export const componentPatch = newComponent.partial();
export type NewComponent = z.infer<typeof newComponent>;
export type ComponentPatch = z.infer<typeof componentPatch>;

/** `entries`: how many there are. */
export type ComponentView = ComponentModel & { createdAt: string; updatedAt: string; entries: number };

const storedFields = z.array(componentField);
const columns = {
  id: components.id, title: components.title, fields: components.fields, settings: components.settings, createdAt: components.createdAt, updatedAt: components.updatedAt,
};
const live = sql<number>`(select count(*)::int from entries e where e.component_id = ${components}.id and e.deleted_at is null)`;

type Stored = Pick<typeof components.$inferSelect, 'id' | 'title' | 'fields' | 'settings'>;
const modelOf = (row: Stored): ComponentModel => ({ id: row.id, title: row.title, fields: storedFields.parse(row.fields), settings: componentSettings.parse(row.settings) });
const viewOf = (row: Stored & { createdAt: Date; updatedAt: Date; entries: number }): ComponentView => ({
  ...modelOf(row), createdAt: row.createdAt.toISOString(), updatedAt: row.updatedAt.toISOString(), entries: row.entries,
});

const componentIs = (workspaceId: string, id: string) => and(eq(components.id, id), eq(components.workspaceId, workspaceId), isNull(components.deletedAt));

export async function createComponent(database: Database, access: Access, wanted: NewComponent): Promise<Result<{ component: ComponentView }>> {
  return permitted(access, 'components.edit', () => database.db.transaction(async (db) => {
    const id = await insertComponent(db, access.workspaceId, access.user?.id ?? null, wanted);
    return { component: await viewComponent(db, access.workspaceId, id) };
  }));
}

/** Inside the caller's transaction: a component and what else is made with it come together. */
export async function insertComponent(db: Executor, workspaceId: string, userId: string | null, wanted: NewComponent, id = newId('cmp')): Promise<string> {
  const fields = wanted.fields ?? [];
  await checkFields(db, workspaceId, id, fields);
  if (wanted.settings?.inputFlowId) await checkInputFlow(db, workspaceId, id, wanted.settings.inputFlowId);
  await db.insert(components).values({ id, workspaceId, title: wanted.title, fields, settings: wanted.settings ?? {}, createdBy: userId });
  if (indexedFields(fields) !== indexedFields([])) await askForIndexes(db);
  await recordChange(db, { workspaceId, topic: 'component', objectId: id });
  return id;
}

export async function getComponent(database: Database, access: Access, id: string): Promise<Result<{ component: ComponentView }>> {
  return permitted(access, 'workspace.read', async () => ({ component: await viewComponent(database.db, access.workspaceId, id) }));
}

export async function listComponents(database: Database, access: Access, page: Page): Promise<Result<Listed<ComponentView>>> {
  return permitted(access, 'workspace.read', async () => {
    const after = decodeCursor(page.cursor, z.tuple([z.string(), z.string()]));
    const key = sql<string>`lower(${components.title}) collate "C"`;
    const rows = await database.db.select({ ...columns, entries: live, key }).from(components)
      .where(and(eq(components.workspaceId, access.workspaceId), isNull(components.deletedAt), after ? sql`(${key}, ${components.id}) > (${after[0]}, ${after[1]})` : undefined))
      .orderBy(key, asc(components.id)).limit(page.limit + 1);
    return paged(rows, page.limit, (row) => [row.key, row.id], viewOf);
  });
}

/** `fields` replaces the model and is refused when entries do not fit it; `settings` are merged. */
export async function updateComponent(database: Database, access: Access, id: string, patch: ComponentPatch): Promise<Result<{ component: ComponentView }>> {
  return permitted(access, 'components.edit', () => database.db.transaction(async (db) => {
    const before = await lockComponent(db, access.workspaceId, id, 'update');
    if (before === null) missingComponent(id);
    const fields = patch.fields ?? before.fields;
    const changed = !isDeepStrictEqual(fields, before.fields);
    if (changed) {
      await checkFields(db, access.workspaceId, id, fields);
      await migrateEntries(db, access.workspaceId, id, { before: before.fields, after: fields });
    }
    if (patch.settings?.inputFlowId) await checkInputFlow(db, access.workspaceId, id, patch.settings.inputFlowId);
    await db.update(components).set({
      title: patch.title ?? before.title, fields, settings: { ...before.settings, ...patch.settings }, updatedAt: sql`now()`,
      ...(changed ? { modelVersion: sql`${components.modelVersion} + 1` } : {}),
    }).where(eq(components.id, id));
    if (indexedFields(fields) !== indexedFields(before.fields)) await askForIndexes(db);
    await recordChange(db, { workspaceId: access.workspaceId, topic: 'component', objectId: id });
    return { component: await viewComponent(db, access.workspaceId, id) };
  }));
}

/** What cron, messages and proxy requests run is one of the component's own dataflows. */
export async function checkInputFlow(db: Executor, workspaceId: string, componentId: string, flowId: string): Promise<void> {
  const [flow] = await db.select({ name: flows.name, kind: flows.kind, componentId: flows.componentId }).from(flows).where(and(eq(flows.id, flowId), eq(flows.workspaceId, workspaceId), isNull(flows.deletedAt)));
  if (!flow) fail('FLOW_NOT_FOUND', text(`There is no flow "${flowId}" in this workspace. GET /flows lists them.`, `Il n’y a pas de flux « ${flowId} » dans cet espace. GET /flows les liste.`), { path: 'inputFlowId' });
  if (flow.componentId === componentId && flow.kind === 'dataflow') return;
  fail('PARAM_INVALID', text(`"${flow.name}" is not a dataflow of this component. Choose one of its own.`, `« ${flow.name} » n’est pas un flux de données de ce composant. Choisissez l’un des siens.`), { path: 'inputFlowId' });
}

/** Marks the component and its flows as deleted. Refused while runs of them are open or other components refer to it. */
export async function deleteComponent(database: Database, access: Access, id: string): Promise<Result<object>> {
  return permitted(access, 'components.edit', () => database.db.transaction(async (db) => {
    const component = await lockComponent(db, access.workspaceId, id, 'update');
    if (component === null) missingComponent(id);
    await refuseReferred(db, access.workspaceId, component);
    const own = await db.select({ id: flows.id }).from(flows).where(and(eq(flows.componentId, id), isNull(flows.deletedAt)));
    const ids = own.map((flow) => flow.id);
    const [open] = ids.length > 0 ? await db.select({ runId: runSlots.runId }).from(runSlots).where(inArray(runSlots.flowId, ids)).limit(1) : [];
    if (open) fail('STATE_INVALID', text(`A flow of "${component.title}" is running (run ${open.runId}). Wait for it or cancel it, then delete.`, `Un flux de « ${component.title} » s’exécute (exécution ${open.runId}). Attendez ou annulez-le, puis supprimez.`));
    await db.update(components).set({ deletedAt: sql`now()` }).where(eq(components.id, id));
    if (indexedFields(component.fields) !== indexedFields([])) await askForIndexes(db);
    if (ids.length > 0) await db.update(flows).set({ deletedAt: sql`now()` }).where(inArray(flows.id, ids));
    for (const flowId of ids) await recordChange(db, { workspaceId: access.workspaceId, topic: 'flow', objectId: flowId, deleted: true });
    await recordChange(db, { workspaceId: access.workspaceId, topic: 'component', objectId: id, deleted: true });
    return {};
  }));
}

async function refuseReferred(db: Executor, workspaceId: string, component: ComponentModel): Promise<void> {
  const others = await db.select({ title: components.title, fields: components.fields }).from(components)
    .where(and(eq(components.workspaceId, workspaceId), isNull(components.deletedAt), ne(components.id, component.id)));
  const uses = others.flatMap((other) => storedFields.parse(other.fields).filter((field) => referredComponent(field) === component.id).map((field) => `${other.title} / ${field.title}`));
  if (uses.length === 0) return;
  fail('REFERENCE_IN_USE', text(
    `"${component.title}" is used as a catalog by ${uses.slice(0, 5).join(', ')}. Remove those fields first.`,
    `« ${component.title} » sert de catalogue à ${uses.slice(0, 5).join(', ')}. Retirez d’abord ces champs.`), { details: uses });
}

/** `share` keeps the model as it is until the transaction ends, `update` is for whoever changes it; null: no such component. */
export async function lockComponent(db: Executor, workspaceId: string, id: string, strength: 'share' | 'update'): Promise<ComponentModel | null> {
  const [row] = await db.select(columns).from(components).where(componentIs(workspaceId, id)).for(strength === 'share' ? 'key share' : 'update');
  return row ? modelOf(row) : null;
}

/** Without a check of rights: for callers that made it. */
export async function findComponent(db: Executor, workspaceId: string, id: string): Promise<ComponentModel | null> {
  const [row] = await db.select(columns).from(components).where(componentIs(workspaceId, id));
  return row ? modelOf(row) : null;
}

async function viewComponent(db: Executor, workspaceId: string, id: string): Promise<ComponentView> {
  const [row] = await db.select({ ...columns, entries: live }).from(components).where(componentIs(workspaceId, id));
  return row ? viewOf(row) : missingComponent(id);
}

/** What a flow of the workspace may refer to, for pure code to check it against. */
export async function workspaceIndex(db: Executor, workspaceId: string): Promise<WorkspaceIndex> {
  const models = await db.select(columns).from(components).where(and(eq(components.workspaceId, workspaceId), isNull(components.deletedAt))).orderBy(asc(components.id));
  const facts = await db.select({ id: flows.id, name: flows.name, kind: flows.kind, componentId: flows.componentId, restrictAccess: flows.restrictAccess, publishedVersion: flowVersions.number })
    .from(flows).leftJoin(flowVersions, eq(flowVersions.id, flows.publishedVersionId))
    .where(and(eq(flows.workspaceId, workspaceId), isNull(flows.deletedAt))).orderBy(asc(flows.id));
  return { integrations: await integrationFacts(db, workspaceId), components: models.map(modelOf), flows: facts.map((each) => ({ ...each, kind: flowKind.parse(each.kind) })) };
}

export function componentNotFound(id: string): Failure {
  return failure('COMPONENT_NOT_FOUND', text(
    `There is no component "${id}" in this workspace. GET /components lists them.`,
    `Il n’y a pas de composant « ${id} » dans cet espace. GET /components les liste.`));
}

/** For whoever works inside `permitted` or a step: raises the failure. */
export function missingComponent(id: string): never {
  throw new FailureError(componentNotFound(id));
}
