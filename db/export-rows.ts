import { and, asc, desc, eq, gt, lt, lte } from 'drizzle-orm';
import { z } from 'zod';
import { byteOrderMark, csvRows } from '#flow/csv';
import type { ComponentModel } from '#flow/component-model';
import type { ExportRequest } from '#flow/export-request';
import type { Json } from '#flow/json';
import type { Access } from './access';
import type { Executor } from './client';
import { findComponent, missingComponent } from './components';
import { wantedEntries } from './entries';
import { entryColumns, entryModels } from './entry-models';
import { runConditions } from './run-list';
import { selectSummaries, summaryOf } from './run-row';
import { runCells, runColumns } from './run-table';
import { entries, runs } from './schema';

/**
 * An export page by page. Rows come in the order of their ids, which never change: whatever people do meanwhile, each row
 * that is there throughout is in the file once. What is made after the asking is not in it.
 */
export const exportProgress = z.object({ after: z.string(), fields: z.array(z.string()) });
/** `after` is the id of the last row written; `fields` are the columns that the first page began. */
export type ExportProgress = z.infer<typeof exportProgress>;
export type ExportPage = { text: string; rows: number; next: ExportProgress | null };
type Asked = { request: ExportRequest; askedAt: Date };

export async function exportPage(db: Executor, access: Access, { request, askedAt }: Asked, before: ExportProgress | null, limit: number): Promise<ExportPage> {
  switch (request.kind) {
    case 'runs':
      return runsPage(db, access, { request, askedAt }, before, limit);
    case 'entries':
      return entriesPage(db, access, { request, askedAt }, before, limit);
  }
}

async function runsPage(db: Executor, access: Access, { request: { kind: _kind, ...filter }, askedAt }: { request: Extract<ExportRequest, { kind: 'runs' }>; askedAt: Date }, before: ExportProgress | null, limit: number): Promise<ExportPage> {
  const found = await selectSummaries(db)
    .where(and(eq(runs.workspaceId, access.workspaceId), lte(runs.createdAt, askedAt), ...runConditions(filter), before ? lt(runs.id, before.after) : undefined))
    .orderBy(desc(runs.id)).limit(limit + 1);
  return pageOf(found, limit, { head: runColumns, fields: [] }, before, async (rows) => rows.map((row) => runCells(summaryOf(row))));
}

async function entriesPage(db: Executor, access: Access, { request, askedAt }: { request: Extract<ExportRequest, { kind: 'entries' }>; askedAt: Date }, before: ExportProgress | null, limit: number): Promise<ExportPage> {
  const component = (await findComponent(db, access.workspaceId, request.componentId)) ?? missingComponent(request.componentId);
  const found = await db.select(entryColumns).from(entries)
    .where(and(wantedEntries(component, request), lte(entries.createdAt, askedAt), before ? gt(entries.id, Number(before.after)) : undefined))
    .orderBy(asc(entries.id)).limit(limit + 1);
  const shown = component.fields.filter((field) => !field.virtual);
  const fields = before?.fields ?? shown.map((field) => field.name);
  return pageOf(found, limit, { head: headOf(component, fields), fields }, before, async (rows) => (await entryModels(db, access.workspaceId, component, rows)).map((entry): Json[] => [
    entry.id, entry.name, ...fields.map((name) => entry.data[name] ?? null), entry.createdDate, entry.creatorSubject?.name ?? null, entry.updateDate, entry.changeAuthor?.name ?? null,
  ]));
}

const headOf = (component: ComponentModel, fields: readonly string[]) => ['id', 'name', ...fields.map((name) => component.fields.find((field) => field.name === name)?.title ?? name), 'created', 'created by', 'changed', 'changed by'];

async function pageOf<R extends { id: string | number }>(found: readonly R[], limit: number, { head, fields }: { head: readonly string[]; fields: string[] }, before: ExportProgress | null, cells: (rows: readonly R[]) => Promise<Json[][]>): Promise<ExportPage> {
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  return {
    text: `${before ? '' : `${byteOrderMark}${csvRows([head])}`}${csvRows(await cells(rows))}`, rows: rows.length,
    next: found.length > limit && last ? { after: String(last.id), fields } : null,
  };
}
