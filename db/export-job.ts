import { and, eq, isNull, lt, sql } from 'drizzle-orm';
import { failure, fail, FailureError, type Failure } from '#flow/failure';
import { megabytes } from '#flow/limits';
import { text } from '#flow/text';
import type { Access } from './access';
import { encodedAside, putBlobs } from './blobs';
import type { Database, Executor } from './client';
import { exportPage, exportProgress, type ExportPage } from './export-rows';
import { exportDays, keptUntil, tellExport, viewOf, type ExportRow } from './exports';
import { log } from './log';
import { notify } from './notifications';
import { apiKeys, exportParts, fileExports, members, user } from './schema';
import { parseRole } from './workspaces';

/**
 * Carries an export on, page by page. Every page is stored together with the place where the next one begins, and only by
 * whoever finds the place unmoved: a job that is done again after a crash goes on where the last page ended, and of two
 * that believe it theirs one stops. So there is one file, whatever dies.
 */
const partBytes = 1_000_000;
const [firstRows, mostRows] = [200, 2_000];
const mostBytes = 1_000_000_000;
/** Then others have their turn: one export at a time is prepared, so that mail never waits behind one. */
const sliceMs = 20_000;

export type Slice = { isLast?: boolean; signal?: AbortSignal | undefined; mostBytes?: number; forMs?: number };

/** `more`: the time is up, the rest waits for the next job. */
export async function prepareExport(database: Database, id: string, slice: Slice = {}): Promise<'done' | 'more'> {
  for (const end = Date.now() + (slice.forMs ?? sliceMs); ; ) {
    const [row] = await database.db.select().from(fileExports).where(and(eq(fileExports.id, id), eq(fileExports.state, 'preparing')));
    if (!row) return 'done';
    try {
      const page = await nextPage(database.db, row, slice.mostBytes ?? mostBytes);
      if (!(await database.db.transaction((tx) => storePage(tx, row, page))) || page.next === null) return 'done';
    } catch (error) {
      if (error instanceof FailureError) return settleFailed(database, row, error.failure);
      if (slice.isLast) await settleFailed(database, row, interrupted);
      throw error;
    }
    if (slice.signal?.aborted || Date.now() >= end) return 'more';
  }
}

async function nextPage(db: Executor, row: ExportRow, most: number): Promise<ExportPage> {
  if (row.sizeBytes > most) fail('FILE_TOO_LARGE', text(`The file would be larger than ${megabytes(most)} MB. Narrow the filter and ask for it in parts.`, `Le fichier dépasserait ${megabytes(most)} Mo. Affinez le filtre et demandez-le en plusieurs parties.`));
  const rows = row.rows === 0 ? firstRows : Math.max(1, Math.min(mostRows, Math.floor((partBytes * row.rows) / row.sizeBytes)));
  return exportPage(db, await askerOf(db, row), { request: viewOf(row).request, askedAt: row.createdAt }, exportProgress.nullable().parse(row.progress), rows);
}

/** With the rights of this moment: who has left the workspace since, or whose key was revoked, gets nothing. */
async function askerOf(db: Executor, { workspaceId, userId, apiKeyId }: ExportRow): Promise<Access> {
  if (userId !== null) {
    const [member] = await db.select({ name: user.name, role: members.role }).from(members).innerJoin(user, eq(user.id, members.userId)).where(and(eq(members.workspaceId, workspaceId), eq(members.userId, userId)));
    if (member) return { workspaceId, role: parseRole(member.role), user: { id: userId, name: member.name }, via: 'session' };
  } else if (apiKeyId !== null) {
    const [key] = await db.select({ name: apiKeys.name, role: apiKeys.role }).from(apiKeys).where(and(eq(apiKeys.id, apiKeyId), eq(apiKeys.workspaceId, workspaceId), isNull(apiKeys.revokedAt)));
    if (key) return { workspaceId, role: parseRole(key.role), user: null, via: 'api-key', apiKeyId, apiKeyName: key.name };
  }
  return fail('ACCESS_DENIED', text('Whoever asked for this export is no longer a member of the workspace, or the API key was revoked.', 'La personne qui a demandé cet export n’est plus membre de l’espace, ou la clé d’API a été révoquée.'));
}

async function storePage(tx: Executor, row: ExportRow, page: ExportPage): Promise<boolean> {
  const blob = await encodedAside(Buffer.from(page.text));
  const isWhole = page.next === null;
  const [moved] = await tx.update(fileExports).set({
    parts: row.parts + 1, rows: row.rows + page.rows, sizeBytes: row.sizeBytes + blob.sizeBytes, progress: page.next, ...(isWhole ? { state: 'ready', finishedAt: sql`now()`, expiresAt: keptUntil } : {}),
  }).where(and(eq(fileExports.id, row.id), eq(fileExports.state, 'preparing'), eq(fileExports.parts, row.parts))).returning();
  if (!moved) return false;
  await putBlobs(tx, row.workspaceId, [blob]);
  await tx.insert(exportParts).values({ exportId: row.id, position: row.parts, sha256: Buffer.from(blob.sha256, 'hex') });
  // Who looks on sees it grow; of a long one every tenth page is news enough.
  if (isWhole || row.parts < 10 || row.parts % 10 === 0) await tellExport(tx, row);
  if (isWhole) await tellReady(tx, moved);
  return true;
}

async function tellReady(tx: Executor, row: ExportRow): Promise<void> {
  const day = (locale: string) => row.expiresAt.toLocaleDateString(locale, { day: 'numeric', month: 'long', timeZone: 'UTC' });
  const size = row.sizeBytes < 1_000_000 ? text(`${Math.ceil(row.sizeBytes / 1_000)} KB`, `${Math.ceil(row.sizeBytes / 1_000)} Ko`) : text(`${megabytes(row.sizeBytes)} MB`, `${megabytes(row.sizeBytes)} Mo`);
  await notifyAsker(tx, row, 'message', text(`${row.name} is ready`, `${row.name} est prêt`), text(
    `${row.rows.toLocaleString('en')} ${row.rows === 1 ? 'row' : 'rows'}, ${size.en}. It is kept for ${exportDays} days, until ${day('en')}.`,
    `${row.rows.toLocaleString('fr')} ${row.rows > 1 ? 'lignes' : 'ligne'}, ${size.fr}. Il est gardé ${exportDays} jours, jusqu’au ${day('fr')}.`));
}

const interrupted = failure('INTERNAL', text('It was interrupted again and again, and given up. Ask for it again; if that does not help, the log of the engine says more.', 'Sa préparation a été interrompue à plusieurs reprises, puis abandonnée. Demandez-le à nouveau ; si cela ne suffit pas, le journal du moteur en dit plus.'));

async function settleFailed(database: Database, row: ExportRow, { code, text: why }: Failure): Promise<'done'> {
  await database.db.transaction(async (tx) => {
    const [failed] = await tx.update(fileExports).set({ state: 'failed', error: { code, text: why }, progress: null, finishedAt: sql`now()` }).where(and(eq(fileExports.id, row.id), eq(fileExports.state, 'preparing'))).returning();
    if (!failed) return;
    await tx.delete(exportParts).where(eq(exportParts.exportId, row.id));
    await tellExport(tx, row);
    await notifyAsker(tx, row, 'warning', text(`${row.name} could not be prepared`, `${row.name} n’a pas pu être préparé`), why);
  });
  return 'done';
}

/** Members only: `notify` leaves out whoever has left. */
async function notifyAsker(tx: Executor, row: ExportRow, kind: 'message' | 'warning', subject: ReturnType<typeof text>, body: ReturnType<typeof text>): Promise<void> {
  if (row.userId !== null) await notify(tx, { workspaceId: row.workspaceId, userIds: [row.userId], kind, subject, body, link: { exportId: row.id } });
}

/** Removes what is over its time, and gives up what no job is left for: its engines died as often as a job is tried. */
export async function trimExports(database: Database): Promise<{ expired: number; givenUp: number }> {
  const expired = await database.db.delete(fileExports).where(lt(fileExports.expiresAt, sql`now()`)).returning({ id: fileExports.id });
  const stuck = await database.db.select().from(fileExports).where(and(eq(fileExports.state, 'preparing'), lt(fileExports.createdAt, sql`now() - interval '1 minute'`),
    sql`not exists (select 1 from graphile_worker.jobs j where j.key = 'export ' || ${fileExports.id} and (j.attempts < j.max_attempts or j.locked_at is not null))`));
  for (const row of stuck) {
    log('error', 'an export was given up', { exportId: row.id, reason: 'its job was interrupted as often as it is tried' });
    await settleFailed(database, row, interrupted);
  }
  return { expired: expired.length, givenUp: stuck.length };
}
