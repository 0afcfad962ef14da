import { createHash } from 'node:crypto';
import { and, desc, eq, isNotNull, isNull, lt, max } from 'drizzle-orm';
import { z } from 'zod';
import { canonicalJson, storedDefinition } from '#flow/canonical';
import { problemsOf } from '#flow/check';
import { diffDefinitions, type FlowDiff } from '#flow/diff';
import { definitionOf } from '#flow/document';
import { fail, type Result } from '#flow/failure';
import { flowDefinition, type FlowDefinition } from '#flow/flow';
import { newId } from '#flow/id';
import type { Problem } from '#flow/problems';
import { text } from '#flow/text';
import type { Access } from './access';
import type { Database, Executor } from './client';
import { loadDocument } from './flow-documents';
import { authorsBetween, type Person } from './flow-history';
import { findFlow, flowContext, lockFlow, setPublished, type LockedFlow } from './flows';
import { decodeCursor, paged, type Listed, type Page } from './page';
import { permitted } from './permitted';
import { flowVersions, user } from './schema';

/** Versions are immutable: what runs pin, what history shows. A published one has a number, a frozen draft has none. */
export type VersionSummary = { number: number; message: string | null; createdAt: string; createdBy: Person | null; published: boolean; /** Where in the edit log it was taken. */ seq: number };
export type VersionView = VersionSummary & { definition: FlowDefinition };

type Draft = { definition: FlowDefinition; seq: number; hash: string };

async function readDraft(db: Executor, flowId: string): Promise<Draft> {
  const { doc, seq } = await loadDocument(db, flowId);
  const definition = definitionOf(doc);
  return { definition, seq, hash: createHash('sha256').update(canonicalJson(definition)).digest('hex') };
}

/** Freezes the draft as the next version and makes it the one that runs. Blocked by problems of level error. */
export async function publishFlow(database: Database, access: Access, flowId: string, { message }: { message?: string | undefined } = {}): Promise<Result<{ version: number }>> {
  return permitted(access, 'flows.publish', () => database.db.transaction(async (db) => {
    const flow = await lockFlow(db, access.workspaceId, flowId);
    return { version: await publishLocked(db, access, flow, message ?? null) };
  }));
}

/** Inside the caller's transaction, which holds the flow's row. */
export async function publishLocked(db: Executor, access: Access, flow: LockedFlow, message: string | null): Promise<number> {
  const draft = await readDraft(db, flow.id);
  refuseErrors(flow.name, problemsOf(draft.definition, await flowContext(db, access.workspaceId, flow)));
  const [last] = await db.select({ number: max(flowVersions.number) }).from(flowVersions).where(eq(flowVersions.flowId, flow.id));
  const number = (last?.number ?? 0) + 1;
  const versionId = await insertVersion(db, access, flow.id, { draft, number, message: message?.trim() || null });
  await setPublished(db, access, flow.id, { versionId, action: 'flow.published', data: { version: number } });
  return number;
}

async function insertVersion(db: Executor, access: Access, flowId: string, version: { draft: Draft; number: number | null; message: string | null }): Promise<string> {
  const id = newId('ver');
  const { draft, number, message } = version;
  await db.insert(flowVersions).values({
    id, flowId, number, contentHash: draft.hash, definition: draft.definition, updateSeq: draft.seq, message, createdBy: access.user?.id ?? null,
  });
  return id;
}

function refuseErrors(name: string, problems: readonly Problem[]): void {
  const errors = problems.filter((each) => each.level === 'error');
  if (errors.length === 0) return;
  fail('FLOW_HAS_PROBLEMS', text(
    `"${name}" has ${errors.length === 1 ? 'one problem' : `${errors.length} problems`} to solve first: ${errors[0]?.text.en ?? ''}`,
    `« ${name} » a ${errors.length === 1 ? 'un problème' : `${errors.length} problèmes`} à résoudre d’abord : ${errors[0]?.text.fr ?? ''}`), { details: problems.map((each) => ({ ...each })) });
}

/** The draft as an unnumbered version for a run of it; the same content is frozen once. */
export async function freezeDraft(tx: Executor, access: Access, flow: { id: string }): Promise<string> {
  const draft = await readDraft(tx, flow.id);
  const [same] = await tx.select({ id: flowVersions.id }).from(flowVersions)
    .where(and(eq(flowVersions.flowId, flow.id), eq(flowVersions.contentHash, draft.hash), isNull(flowVersions.number))).limit(1);
  return same?.id ?? insertVersion(tx, access, flow.id, { draft, number: null, message: null });
}

/** Makes an earlier version the one that runs; the draft stays as it is. Refused when it no longer fits the workspace. */
export async function rollbackFlow(database: Database, access: Access, flowId: string, number: number): Promise<Result<{ version: number }>> {
  return permitted(access, 'flows.publish', () => database.db.transaction(async (db) => {
    const flow = await lockFlow(db, access.workspaceId, flowId);
    const [row] = await selectVersions(db).where(and(eq(flowVersions.flowId, flowId), eq(flowVersions.number, number)));
    if (!row) missingVersion(flow.name, number);
    refuseErrors(flow.name, problemsOf(flowDefinition.parse(row.definition), await flowContext(db, access.workspaceId, flow)));
    await setPublished(db, access, flowId, { versionId: row.id, action: 'flow.rolled-back', data: { version: number } });
    return { version: number };
  }));
}

/** Newest first. */
export async function listVersions(database: Database, access: Access, flowId: string, page: Page): Promise<Result<Listed<VersionSummary>>> {
  return permitted(access, 'workspace.read', async () => {
    const flow = await findFlow(database.db, access.workspaceId, flowId);
    const before = decodeCursor(page.cursor, z.int());
    const rows = await selectVersions(database.db)
      .where(and(eq(flowVersions.flowId, flowId), isNotNull(flowVersions.number), before === null ? undefined : lt(flowVersions.number, before)))
      .orderBy(desc(flowVersions.number)).limit(page.limit + 1);
    return paged(rows, page.limit, (row) => row.number, (row) => summaryOf(row, flow));
  });
}

export async function getVersion(database: Database, access: Access, flowId: string, number: number): Promise<Result<{ version: VersionView }>> {
  return permitted(access, 'workspace.read', async () => {
    const flow = await findFlow(database.db, access.workspaceId, flowId);
    const [row] = await selectVersions(database.db).where(and(eq(flowVersions.flowId, flowId), eq(flowVersions.number, number)));
    if (!row) missingVersion(flow.name, number);
    return { version: { ...summaryOf(row, flow), definition: storedDefinition(row.definition) } };
  });
}

function selectVersions(db: Executor) {
  return db.select({
    id: flowVersions.id, number: flowVersions.number, message: flowVersions.message, createdAt: flowVersions.createdAt, definition: flowVersions.definition,
    updateSeq: flowVersions.updateSeq, authorId: user.id, authorName: user.name,
  }).from(flowVersions).leftJoin(user, eq(user.id, flowVersions.createdBy)).$dynamic();
}

type Row = Awaited<ReturnType<typeof selectVersions>>[number];
const personOf = (id: string | null, name: string | null): Person | null => (id === null ? null : { id, name: name ?? '' });

function summaryOf(row: Row, flow: LockedFlow): VersionSummary {
  return { number: row.number ?? 0, message: row.message, createdAt: row.createdAt.toISOString(), createdBy: personOf(row.authorId, row.authorName), published: row.id === flow.publishedVersionId, seq: row.updateSeq };
}

function missingVersion(name: string, number: number): never {
  return fail('VERSION_NOT_FOUND', text(`"${name}" has no version ${number}.`, `« ${name} » n’a pas de version ${number}.`));
}

export type PublishPreview = { diff: FlowDiff; authors: Record<string, Person[]>; problems: Problem[] };

/** What publishing would change since the published version, and who made the changes, by step. */
export async function publishPreview(database: Database, access: Access, flowId: string): Promise<Result<PublishPreview>> {
  return permitted(access, 'workspace.read', async () => {
    const { db } = database;
    const flow = await findFlow(db, access.workspaceId, flowId);
    const [published] = flow.publishedVersionId === null ? [] : await selectVersions(db).where(eq(flowVersions.id, flow.publishedVersionId));
    const { definition } = await readDraft(db, flowId);
    const diff = diffDefinitions(published ? flowDefinition.parse(published.definition) : null, definition);
    return { diff, authors: await authorsBetween(db, flowId, published?.updateSeq ?? 0), problems: problemsOf(definition, await flowContext(db, access.workspaceId, flow)) };
  });
}
