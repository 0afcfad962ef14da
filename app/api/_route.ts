import 'server-only';
import { z } from 'zod';
import { denied, type Access, type Right } from '#db/access';
import { authenticate, notSignedIn, signedInUser, type SignedIn } from '#db/authenticate';
import type { Database } from '#db/client';
import { failure, FailureError, type Failure } from '#flow/failure';
import type { Locale } from '#flow/text';
import { serverContext, type ServerContext } from '../_server/context';
import { parseJson, unstorable } from './_json-body';
import { localeOf } from '#flow/locale';
import type { Audience, Method, Operation } from './_operations/operation';
import { isAllowedOrigin } from './_origin';
import { errorReply, jsonReply } from './_reply';

/**
 * The way every route of /api/v1 takes: Origin, sign-in, right, path, query and body are checked here, in this order,
 * as the operation says, and whatever goes wrong is answered in the documented shape. Handlers return `jsonReply(…)`,
 * a plain object (200) or `{ ok: false, failure }` as the query functions give it.
 */
type Shape = z.ZodType;
type Failed = { ok: false; failure: Failure };
type Answer = Response | Failed | object;
type Common<P extends Shape, Q extends Shape, B extends Shape> = {
  database: Database; context: ServerContext; request: Request; params: z.output<P>; query: z.output<Q>; body: z.output<B>;
};
export type Handler = (request: Request, route: { params: Promise<Record<string, string | string[] | undefined>> }) => Promise<Response>;

export const defaultMaxBytes = 6 * 1024 * 1024;

export function route<P extends Shape, Q extends Shape, B extends Shape>(
  spec: Operation<P, Q, B>, handler: (call: Common<P, Q, B> & { access: Access }) => Promise<Answer>,
): Handler {
  const right = workspaceRight(spec.right);
  return (request, { params }) => guarded(request, async () => {
    const context = serverContext();
    checkOrigin(request, context);
    const authenticated = await authenticate(context.database, context.auth, { headers: request.headers });
    if (!authenticated.ok) return authenticated;
    const refused = denied(authenticated.access, right);
    if (refused) return { ok: false, failure: refused };
    return handler({ access: authenticated.access, database: context.database, context, request, ...(await inputs(spec, request, await params)) });
  });
}

/** Operations of a person rather than of a workspace: sessions, workspaces, accepting an invitation. */
export function personRoute<P extends Shape, Q extends Shape, B extends Shape>(
  spec: Operation<P, Q, B>, handler: (call: Common<P, Q, B> & { person: SignedIn }) => Promise<Answer>,
): Handler {
  return (request, { params }) => guarded(request, async () => {
    const context = serverContext();
    checkOrigin(request, context);
    const person = await signedInUser(context.database, context.auth, request.headers);
    if (!person) return { ok: false, failure: notSignedIn };
    return handler({ person, database: context.database, context, request, ...(await inputs(spec, request, await params)) });
  });
}

/** Operations that ask nobody who they are, or ask in a way of their own. */
export function openRoute<P extends Shape, Q extends Shape, B extends Shape>(spec: Operation<P, Q, B>, handler: (call: Common<P, Q, B>) => Promise<Answer>): Handler {
  return (request, { params }) => guarded(request, async () => {
    const context = serverContext();
    return handler({ database: context.database, context, request, ...(await inputs(spec, request, await params)) });
  });
}

function workspaceRight(audience: Audience): Right {
  if (audience === 'person' || audience === 'anyone') throw new Error(`an operation for "${audience}" has no workspace: use personRoute or guarded`);
  return audience;
}

/** The handlers of one path, every other method answered with 405 in our own shape. */
export function methods(handlers: Partial<Record<Method, Handler>>): Record<Method, Handler> {
  const allowed = Object.keys(handlers).join(', ');
  const refuse: Handler = async (request) => {
    const reply = errorReply(failure('METHOD_NOT_ALLOWED', {
      en: `${request.method} is not possible here. Allowed: ${allowed}.`, fr: `${request.method} n’est pas possible ici. Permis : ${allowed}.`,
    }), localeOf(request.headers));
    reply.headers.set('Allow', allowed);
    return reply;
  };
  return { GET: refuse, POST: refuse, PUT: refuse, PATCH: refuse, DELETE: refuse, ...handlers };
}

/** Turns any outcome into an answer; a bug is logged and answered without its insides. */
export async function guarded(request: Request, work: () => Promise<Answer>): Promise<Response> {
  const locale = localeOf(request.headers);
  try {
    const answer = await work();
    if (answer instanceof Response) return answer;
    return isFailed(answer) ? errorReply(answer.failure, locale) : jsonReply(withoutMark(answer));
  } catch (error) {
    if (error instanceof FailureError) return errorReply(error.failure, locale);
    console.error('unexpected error in a route', error);
    return errorReply(internal, locale);
  }
}

const internal = failure('INTERNAL', { en: 'Something went wrong on the server. It was logged; try again.', fr: 'Une erreur s’est produite sur le serveur. Elle a été notée ; réessayez.' });

function isFailed(answer: Answer): answer is Failed {
  return 'ok' in answer && answer.ok === false && 'failure' in answer;
}

/** The `ok: true` of a query function's result is for our own code; alone it is the whole answer. */
function withoutMark(answer: object): object {
  const { ok, ...rest } = { ok: undefined, ...answer };
  return ok === true && Object.keys(rest).length > 0 ? rest : answer;
}

async function inputs<P extends Shape, Q extends Shape, B extends Shape>(spec: Operation<P, Q, B>, request: Request, given: Record<string, unknown>) {
  const locale = localeOf(request.headers);
  const params = parseOr(spec.params ?? z.unknown(), given, 'path', locale);
  const asked = Object.fromEntries(new URL(request.url).searchParams);
  if (Object.values(asked).some((each) => unstorable.test(each))) throw new FailureError(failure('PARAM_INVALID', { en: 'The query holds the character U+0000.', fr: 'La requête contient le caractère U+0000.' }));
  const query = parseOr(closed(spec.query), asked, 'query', locale);
  const body = spec.body ? parseOr(spec.body, await readJson(request, spec.maxBytes ?? defaultMaxBytes), 'body', locale) : undefined;
  return { params: params as z.output<P>, query: query as z.output<Q>, body: body as z.output<B> }; // zod loses the pairing through `?? z.unknown()`
}

/** A misspelt `?filter=` that were passed over would answer something else than what was asked. */
function closed(query: Shape | undefined): Shape {
  return query === undefined ? z.strictObject({}) : query instanceof z.ZodObject ? query.strict() : query;
}

const words = { en: z.locales.en().localeError, fr: z.locales.fr().localeError };
const parts = { path: { en: 'The path', fr: 'Le chemin' }, query: { en: 'The query', fr: 'La requête' }, body: { en: 'The body', fr: 'Le corps' }, header: { en: 'The header Idempotency-Key', fr: 'L’en-tête Idempotency-Key' } };

export function parseOr<S extends Shape>(schema: S, input: unknown, part: keyof typeof parts, locale: Locale): z.output<S> {
  const parsed = schema.safeParse(input, { error: words[locale], reportInput: false });
  if (parsed.success) return parsed.data;
  const details = parsed.error.issues.slice(0, 100).map((issue) => ({ path: pathText(placeOf(issue)), message: issue.message }));
  const first = details[0];
  const at = first?.path ? ` "${first.path.slice(0, 200)}"` : '';
  throw new FailureError(failure('PARAM_INVALID', {
    en: `${parts[part].en}${at} is not as it should be: ${first?.message ?? 'invalid'}.`, fr: `${parts[part].fr}${at} n’est pas conforme : ${first?.message ?? 'non valide'}.`,
  }, { details }));
}

/** An unknown key is itself the place. */
function placeOf(issue: z.core.$ZodIssue): readonly PropertyKey[] {
  return issue.code === 'unrecognized_keys' ? [...issue.path, ...issue.keys.slice(0, 1)] : issue.path;
}

/** `fields[0].name`, as in the paths of definitions. */
function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => (typeof key === 'number' ? `${text}[${key}]` : `${text}${text === '' ? '' : '.'}${String(key)}`), '');
}

/** Reads at most `maxBytes` of JSON; the type must say so, since a form post from another site cannot. */
export async function readJson(request: Request, maxBytes: number): Promise<unknown> {
  const type = jsonTypeOf(request);
  const bytes = await readLimited(request, maxBytes);
  if (bytes.byteLength === 0 && !type) return {};
  if (type !== 'application/json') {
    throw new FailureError(failure('UNSUPPORTED_MEDIA_TYPE', {
      en: `The body has type "${type || 'none'}". Send Content-Type: application/json.`, fr: `Le corps a le type « ${type || 'aucun'} ». Envoyez Content-Type: application/json.`,
    }));
  }
  return bytes.byteLength === 0 ? {} : parseJson(bytes);
}

/** The media type without its parameters, "" when none is sent. */
export function jsonTypeOf(request: Request): string {
  return (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

export async function readLimited(request: Request, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = () => new FailureError(failure('TOO_LARGE', { en: `The body is larger than ${maxBytes} bytes. Send less at once.`, fr: `Le corps dépasse ${maxBytes} octets. Envoyez-en moins à la fois.` }));
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (request.body) {
    const reader = request.body.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      size += part.value.byteLength;
      if (size > maxBytes) {
        await reader.cancel();
        throw tooLarge();
      }
      chunks.push(part.value);
    }
  }
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

/**
 * A cookie travels with any request a page makes, so a mutating one must come from our own pages. A bearer key does
 * not, and wins over a cookie when both are sent.
 */
function checkOrigin(request: Request, context: ServerContext): void {
  if (request.method === 'GET' || request.method === 'HEAD' || /^Bearer\s+\S+$/i.test(request.headers.get('authorization') ?? '')) return;
  const origin = request.headers.get('origin');
  if (request.headers.has('cookie') && !isAllowedOrigin(origin, context.env.publicUrls)) throw new FailureError(originRefused(origin));
}

export function originRefused(origin: string | null): Failure {
  return failure('ORIGIN_REFUSED', {
    en: `The origin "${origin ?? 'none'}" may not change anything here. Call from the product's own address, add it to PUBLIC_URL, or use an API key.`,
    fr: `L’origine « ${origin ?? 'aucune'} » ne peut rien modifier ici. Appelez depuis l’adresse du produit, ajoutez-la à PUBLIC_URL, ou utilisez une clé d’API.`,
  });
}
