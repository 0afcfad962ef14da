import { z } from 'zod';
import type { ErrorCode } from '#flow/error-code';
import { failure, FailureError } from '#flow/failure';
import { isJsonObject } from '#flow/json';
import type { Text } from '#flow/text';
import { serverContext } from '../../../_server/context';
import { localeOf } from '#flow/locale';
import { isAllowedOrigin } from '../../_origin';
import { errorBody } from '../../_reply';
import { guarded, methods, originRefused, parseOr, readJson } from '../../_route';

const maxBytes = 64 * 1024;
/** The ones the product uses; whatever else the library brings along stays shut. */
const open = new Set(['GET /get-session', 'POST /sign-up/email', 'POST /sign-in/email', 'POST /sign-out', 'POST /change-password', 'POST /update-user']);
const renamed = z.strictObject({ name: z.string().trim().min(1).max(100) });
const person = z.looseObject({ name: z.string().trim().min(1).max(100), email: z.email().max(254), password: z.string(), invitationToken: z.string().max(200).nullish() });

/**
 * better-auth's own paths and answers, with our `error` beside its `code` and `message` where it refuses. Sign-up and
 * sign-in carry no cookie yet, so the Origin is checked when there is one.
 */
async function handle(request: Request): Promise<Response> {
  return guarded(request, async () => {
    const { auth, env } = serverContext();
    const path = new URL(request.url).pathname.replace(/^.*\/api\/auth/, '');
    if (!open.has(`${request.method} ${path}`)) return { ok: false, failure: failure('NOT_FOUND', meaning(404, '', '')[1]) };
    if (request.method === 'GET') return explained(request, await auth.handler(request));
    const origin = request.headers.get('origin');
    const cookie = request.headers.get('cookie') !== null;
    if ((origin !== null || cookie) && !isAllowedOrigin(origin, env.publicUrls)) return { ok: false, failure: originRefused(origin) };
    const given = await readJson(request, maxBytes);
    const shape = path === '/sign-up/email' ? person : path === '/update-user' ? renamed : z.unknown();
    const body = parseOr(shape, given, 'body', localeOf(request.headers));
    const headers = new Headers(request.headers);
    headers.set('content-type', 'application/json');
    headers.delete('content-length');
    return explained(request, await auth.handler(new Request(request.url, { method: request.method, headers, body: JSON.stringify(body) })));
  });
}

async function explained(request: Request, reply: Response): Promise<Response> {
  if (reply.status < 400) return reply;
  const own: unknown = await reply.json().catch(() => null);
  const theirs = isJsonObject(own) ? own : {};
  const said = typeof theirs['message'] === 'string' ? theirs['message'] : '';
  const [code, text] = meaning(reply.status, String(theirs['code'] ?? ''), said);
  if (code === 'INTERNAL') throw new FailureError(failure('INTERNAL', text));
  const headers = new Headers(reply.headers);
  headers.delete('content-length');
  headers.set('Content-Type', 'application/json');
  const error = errorBody(failure(code, text), localeOf(request.headers));
  return new Response(JSON.stringify({ code: error.code, ...theirs, message: error.message, error }), { status: reply.status, headers });
}

const meanings: Record<string, [ErrorCode, Text]> = {
  INVITATION_REQUIRED: ['INVITATION_REQUIRED', { en: 'A valid invitation is needed to sign up here. Ask an owner or admin for a link.', fr: 'Il faut une invitation valable pour s’inscrire ici. Demandez un lien à un propriétaire ou administrateur.' }],
  INVALID_EMAIL_OR_PASSWORD: ['LOGIN_FAILED', { en: 'The e-mail address or the password is wrong. Try again.', fr: 'L’adresse électronique ou le mot de passe est faux. Réessayez.' }],
  INVALID_PASSWORD: ['LOGIN_FAILED', { en: 'The current password is wrong. Try again.', fr: 'Le mot de passe actuel est faux. Réessayez.' }],
  USER_ALREADY_EXISTS: ['USER_EXISTS', { en: 'There is an account with this e-mail address. Sign in instead.', fr: 'Un compte a déjà cette adresse électronique. Connectez-vous.' }],
  PASSWORD_TOO_SHORT: ['PASSWORD_WEAK', { en: 'The password is too short. Use 8 characters or more.', fr: 'Le mot de passe est trop court. Utilisez au moins 8 caractères.' }],
  PASSWORD_TOO_LONG: ['PASSWORD_WEAK', { en: 'The password is too long. Use at most 128 characters.', fr: 'Le mot de passe est trop long. Utilisez au plus 128 caractères.' }],
  INVALID_EMAIL: ['PARAM_INVALID', { en: 'This is not an e-mail address.', fr: 'Ce n’est pas une adresse électronique.' }],
};

function meaning(status: number, code: string, said: string): [ErrorCode, Text] {
  const known = meanings[code] ?? (code.startsWith('USER_ALREADY_EXISTS') ? meanings['USER_ALREADY_EXISTS'] : undefined);
  if (known) return known;
  if (status === 401) return ['NOT_SIGNED_IN', { en: said || 'Sign in first.', fr: 'Connectez-vous d’abord.' }];
  if (status === 403) return ['ACCESS_DENIED', { en: said || 'This is not allowed.', fr: 'Ce n’est pas permis.' }];
  if (status === 404) return ['NOT_FOUND', { en: said || 'There is nothing here.', fr: 'Il n’y a rien ici.' }];
  if (status === 429) return ['TOO_MANY_REQUESTS', { en: said || 'Too many attempts. Try again later.', fr: 'Trop de tentatives. Réessayez plus tard.' }];
  if (status >= 500) return ['INTERNAL', { en: 'Something went wrong on the server. Try again.', fr: 'Une erreur s’est produite sur le serveur. Réessayez.' }];
  return ['PARAM_INVALID', { en: said || 'The request is not as it should be.', fr: 'La requête n’est pas conforme.' }];
}

export const dynamic = 'force-dynamic';
export const { GET, POST, PUT, PATCH, DELETE } = methods({ GET: handle, POST: handle });
