import 'server-only';
import { z } from 'zod';
import { denied, type Access, type Right } from '#db/access';
import { authenticate, signedInUser, type SignedIn } from '#db/authenticate';
import type { Database } from '#db/client';
import { failure, FailureError, type Failure } from '#flow/failure';
import { serverContext, type ServerContext } from '../_server/context';
import { isAllowedOrigin } from './_origin';
import { errorReply, jsonReply } from './_reply';

/**
 * The way every route of /api/v1 takes: Origin, sign-in, right, path, query and body are checked here, in this order,
 * and whatever goes wrong is answered in the documented shape. Handlers return `reply(...)`, a plain object (200) or
 * `{ ok: false, failure }` as the query functions give it.
 */
type Shape = z.ZodType;
type Spec<P extends Shape, Q extends Shape, B extends Shape> = { right: Right; params?: P; query?: Q; body?: B; maxBytes?: number };

type Call<P extends Shape, Q extends Shape, B extends Shape> = {
  access: Access; database: Database; context: ServerContext; request: Request; params: z.output<P>; query: z.output<Q>; body: z.output<B>;
};
type Failed = { ok: false; failure: Failure };
type Answer = Response | Failed | object;
export type RouteContext = { params: Promise<Record<string, string | string[]>> };
type Handler = (request: Request, route: RouteContext) => Promise<Response>;

export const defaultMaxBytes = 6 * 1024 * 1024;

export function route<P extends Shape = z.ZodUnknown, Q extends Shape = z.ZodUnknown, B extends Shape = z.ZodUnknown>(
  spec: Spec<P, Q, B>, handler: (call: Call<P, Q, B>) => Promise<Answer>,
): Handler {
  return (request, routeContext) => guarded(async () => {
    const context = serverContext();
    checkOrigin(request, context);
    const authenticated = await authenticate(context.database, context.auth, { headers: request.headers });
    if (!authenticated.ok) throw new FailureError(authenticated.failure);
    const { access } = authenticated;
    const refused = denied(access, spec.right);
    if (refused) throw new FailureError(refused);
    return handler({ access, database: context.database, context, request, ...(await inputs(spec, request, routeContext)) });
  });
}

/** Routes of a person rather than of a workspace: /me, /workspaces, /invitations/accept. */
export function personRoute<B extends Shape = z.ZodUnknown>(
  spec: { body?: B }, handler: (call: { person: SignedIn; database: Database; context: ServerContext; request: Request; body: z.output<B> }) => Promise<Answer>,
): Handler {
  return (request, routeContext) => guarded(async () => {
    const context = serverContext();
    checkOrigin(request, context);
    const person = await signedInUser(context.database, context.auth, request.headers);
    if (!person) throw new FailureError(failure('NOT_SIGNED_IN', { en: 'Sign in first.', fr: 'Connectez-vous d’abord.' }));
    const { body } = await inputs<z.ZodUnknown, z.ZodUnknown, B>(spec, request, routeContext);
    return handler({ person, database: context.database, context, request, body });
  });
}

/** Turns any outcome into an answer; a bug is logged and answered without its insides. */
export async function guarded(work: () => Promise<Answer>): Promise<Response> {
  try {
    const answer = await work();
    if (answer instanceof Response) return answer;
    if (isFailed(answer)) return errorReply(answer.failure);
    return jsonReply(answer);
  } catch (error) {
    if (error instanceof FailureError) return errorReply(error.failure);
    console.error('unexpected error in a route', error);
    return errorReply(failure('INTERNAL', { en: 'Something went wrong on the server. It was logged; try again.', fr: 'Une erreur s’est produite sur le serveur. Elle a été notée ; réessayez.' }));
  }
}

function isFailed(answer: Answer): answer is Failed {
  return 'ok' in answer && answer.ok === false && 'failure' in answer;
}

async function inputs<P extends Shape, Q extends Shape, B extends Shape>(spec: { params?: P; query?: Q; body?: B; maxBytes?: number }, request: Request, routeContext: RouteContext) {
  const params = parseOr(spec.params ?? z.unknown(), await routeContext.params, 'path');
  const query = parseOr(spec.query ?? z.unknown(), Object.fromEntries(new URL(request.url).searchParams), 'query');
  const body = spec.body ? parseOr(spec.body, await readJson(request, spec.maxBytes ?? defaultMaxBytes), 'body') : undefined;
  return { params: params as z.output<P>, query: query as z.output<Q>, body: body as z.output<B> }; // zod loses the pairing through `?? z.unknown()`
}

function parseOr<S extends Shape>(schema: S, input: unknown, part: 'path' | 'query' | 'body'): z.output<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const details = parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
  const first = details[0];
  const where = first?.path ? `${part} "${first.path}"` : part;
  throw new FailureError(failure('PARAM_INVALID', {
    en: `The ${where} is not as it should be: ${first?.message ?? 'invalid'}.`, fr: `${where} n’est pas conforme : ${first?.message ?? 'non valide'}.`,
  }, { details }));
}

/** Reads at most `maxBytes` of JSON; the type must say so, since a form post from another site cannot. */
export async function readJson(request: Request, maxBytes: number): Promise<unknown> {
  const type = (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase();
  const bytes = await readLimited(request, maxBytes);
  if (bytes.byteLength === 0 && !type) return {};
  if (type !== 'application/json') {
    throw new FailureError(failure('UNSUPPORTED_MEDIA_TYPE', {
      en: `The body has type "${type ?? 'none'}". Send Content-Type: application/json.`, fr: `Le corps a le type « ${type ?? 'aucun'} ». Envoyez Content-Type: application/json.`,
    }));
  }
  if (bytes.byteLength === 0) return {};
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'not UTF-8';
    throw new FailureError(failure('INVALID_JSON', { en: `The body is not JSON: ${reason}.`, fr: `Le corps n’est pas du JSON : ${reason}.` }), { cause: error });
  }
}

export async function readLimited(request: Request, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (request.body) {
    const reader = request.body.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      size += part.value.byteLength;
      if (size > maxBytes) {
        await reader.cancel();
        throw new FailureError(failure('TOO_LARGE', { en: `The body is larger than ${maxBytes} bytes. Send less at once.`, fr: `Le corps dépasse ${maxBytes} octets. Envoyez-en moins à la fois.` }));
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

/** A cookie travels with any request a page makes, so a mutating one must come from our own pages. */
function checkOrigin(request: Request, context: ServerContext): void {
  if (request.method === 'GET' || request.method === 'HEAD' || request.headers.has('authorization')) return;
  const origin = request.headers.get('origin');
  if (request.headers.has('cookie') && !isAllowedOrigin(origin, context.env.publicUrls)) throw new FailureError(originRefused(origin));
}

export function originRefused(origin: string | null): Failure {
  return failure('ORIGIN_REFUSED', {
    en: `The origin "${origin ?? 'none'}" may not change anything here. Call from the product's own address, add it to PUBLIC_URL, or use an API key.`,
    fr: `L’origine « ${origin ?? 'aucune'} » ne peut rien modifier ici. Appelez depuis l’adresse du produit, ajoutez-la à PUBLIC_URL, ou utilisez une clé d’API.`,
  });
}

/** `?limit=&cursor=` of every list. */
export const pageQuery = { limit: z.coerce.number().int().min(1).max(200).default(50), cursor: z.string().max(500).optional() };

