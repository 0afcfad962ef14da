import type { z } from 'zod';
import { fail } from '#flow/failure';
import type { Json } from '#flow/json';
import { text } from '#flow/text';

/** Keyset paging: a cursor holds the keys of the last row shown, so rows that come or go never shift a page. */
export type Page = { limit: number; cursor?: string | undefined };
export type Listed<T> = { items: T[]; nextCursor: string | null };

export function encodeCursor(keys: Json): string {
  return Buffer.from(JSON.stringify(keys)).toString('base64url');
}

/** The keys of the last row shown, or null on the first page. A cursor of another list is refused. */
export function decodeCursor<S extends z.ZodType>(cursor: string | undefined, keys: S): z.output<S> | null {
  if (cursor === undefined) return null;
  const parsed = keys.safeParse(parseOrNull(Buffer.from(cursor, 'base64url').toString()));
  if (parsed.success) return parsed.data;
  return fail('PARAM_INVALID', text(
    'The cursor does not belong to this list. Start again without it.',
    'Le curseur n’est pas de cette liste. Recommencez sans lui.'), { path: 'cursor' });
}

/** `rows` were asked for with one more than the limit: that one only tells that there is a next page. */
export function paged<R, T>(rows: readonly R[], limit: number, cursorOf: (row: R) => Json, shape: (row: R) => T): Listed<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(shape), nextCursor: rows.length > limit && last !== undefined ? encodeCursor(cursorOf(last)) : null };
}

function parseOrNull(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
