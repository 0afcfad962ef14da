import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { and, desc, eq, inArray, isNull, sql } from 'drizzle-orm';
import { z } from 'zod';
import { fail, type Result } from '#flow/failure';
import { newId } from '#flow/id';
import { text } from '#flow/text';
import type { Access } from './access';
import type { Database, Executor } from './client';
import { decodeCursor, paged, type Listed, type Page } from './page';
import { permitted } from './permitted';
import { recordChange } from './record-change';
import { blobs, files, user } from './schema';

/** A file never changes: new content is a new id. Its bytes lie in `blobs` by their hash, once per workspace. */
export type FileView = {
  id: string; name: string; extension: string; mimeType: string; size: number; createdAt: string; createdBy: { id: string; name: string } | null; runId: string | null; stepId: string | null;
};
export type FileActor = { workspaceId: string; userId: string | null; runId?: string; stepId?: string };
export type NewFile = { name: string; mimeType: string; bytes: Uint8Array };

export const largestFileBytes = 20 * 1024 * 1024;

export async function storeFile(tx: Executor, actor: FileActor, file: NewFile): Promise<FileView> {
  const size = file.bytes.byteLength;
  if (size > largestFileBytes) fail('FILE_TOO_LARGE', text(`The file has ${size} bytes; ${largestFileBytes} (20 MB) is the most.`, `Le fichier fait ${size} octets ; ${largestFileBytes} (20 Mo) est le maximum.`));
  const name = cleanName(file.name);
  const sha256 = createHash('sha256').update(file.bytes).digest();
  const { workspaceId } = actor;
  await tx.insert(blobs).values({ workspaceId, sha256, sizeBytes: size, encoding: 'plain', body: file.bytes })
    .onConflictDoUpdate({ target: [blobs.workspaceId, blobs.sha256], set: { touchedAt: sql`now()` } });
  const id = newId('fil');
  await tx.insert(files).values({
    id, workspaceId, name, extension: extensionOf(name), mimeType: cleanMimeType(file.mimeType), sizeBytes: size, sha256: sha256.toString('hex'),
    runId: actor.runId ?? null, stepId: actor.stepId ?? null, createdBy: actor.userId,
  });
  await recordChange(tx, { workspaceId, topic: 'file', objectId: id });
  return viewFile(tx, workspaceId, id);
}

export async function uploadFile(database: Database, access: Access, file: NewFile): Promise<Result<{ file: FileView }>> {
  return permitted(access, 'files.upload', () => database.db.transaction(async (db) => ({
    file: await storeFile(db, { workspaceId: access.workspaceId, userId: access.user?.id ?? null }, file),
  })));
}

export async function getFile(database: Database, access: Access, id: string): Promise<Result<{ file: FileView }>> {
  return permitted(access, 'workspace.read', async () => ({ file: await viewFile(database.db, access.workspaceId, id) }));
}

export async function listFiles(database: Database, access: Access, page: Page): Promise<Result<Listed<FileView>>> {
  return permitted(access, 'workspace.read', async () => {
    const after = decodeCursor(page.cursor, z.tuple([z.iso.datetime(), z.string()]));
    const rows = await selectFiles(database.db)
      .where(and(eq(files.workspaceId, access.workspaceId), isNull(files.deletedAt), after ? sql`(${files.createdAt}, ${files.id}) < (${after[0]}::timestamptz, ${after[1]})` : undefined))
      .orderBy(desc(files.createdAt), desc(files.id)).limit(page.limit + 1);
    return paged(rows, page.limit, (row) => [row.createdAt.toISOString(), row.id], viewOf);
  });
}

export async function fileContent(database: Database, access: Access, id: string): Promise<Result<{ file: FileView; bytes: Uint8Array }>> {
  return permitted(access, 'workspace.read', async () => {
    const file = await viewFile(database.db, access.workspaceId, id);
    return { file, bytes: (await readFileBytes(database.db, access.workspaceId, id)) ?? missingFile(id) };
  });
}

/** Without a check of rights, for runs: null when the workspace has no such file. */
export async function readFileBytes(db: Executor, workspaceId: string, id: string): Promise<Uint8Array | null> {
  const [row] = await db.select({ body: blobs.body, encoding: blobs.encoding }).from(files)
    .innerJoin(blobs, and(eq(blobs.workspaceId, files.workspaceId), eq(blobs.sha256, sql`decode(${files.sha256}, 'hex')`)))
    .where(fileIs(workspaceId, id));
  if (!row) return null;
  return row.encoding === 'gzip' ? gunzipSync(row.body) : row.body;
}

/** What an entry keeps of its files; ids that are no file of the workspace are absent. */
export async function fileFacts(db: Executor, workspaceId: string, ids: readonly string[]): Promise<Map<string, { id: string; name: string; size: number; mimeType: string }>> {
  if (ids.length === 0) return new Map();
  const rows = await db.select({ id: files.id, name: files.name, size: files.sizeBytes, mimeType: files.mimeType }).from(files)
    .where(and(eq(files.workspaceId, workspaceId), inArray(files.id, [...ids]), isNull(files.deletedAt)));
  return new Map(rows.map((row) => [row.id, row]));
}

const fileIs = (workspaceId: string, id: string) => and(eq(files.id, id), eq(files.workspaceId, workspaceId), isNull(files.deletedAt));

function selectFiles(db: Executor) {
  return db.select({
    id: files.id, name: files.name, extension: files.extension, mimeType: files.mimeType, size: files.sizeBytes, createdAt: files.createdAt,
    createdBy: files.createdBy, createdByName: user.name, runId: files.runId, stepId: files.stepId,
  }).from(files).leftJoin(user, eq(user.id, files.createdBy)).$dynamic();
}

type Row = Awaited<ReturnType<typeof selectFiles>>[number];

function viewOf({ createdBy, createdByName, createdAt, ...row }: Row): FileView {
  return { ...row, createdAt: createdAt.toISOString(), createdBy: createdBy === null ? null : { id: createdBy, name: createdByName ?? '' } };
}

async function viewFile(db: Executor, workspaceId: string, id: string): Promise<FileView> {
  const [row] = await selectFiles(db).where(fileIs(workspaceId, id));
  return row ? viewOf(row) : missingFile(id);
}

function missingFile(id: string): never {
  return fail('FILE_NOT_FOUND', text(`There is no file "${id}" in this workspace. Upload it first (POST /files).`, `Il n’y a pas de fichier « ${id} » dans cet espace. Envoyez-le d’abord (POST /files).`));
}

/** A bare name: no folders and nothing a header or a shell would stumble over. */
export function cleanName(given: string): string {
  const bare = given.normalize('NFC').split(/[/\\]/).at(-1)?.replaceAll(/[\p{Cc}\p{Cs}\p{Bidi_Control}"<>|:*?]/gu, '').trim() ?? '';
  const name = bare.length > 200 ? `${bare.slice(0, 180)}${bare.slice(-20)}` : bare;
  return /^\.*$/.test(name) ? 'file' : name;
}

function extensionOf(name: string): string {
  return /\.([A-Za-z0-9]{1,16})$/.exec(name)?.[1]?.toLowerCase() ?? '';
}

function cleanMimeType(given: string): string {
  const type = given.split(';')[0]?.trim().toLowerCase() ?? '';
  return /^[a-z0-9.+-]+\/[a-z0-9.+-]+$/.test(type) ? type : 'application/octet-stream';
}
