import { z } from 'zod';
import type { Right } from '#db/access';
import { errorCode, type ErrorCode } from '#flow/error-code';
import { id } from '#flow/id';
import type { Json } from '#flow/json';
import type { Text } from '#flow/text';

/**
 * One line of the API: what the route checks, what /openapi.json says and what the role matrix of the tests is made of.
 * `right` is a right of a workspace, `person` for whoever is signed in, `anyone` without signing in.
 */
type Shape = z.ZodType;
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
export type Audience = Right | 'person' | 'anyone';
export type Operation<P extends Shape = Shape, Q extends Shape = Shape, B extends Shape = Shape> = {
  method: Method;
  /** Below /api/v1, with `:name` for path parameters. */
  path: string;
  right: Audience;
  summary: Text;
  params?: P;
  query?: Q;
  body?: B;
  /** The part of a multipart body; excludes `body`. */
  upload?: string;
  maxBytes?: number;
  /** Answers by status, for the document; `null` is an answer that is not JSON. */
  answers: { [status: number]: Shape | null };
  /** Codes of this operation besides those every operation of its kind has. */
  errors?: readonly ErrorCode[];
};

export function operation<P extends Shape = z.ZodUnknown, Q extends Shape = z.ZodUnknown, B extends Shape = z.ZodUnknown>(
  spec: Operation<P, Q, B>,
): Operation<P, Q, B> {
  return spec;
}

/** The description of a schema in the document, in both languages: `.meta(described(…))`. */
export function described(en: string, fr: string): { description: string; french: string } {
  return { description: en, french: fr };
}

/** Schemas with an `id` stand once in the document, under components. */
export const code = errorCode.meta({ id: 'ErrorCode', ...described('The closed list of codes.', 'La liste fermée des codes.') });
export const text = z.object({ en: z.string(), fr: z.string() }).meta({ id: 'Text' });

/** Whatever JSON.parse gave. Written without recursion so that it is `{}` in the document. */
export const json = z.custom<Json>((value) => value !== undefined);
export const jsonObject = z.record(z.string(), json);

/** A whole number in a query, `fallback` when absent. `?after=` without a number is refused, not taken for 0. */
export const queryNumber = (min: number, max: number, fallback: number) =>
  z.preprocess((value) => (typeof value === 'string' && value.trim() === '' ? Number.NaN : value), z.coerce.number().int().min(min).max(max).default(fallback));

/** `?limit=&cursor=` of every list: a limit over 200 is refused, not lowered. */
export const pageQuery = { limit: queryNumber(1, 200, 50), cursor: z.string().min(1).max(1_000).optional() };
export const listOf = (item: Shape) => z.object({ items: z.array(item), nextCursor: z.string().nullable() });

export const entryIdText = z.string().regex(/^\d{1,10}$/, 'an entry id is a whole number').transform(Number).pipe(z.int().min(1).max(2_147_483_647));
/** Several of a closed list in a query, separated by commas. */
export const listText = <const V extends readonly [string, ...string[]]>(values: V) => z.string().transform((given) => given.split(',')).pipe(z.array(z.enum(values)).min(1).max(values.length));
export const truth = z.enum(['true', 'false']).transform((value) => value === 'true');
export const label = (max: number) => z.string().trim().min(1).max(max);
export const iso = z.iso.datetime();
export const ok = z.object({ ok: z.literal(true) });
export const idParam = <K extends string>(key: K) => z.object({ [key]: id } as { [k in K]: typeof id }); // a computed key widens to string otherwise
