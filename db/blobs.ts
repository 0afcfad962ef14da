import { hash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzipSync, gzip, gzipSync } from 'node:zlib';
import { sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import type { Json, JsonObject } from '#flow/json';
import { isJsonObject } from '#flow/json';
import type { Executor } from './client';

/**
 * Recorded values and items, by the sha256 of their content and per workspace. Items come in pages of at most 1,000,
 * so that looking at fifty of a hundred thousand reads one page; a list of one page is its own blob.
 */
export type Blob = { sha256: string; encoding: 'json' | 'gzip' | 'pages'; body: Uint8Array; sizeBytes: number };

const pageItems = 1_000;
const pageBytes = 4_000_000;
const compressFrom = 2_000;
const packAsideFrom = 32_000;
const [mostAtOnce, bytesAtOnce] = [100, 64_000];
const pack = promisify<Buffer, { level: number }, Buffer>(gzip);

const manifest = z.object({ total: z.int(), many: z.boolean(), pages: z.array(z.object({ sha256: z.string(), count: z.int() })) });

export function blobOf(value: Json): Blob {
  return encodedHere(Buffer.from(JSON.stringify(value)));
}

const encodedHere = (plain: Buffer): Blob => encoded(plain, plain.length >= compressFrom ? gzipSync(plain, { level: 1 }) : null);

/** What is large is packed by other threads, while this one goes on. */
export const encodedAside = async (plain: Buffer): Promise<Blob> => (plain.length >= packAsideFrom ? encoded(plain, await pack(plain, { level: 1 })) : encodedHere(plain));

function encoded(plain: Buffer, packed: Uint8Array | null): Blob {
  return { sha256: hash('sha256', plain, 'hex'), encoding: packed ? 'gzip' : 'json', body: packed ?? plain, sizeBytes: plain.length };
}

/** The blobs of a list: `ref` names the one that stands for all, the others are its pages. `isTooLarge`: an item is larger than `mostItemBytes`. */
export async function blobsOfItems(items: readonly JsonObject[], many: boolean, mostItemBytes = Infinity): Promise<{ blobs: Blob[]; ref: string; isTooLarge: boolean }> {
  const pages: { blob: Promise<Blob>; count: number }[] = [];
  const told = { isTooLarge: false, itemsAtOnce: 1 };
  for (let start = 0; start < items.length; ) {
    const { parts, count } = pageFrom(items, start, mostItemBytes, told);
    pages.push({ blob: encodedAside(Buffer.from(`[${parts.join(',')}]`)), count });
    start += count;
  }
  const blobs = await Promise.all(pages.map((page) => page.blob));
  const list = Buffer.from(JSON.stringify({ total: items.length, many, pages: blobs.map(({ sha256 }, at) => ({ sha256, count: pages[at]?.count ?? 0 })) }));
  const all: Blob = { ...encoded(list, null), encoding: 'pages' };
  return { blobs: [...blobs, all], ref: all.sha256, isTooLarge: told.isTooLarge };
}

/** Small items are put into words many at once, which takes a third of the time; what may cross a limit is looked at alone. */
function pageFrom(items: readonly JsonObject[], start: number, mostItemBytes: number, told: { isTooLarge: boolean; itemsAtOnce: number }): { parts: string[]; count: number } {
  const parts: string[] = [];
  let [end, bytes] = [start, 0];
  const isOpen = () => end < items.length && end - start < pageItems && (end === start || bytes < pageBytes);
  const add = (text: string, count: number) => {
    parts.push(text);
    bytes += text.length - (count - 1);
    end += count;
  };
  while (isOpen()) {
    const [from, before] = [end, bytes];
    const chunk = items.slice(end, Math.min(end + told.itemsAtOnce, start + pageItems));
    const text = chunk.length > 1 ? textOf(chunk) : null;
    if (text !== null && text.length <= mostItemBytes && bytes + text.length < pageBytes) add(text, chunk.length);
    else {
      for (const item of chunk) {
        if (!isOpen()) break;
        const alone = JSON.stringify(item);
        told.isTooLarge ||= alone.length > mostItemBytes;
        add(alone, 1);
      }
    }
    told.itemsAtOnce = Math.max(1, Math.min(mostAtOnce, Math.floor(bytesAtOnce / ((bytes - before) / (end - from)))));
  }
  return { parts, count: end - start };
}

/** null when it would be longer than a text can be. */
function textOf(items: readonly JsonObject[]): string | null {
  try {
    return JSON.stringify(items).slice(1, -1);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/**
 * Stores what is not stored yet and touches what is about to be old (see `sweepBlobs`). Fresh contents are left alone:
 * a lock on them would make callers with the same input wait for each other.
 */
export async function putBlobs(db: Executor, workspaceId: string, blobs: readonly Blob[]): Promise<void> {
  // In one order everywhere, so that two writers of the same contents never wait for each other in a circle.
  for (const blob of blobs.toSorted((a, b) => (a.sha256 < b.sha256 ? -1 : 1))) {
    const values = sql`insert into blobs (workspace_id, sha256, size_bytes, encoding, body)
      values (${workspaceId}, decode(${blob.sha256}, 'hex'), ${blob.sizeBytes}, ${blob.encoding}, decode(${Buffer.from(blob.body).toString('base64')}, 'base64'))`;
    const [stored] = await db.execute<{ made: boolean }>(sql`with made as (${values} on conflict do nothing returning true as made)
      select made from made union all select false from blobs where workspace_id = ${workspaceId} and sha256 = decode(${blob.sha256}, 'hex') and touched_at > now() - interval '1 hour' limit 1`);
    // Somebody else's, so committed: ours may still be taken back.
    if (stored && !stored.made) remember(workspaceId, blob.sha256);
    if (!stored) await db.execute(sql`${values} on conflict (workspace_id, sha256) do update set touched_at = now()`);
  }
}

/** For a statement of many workspaces that commits at once: stores what is new, touches what is about to be old. */
export function blobsInto(blobs: readonly (Blob & { workspaceId: string })[]): SQL {
  const one = new Map(blobs.map((blob) => [`${blob.workspaceId}/${blob.sha256}`, blob])); // twice the same row in one statement is an error
  const list = [...one.values()];
  const column = <T>(type: string, pick: (blob: Blob & { workspaceId: string }) => T): SQL => sql`${sql.param(list.map(pick))}::${sql.raw(type)}[]`;
  return sql`insert into blobs (workspace_id, sha256, size_bytes, encoding, body)
    select t.workspace_id, decode(t.sha256, 'hex'), t.size_bytes, t.encoding, decode(t.body, 'base64')
    from unnest(${column('text', (blob) => blob.workspaceId)}, ${column('text', (blob) => blob.sha256)}, ${column('bigint', (blob) => blob.sizeBytes)}, ${column('text', (blob) => blob.encoding)},
      ${column('text', (blob) => Buffer.from(blob.body).toString('base64'))}) t(workspace_id, sha256, size_bytes, encoding, body)
    order by t.workspace_id, t.sha256 on conflict (workspace_id, sha256) do update set touched_at = now() where blobs.touched_at < now() - interval '1 hour'`;
}

/** Contents that were seen stored and fresh, and when: for half an hour they need not be sent again. */
const fresh = new Map<string, number>();
const mostFresh = 10_000;
const freshMs = 1_800_000;

/** To be called for what is committed. */
export function remember(workspaceId: string, sha256: string): void {
  if (fresh.size >= mostFresh) fresh.clear();
  fresh.set(`${workspaceId}/${sha256}`, Date.now());
}

export function isFresh(workspaceId: string, sha256: string): boolean {
  return (fresh.get(`${workspaceId}/${sha256}`) ?? 0) > Date.now() - freshMs;
}

export async function putValue(db: Executor, workspaceId: string, value: Json): Promise<string> {
  const blob = blobOf(value);
  await putBlobs(db, workspaceId, [blob]);
  return blob.sha256;
}

export async function putItems(db: Executor, workspaceId: string, items: readonly JsonObject[], many: boolean): Promise<string> {
  const { blobs, ref } = await blobsOfItems(items, many);
  await putBlobs(db, workspaceId, blobs);
  return ref;
}

/** undefined when there is no such blob (any more). */
export async function getValue(db: Executor, workspaceId: string, sha256: string): Promise<Json | undefined> {
  const rows = await db.execute<{ encoding: string; body: Uint8Array }>(sql`select encoding, body from blobs where workspace_id = ${workspaceId} and sha256 = decode(${sha256}, 'hex')`);
  const row = rows[0];
  if (!row) return undefined;
  return valueOf(row);
}

export function valueOf(row: { encoding: string; body: Uint8Array }): Json {
  const value: Json = JSON.parse(plainOf(row).toString('utf8'));
  return value;
}

export function plainOf(row: { encoding: string; body: Uint8Array }): Buffer {
  return row.encoding === 'gzip' ? gunzipSync(row.body) : Buffer.from(row.body);
}

export type ItemSlice = { items: JsonObject[]; total: number; many: boolean };

/** Items `offset` to `offset + limit` of a recorded list, reading only the pages they stand on. */
export async function getItems(db: Executor, workspaceId: string, sha256: string, slice: { offset: number; limit: number } = { offset: 0, limit: Number.MAX_SAFE_INTEGER }): Promise<ItemSlice | null> {
  const stored = await getValue(db, workspaceId, sha256);
  const parsed = manifest.safeParse(stored);
  if (!parsed.success) return null;
  const { pages, total, many } = parsed.data;
  const items: JsonObject[] = [];
  let first = 0;
  for (const page of pages) {
    const [from, to] = [slice.offset - first, slice.offset + slice.limit - first];
    first += page.count;
    if (from >= page.count || to <= 0) continue;
    const content = await getValue(db, workspaceId, page.sha256);
    if (!Array.isArray(content)) throw new Error(`page ${page.sha256} of the list ${sha256} is missing from the blobs`);
    for (const item of content.slice(Math.max(0, from), to)) if (isJsonObject(item)) items.push(item);
  }
  return { items, total, many };
}
