import { and, asc, count, desc, eq, gt, sql } from 'drizzle-orm';
import { z } from 'zod';
import { exportRequest, exportStates, type ExportRequest, type ExportState } from '#flow/export-request';
import { fail, type Result } from '#flow/failure';
import { newId } from '#flow/id';
import { bothTexts, text, type Text } from '#flow/text';
import { allows, type Access } from './access';
import { recordAudit } from './audit';
import { plainOf } from './blobs';
import type { Database, Executor } from './client';
import { findComponent, missingComponent } from './components';
import { wantedEntries } from './entries';
import { cleanName } from './files';
import { decodeCursor, paged, type Listed, type Page } from './page';
import { permitted } from './permitted';
import { recordChange } from './record-change';
import { runConditions } from './run-list';
import { blobs, exportParts, fileExports } from './schema';
import { addJob } from './side-jobs';

/** Lists of any length as CSV files: asked for here, prepared by a side job (`prepareExport`), kept for a week, for who asked alone. */
export type ExportView = {
  id: string; request: ExportRequest; name: string; state: ExportState; rows: number; size: number; error: { code: string; message: string; text: Text } | null;
  createdAt: string; finishedAt: string | null; expiresAt: string;
};

export const exportDays = 7;
const mostAtOnce = 5;
export const keptUntil = sql`now() + make_interval(days => ${exportDays})`;

/** The row and its job come together. Asking again for what is being prepared gives that. */
export async function requestExport(database: Database, access: Access, request: ExportRequest): Promise<Result<{ export: ExportView }>> {
  return permitted(access, 'workspace.read', () => database.db.transaction(async (tx) => {
    const title = await titleOf(tx, access, request);
    // Those who ask for the same thing twice at once take turns.
    await tx.execute(sql`select pg_advisory_xact_lock(hashtext(${`millrace.export ${access.user?.id ?? access.apiKeyId ?? ''}`}))`);
    const preparing = and(mine(access), eq(fileExports.state, 'preparing'));
    const [same] = await tx.select().from(fileExports).where(and(preparing, sql`${fileExports.request} = ${JSON.stringify(request)}::jsonb`)).limit(1);
    if (same) return { export: viewOf(same) };
    const [open] = await tx.select({ count: count() }).from(fileExports).where(preparing);
    if ((open?.count ?? 0) >= mostAtOnce) fail('LIMIT_EXCEEDED', text(`${mostAtOnce} exports are being prepared for you already. Wait for one of them, or delete it.`, `${mostAtOnce} exports sont déjà en préparation pour vous. Attendez l’un d’eux, ou supprimez-le.`));
    const id = newId('exp');
    const [row] = await tx.insert(fileExports).values({
      id, workspaceId: access.workspaceId, userId: access.user?.id ?? null, apiKeyId: access.apiKeyId ?? null, request, name: cleanName(`${title}-${new Date().toISOString().slice(0, 10)}.csv`), expiresAt: keptUntil,
    }).returning();
    if (!row) throw new Error('an export was not stored');
    await addJob(tx, 'prepare-export', { exportId: id }, `export ${id}`);
    await recordAudit(tx, { workspaceId: access.workspaceId, userId: access.user?.id ?? null, action: 'export.requested', objectId: id, data: { kind: request.kind, ...(access.apiKeyId ? { apiKeyId: access.apiKeyId } : {}) } });
    await tellExport(tx, row);
    return { export: viewOf(row) };
  }));
}

/** What the file is called after; whatever is wrong with the filter is said now and not by a job. */
async function titleOf(db: Executor, access: Access, request: ExportRequest): Promise<string> {
  if (request.kind === 'runs') {
    const { kind: _kind, ...filter } = request;
    runConditions(filter);
    return 'runs';
  }
  const component = (await findComponent(db, access.workspaceId, request.componentId)) ?? missingComponent(request.componentId);
  wantedEntries(component, request);
  return component.title;
}

export async function listExports(database: Database, access: Access, page: Page): Promise<Result<Listed<ExportView>>> {
  return permitted(access, 'workspace.read', async () => {
    const after = decodeCursor(page.cursor, z.tuple([z.iso.datetime(), z.string()]));
    const rows = await database.db.select().from(fileExports)
      .where(and(mine(access), alive, after ? sql`(${fileExports.createdAt}, ${fileExports.id}) < (${after[0]}::timestamptz, ${after[1]})` : undefined))
      .orderBy(desc(fileExports.createdAt), desc(fileExports.id)).limit(page.limit + 1);
    return paged(rows, page.limit, (row) => [row.createdAt.toISOString(), row.id], viewOf);
  });
}

export async function getExport(database: Database, access: Access, id: string): Promise<Result<{ export: ExportView }>> {
  return permitted(access, 'workspace.read', async () => ({ export: viewOf(await ownExport(database.db, access, id)) }));
}

/** The content piece by piece, so that a file of any size takes little memory. */
export async function exportContent(database: Database, access: Access, id: string): Promise<Result<{ export: ExportView; content: AsyncGenerator<Uint8Array> }>> {
  return permitted(access, 'workspace.read', async () => {
    const view = viewOf(await ownExport(database.db, access, id));
    if (view.state === 'preparing') fail('STATE_INVALID', text(`"${view.name}" is still being prepared. You are told when it is ready; GET /exports/{id} says how far it is.`, `« ${view.name} » est encore en préparation. Vous serez prévenu quand il sera prêt ; GET /exports/{id} dit où il en est.`));
    if (view.state === 'failed') fail('STATE_INVALID', text(`"${view.name}" could not be prepared: ${view.error?.text.en ?? ''} Ask for it again.`, `« ${view.name} » n’a pas pu être préparé : ${view.error?.text.fr ?? ''} Demandez-le à nouveau.`));
    return { export: view, content: partsOf(database, access.workspaceId, id) };
  });
}

async function* partsOf(database: Database, workspaceId: string, id: string): AsyncGenerator<Uint8Array> {
  const positions = await database.db.select({ position: exportParts.position }).from(exportParts).where(eq(exportParts.exportId, id)).orderBy(asc(exportParts.position));
  for (const { position } of positions) {
    const [part] = await database.db.select({ encoding: blobs.encoding, body: blobs.body }).from(exportParts)
      .innerJoin(blobs, and(eq(blobs.workspaceId, workspaceId), eq(blobs.sha256, exportParts.sha256))).where(and(eq(exportParts.exportId, id), eq(exportParts.position, position)));
    if (!part) throw new Error(`part ${position} of export ${id} is gone`); // deleted meanwhile: the download breaks off instead of ending short
    yield plainOf(part);
  }
}

/** What is being prepared stops at its next page; the content leaves with the sweep. */
export async function deleteExport(database: Database, access: Access, id: string): Promise<Result<object>> {
  return permitted(access, 'workspace.read', () => database.db.transaction(async (tx) => {
    const row = await ownExport(tx, access, id);
    await tx.delete(fileExports).where(eq(fileExports.id, id));
    await tellExport(tx, row, true);
    return {};
  }));
}

export async function tellExport(tx: Executor, row: { id: string; workspaceId: string }, deleted = false): Promise<void> {
  await recordChange(tx, { workspaceId: row.workspaceId, topic: 'export', objectId: row.id, deleted });
}

const mine = (access: Access) => and(eq(fileExports.workspaceId, access.workspaceId), access.user ? eq(fileExports.userId, access.user.id) : eq(fileExports.apiKeyId, access.apiKeyId ?? ''));
const alive = gt(fileExports.expiresAt, sql`now()`);

export type ExportRow = typeof fileExports.$inferSelect;

/** Who asked, and those who answer for the workspace; nobody else, though they could ask for the same themselves. */
async function ownExport(db: Executor, access: Access, id: string): Promise<ExportRow> {
  const [row] = await db.select().from(fileExports).where(and(eq(fileExports.id, id), eq(fileExports.workspaceId, access.workspaceId), alive));
  if (!row) return fail('FILE_NOT_FOUND', text(`There is no export "${id}" (any more). They are kept for ${exportDays} days; ask for it again (POST /exports).`, `Il n’y a pas (ou plus) d’export « ${id} ». Ils sont gardés ${exportDays} jours ; demandez-le à nouveau (POST /exports).`));
  const isMine = access.user ? row.userId === access.user.id : row.apiKeyId !== null && row.apiKeyId === access.apiKeyId;
  if (!isMine && !allows(access.role, 'exports.manage')) fail('ACCESS_DENIED', text('This export is somebody else’s. Ask for one of your own (POST /exports).', 'Cet export appartient à quelqu’un d’autre. Demandez le vôtre (POST /exports).'));
  return row;
}

const storedError = z.object({ code: z.string(), text: bothTexts });

export function viewOf(row: ExportRow): ExportView {
  const error = storedError.safeParse(row.error).data;
  return {
    id: row.id, request: exportRequest.parse(row.request), name: row.name, state: exportStates.find((each) => each === row.state) ?? 'failed', rows: row.rows, size: row.sizeBytes,
    error: error ? { ...error, message: error.text.en } : null, createdAt: row.createdAt.toISOString(), finishedAt: row.finishedAt?.toISOString() ?? null, expiresAt: row.expiresAt.toISOString(),
  };
}
