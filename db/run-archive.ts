import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type postgres from 'postgres';
import { z } from 'zod';
import type { Json } from '#flow/json';
import { logRows } from './run-log';
import { checkLog, type Checked } from './run-verify';

/**
 * Runs that leave the database, one JSON line each: the row, its whole log with hashes, and every recorded value it
 * refers to. A file per workspace and month of the run; each write is a gzip member of its own, so files only grow.
 */
const event = z.object({
  runId: z.string(), seq: z.int(), type: z.string(), version: z.int(), stepId: z.string().nullable(), attempt: z.int().nullable(), iteration: z.int().nullable(), fence: z.int(), at: z.string(),
  data: z.custom<Json>(), blob: z.string().nullable(), hash: z.string(),
});
const archived = z.object({
  run: z.looseObject({ id: z.string(), workspace_id: z.string(), head_seq: z.int(), headHash: z.string().nullable() }),
  events: z.array(event), blobs: z.array(z.object({ sha256: z.string(), encoding: z.string(), body: z.string() })),
});
export type ArchivedRun = z.infer<typeof archived>;
type Row = { id: string; workspaceId: string; createdAt: Date; run: Record<string, Json> };

export async function archiveRuns(sql: postgres.ISql, folder: string, runIds: readonly string[]): Promise<void> {
  if (runIds.length === 0) return;
  const rows = await sql<Row[]>`select id, workspace_id as "workspaceId", created_at as "createdAt", to_jsonb(r) - 'head_hash' || jsonb_build_object('headHash', encode(head_hash, 'hex')) as run from runs r where id = any(${[...runIds]}::uuid[]) order by id`;
  const files = new Map<string, string[]>();
  for (const row of rows) {
    const events = await logRows(sql, [row.id]);
    const blobs = await blobsOf(sql, row.workspaceId, row.id);
    const file = join(folder, row.workspaceId, `runs-${row.createdAt.toISOString().slice(0, 7)}.jsonl.gz`);
    files.set(file, [...(files.get(file) ?? []), JSON.stringify({ run: row.run, events: events.map((each) => ({ ...each, at: each.at.toISOString() })), blobs })]);
  }
  for (const [file, lines] of files) await addMember(file, `${lines.join('\n')}\n`);
}

/** What the run and its events refer to, and the pages of lists. */
async function blobsOf(sql: postgres.ISql, workspaceId: string, runId: string) {
  return sql<{ sha256: string; encoding: string; body: string }[]>`
    with refs as (
      select blob as sha256 from run_events where run_id = ${runId} and blob is not null union select input_ref from runs where id = ${runId} union select output_ref from runs where id = ${runId}
    ), direct as (
      select b.* from blobs b join refs on refs.sha256 = b.sha256 where b.workspace_id = ${workspaceId}
    ), paged as (
      select decode(p ->> 'sha256', 'hex') as sha256 from direct, jsonb_array_elements(convert_from(body, 'UTF8')::jsonb -> 'pages') p where encoding = 'pages'
    )
    select encode(sha256, 'hex') as sha256, encoding, encode(body, 'base64') as body from direct
    union select encode(b.sha256, 'hex'), b.encoding, encode(b.body, 'base64') from blobs b join paged on paged.sha256 = b.sha256 where b.workspace_id = ${workspaceId}`;
}

/** On disk before the rows go: the caller commits the deletion after this. */
async function addMember(file: string, content: string): Promise<void> {
  await mkdir(join(file, '..'), { recursive: true });
  const handle = await open(file, 'a', 0o600);
  try {
    await handle.appendFile(gzipSync(content));
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export async function readArchive(file: string): Promise<ArchivedRun[]> {
  const lines = gunzipSync(await readFile(file)).toString('utf8').split('\n').filter((line) => line !== '');
  return lines.map((line) => archived.parse(JSON.parse(line)));
}

/** The chain of an archived run, held against the head its row had. */
export function verifyArchived({ run, events }: ArchivedRun): Checked {
  return checkLog(events, { seq: run.head_seq, hash: run.headHash ?? '' });
}
