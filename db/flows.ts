import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import { z } from 'zod';
import { emptyDefinition, parseDefinition } from '#flow/canonical';
import { changesOf } from '#flow/changes';
import { problemsOf } from '#flow/check';
import { createDocument, definitionOf } from '#flow/document';
import { failure, fail, FailureError, type Failure, type Result } from '#flow/failure';
import { flowKind, type FlowDefinition, type FlowKind } from '#flow/flow';
import { newId } from '#flow/id';
import type { Problem } from '#flow/problems';
import type { FlowContext } from '#flow/propagate';
import { text } from '#flow/text';
import type { Access } from './access';
import { recordAudit } from './audit';
import type { Database, Executor } from './client';
import { findComponent, lockComponent, missingComponent, workspaceIndex } from './components';
import { insertDocument, loadDocument } from './flow-documents';
import { submitIntent } from './flow-intents';
import { decodeCursor, paged, type Listed, type Page } from './page';
import { permitted } from './permitted';
import { recordChange } from './record-change';
import { components, flowChanges, flows, flowVersions, runSlots } from './schema';

export type FlowSummary = {
  id: string; kind: FlowKind; name: string; description: string | null; componentId: string; componentTitle: string;
  publishedVersion: number | null; restrictAccess: boolean; createdAt: string; updatedAt: string;
};
/** `definition` is the draft's, `problems` are what stands in the way of publishing it and what is worth a look. */
export type FlowView = FlowSummary & { definition: FlowDefinition; problems: Problem[] };
export type NewFlow = { componentId: string; kind: FlowKind; name: string; definition?: unknown };
export type FlowPatch = { name?: string | undefined; restrictAccess?: boolean | undefined; settings?: FlowDefinition['settings'] };

const columns = {
  id: flows.id, kind: flows.kind, name: flows.name, description: flows.description, componentId: flows.componentId, componentTitle: components.title,
  publishedVersion: flowVersions.number, restrictAccess: flows.restrictAccess, createdAt: flows.createdAt, updatedAt: flows.updatedAt,
};

function selectFlows(db: Executor) {
  const key = sql<string>`lower(${flows.name}) collate "C"`;
  return db.select({ ...columns, key }).from(flows).innerJoin(components, eq(components.id, flows.componentId)).leftJoin(flowVersions, eq(flowVersions.id, flows.publishedVersionId)).$dynamic();
}

type Row = Awaited<ReturnType<typeof selectFlows>>[number];

function summaryOf({ key: _key, ...row }: Row): FlowSummary {
  return { ...row, kind: flowKind.parse(row.kind), createdAt: row.createdAt.toISOString(), updatedAt: row.updatedAt.toISOString() };
}

const flowIs = (workspaceId: string, id: string) => and(eq(flows.id, id), eq(flows.workspaceId, workspaceId), isNull(flows.deletedAt));

export async function createFlow(database: Database, access: Access, wanted: NewFlow): Promise<Result<{ id: string }>> {
  return permitted(access, 'flows.edit', () => database.db.transaction(async (db) => {
    const definition = wanted.definition === undefined ? emptyDefinition(wanted.kind, wanted.name) : readDefinition(wanted.definition, wanted);
    if ((await lockComponent(db, access.workspaceId, wanted.componentId, 'share')) === null) missingComponent(wanted.componentId);
    return { id: await insertFlow(db, { workspaceId: access.workspaceId, componentId: wanted.componentId, userId: access.user?.id ?? null }, definition) };
  }));
}

/** Inside the caller's transaction: the flow, its document and the first lines of its edit history. */
export async function insertFlow(db: Executor, owner: { workspaceId: string; componentId: string; userId: string | null }, definition: FlowDefinition, id = newId('flw')): Promise<string> {
  const { workspaceId, componentId, userId } = owner;
  await db.insert(flows).values({
    id, workspaceId, componentId, kind: definition.kind, name: definition.name, description: definition.settings?.description ?? null, restrictAccess: definition.restrictAccess ?? false, concurrency: definition.settings?.concurrency ?? null, createdBy: userId,
  });
  await insertDocument(db, { flowId: id, userId, kind: 'import' }, createDocument(definition));
  const changes = changesOf(null, definition);
  if (changes.length > 0) await db.insert(flowChanges).values(changes.map((each, idx) => ({ flowId: id, seq: 1, idx, userId, stepId: each.stepId, key: each.key, op: each.op, old: each.old, new: each.new })));
  await recordChange(db, { workspaceId, topic: 'flow', objectId: id });
  return id;
}

/** The name asked for wins over the definition's own. */
function readDefinition(given: unknown, wanted: { kind: FlowKind; name: string }): FlowDefinition {
  const parsed = parseDefinition(given);
  const issues = parsed.ok ? (parsed.definition.kind === wanted.kind ? [] : [{ path: 'kind', message: `the flow is a ${wanted.kind}, its definition a ${parsed.definition.kind}` }]) : parsed.issues;
  if (parsed.ok && issues.length === 0) return { ...parsed.definition, name: wanted.name };
  const first = issues[0];
  return fail('DEFINITION_INVALID', text(
    `This is not a flow definition: ${first?.path ? `${first.path}: ` : ''}${first?.message ?? 'not valid'}. Nothing was made.`,
    `Ce n’est pas une définition de flux : ${first?.path ? `${first.path} : ` : ''}${first?.message ?? 'non valide'}. Rien n’a été créé.`), { details: issues.slice(0, 100) });
}

export async function getFlow(database: Database, access: Access, id: string): Promise<Result<{ flow: FlowView }>> {
  return permitted(access, 'workspace.read', async () => {
    const [row] = await selectFlows(database.db).where(flowIs(access.workspaceId, id));
    if (!row) throw new FailureError(flowNotFound(id));
    const definition = await draftOf(database.db, id);
    const problems = problemsOf(definition, await flowContext(database.db, access.workspaceId, row));
    return { flow: { ...summaryOf(row), name: definition.name, restrictAccess: definition.restrictAccess ?? false, definition, problems } };
  });
}

/** What the flow's document says now. */
export async function draftOf(db: Executor, flowId: string): Promise<FlowDefinition> {
  return definitionOf((await loadDocument(db, flowId)).doc);
}

/** Of one component, or all; by name. */
export async function listFlows(database: Database, access: Access, query: { componentId?: string | undefined } & Page): Promise<Result<Listed<FlowSummary>>> {
  return permitted(access, 'workspace.read', async () => {
    const { componentId } = query;
    if (componentId !== undefined && (await findComponent(database.db, access.workspaceId, componentId)) === null) missingComponent(componentId);
    const after = decodeCursor(query.cursor, z.tuple([z.string(), z.string()]));
    const key = sql`lower(${flows.name}) collate "C"`;
    const rows = await selectFlows(database.db).where(and(
      eq(flows.workspaceId, access.workspaceId), isNull(flows.deletedAt), componentId === undefined ? undefined : eq(flows.componentId, componentId),
      after ? sql`(${key}, ${flows.id}) > (${after[0]}, ${after[1]})` : undefined,
    )).orderBy(key, asc(flows.id)).limit(query.limit + 1);
    return paged(rows, query.limit, (row) => [row.key, row.id], summaryOf);
  });
}

/** Through the flow's document, so that open editors see it. */
export async function patchFlow(database: Database, access: Access, id: string, patch: FlowPatch): Promise<Result<object>> {
  const { name, restrictAccess, settings } = patch;
  const payload = { kind: 'settings' as const, ...(name === undefined ? {} : { name }), ...(restrictAccess === undefined ? {} : { restrictAccess }), ...(settings === undefined ? {} : { settings }) };
  const answer = await submitIntent(database, access, id, payload);
  return answer.ok ? { ok: true } : answer;
}

/** Hidden at once; versions and runs stay. Refused while runs are open. */
export async function deleteFlow(database: Database, access: Access, id: string): Promise<Result<object>> {
  return permitted(access, 'flows.edit', () => database.db.transaction(async (db) => {
    const flow = await lockFlow(db, access.workspaceId, id);
    const [open] = await db.select({ runId: runSlots.runId }).from(runSlots).where(eq(runSlots.flowId, id)).limit(1);
    if (open) fail('STATE_INVALID', text(`"${flow.name}" is running (run ${open.runId}). Wait for it or cancel it, then delete.`, `« ${flow.name} » s’exécute (exécution ${open.runId}). Attendez ou annulez-le, puis supprimez.`), { details: { runId: open.runId } });
    await db.update(flows).set({ deletedAt: sql`now()` }).where(eq(flows.id, id));
    await recordAudit(db, { workspaceId: access.workspaceId, userId: access.user?.id ?? null, action: 'flow.deleted', objectId: id });
    await recordChange(db, { workspaceId: access.workspaceId, topic: 'flow', objectId: id, deleted: true });
    return {};
  }));
}

/** Nobody can start the published version any more; the versions stay and can be published again. */
export async function unpublishFlow(database: Database, access: Access, id: string): Promise<Result<object>> {
  return permitted(access, 'flows.publish', () => database.db.transaction(async (db) => {
    const flow = await lockFlow(db, access.workspaceId, id);
    if (flow.publishedVersionId === null) fail('NOT_PUBLISHED', text(`"${flow.name}" is not published.`, `« ${flow.name} » n’est pas publié.`));
    await setPublished(db, access, id, { versionId: null, action: 'flow.unpublished', data: {} });
    return {};
  }));
}

type Published = { versionId: string | null; action: string; data: { version?: number } };

export async function setPublished(db: Executor, access: Access, flowId: string, { versionId, action, data }: Published): Promise<void> {
  await db.update(flows).set({ publishedVersionId: versionId, updatedAt: sql`now()` }).where(eq(flows.id, flowId));
  await recordAudit(db, { workspaceId: access.workspaceId, userId: access.user?.id ?? null, action, objectId: flowId, data });
  await recordChange(db, { workspaceId: access.workspaceId, topic: 'flow', objectId: flowId });
}

export type LockedFlow = { id: string; name: string; kind: FlowKind; componentId: string; publishedVersionId: string | null; createdBy: string | null };

/** Holds the flow's row: of two publications at once the second takes the next number. */
export async function lockFlow(db: Executor, workspaceId: string, id: string): Promise<LockedFlow> {
  return rowOf(id, await selectRows(db).where(flowIs(workspaceId, id)).for('no key update'));
}

export async function findFlow(db: Executor, workspaceId: string, id: string): Promise<LockedFlow> {
  return rowOf(id, await selectRows(db).where(flowIs(workspaceId, id)));
}

function selectRows(db: Executor) {
  return db.select({ id: flows.id, name: flows.name, kind: flows.kind, componentId: flows.componentId, publishedVersionId: flows.publishedVersionId, createdBy: flows.createdBy }).from(flows).$dynamic();
}

function rowOf(id: string, rows: Awaited<ReturnType<typeof selectRows>>): LockedFlow {
  const [row] = rows;
  if (!row) throw new FailureError(flowNotFound(id));
  return { ...row, kind: flowKind.parse(row.kind) };
}

/** The facts a definition of this flow is checked against. */
export async function flowContext(db: Executor, workspaceId: string, flow: { id?: string; componentId: string }): Promise<FlowContext> {
  return { index: await workspaceIndex(db, workspaceId), componentId: flow.componentId, ...(flow.id === undefined ? {} : { flowId: flow.id }) };
}

export function flowNotFound(id: string): Failure {
  return failure('FLOW_NOT_FOUND', text(`There is no flow "${id}" in this workspace. GET /flows lists them.`, `Il n’y a pas de flux « ${id} » dans cet espace. GET /flows les liste.`));
}
