import { z } from 'zod';
import { addressHeader } from '#db/auth';
import { deliver, memberIdentity, platformOf } from '#db/deliveries';
import { checkSignature, hookOfToken, takeSignature, type Hook } from '#db/hooks';
import { waitForRun } from '#db/runs';
import { failure, FailureError, type Failure } from '#flow/failure';
import type { Json } from '#flow/json';
import { localeOf } from '#flow/locale';
import { text } from '#flow/text';
import { serverContext, type ServerContext } from '../../_server/context';
import { parseJson } from '../../api/_json-body';
import { errorBody, jsonReply } from '../../api/_reply';
import { defaultMaxBytes, guarded, jsonTypeOf, methods, parseOr, readLimited } from '../../api/_route';
import { RateLimit } from '../_rate-limit';

/**
 * `POST /hooks/<token>`: whoever has the token starts the published dataflow. No cookie is looked at, so
 * there is nothing for a foreign page to abuse and no Origin to check.
 */
const perHook = new RateLimit({ burst: 100, perSecond: 20 });
const perStranger = new RateLimit({ burst: 20, perSecond: 1 });

const query = z.object({ wait: z.coerce.number().min(0).max(60).default(0) });
const keyText = z.string().min(1).max(150);
const json = z.json().optional();

async function start(request: Request, { params }: { params: Promise<Record<string, string | string[] | undefined>> }): Promise<Response> {
  return guarded(request, async () => {
    const context = serverContext();
    const hook = await knownHook(context, request, String((await params)['token'] ?? ''));
    const locale = localeOf(request.headers);
    const { wait } = parseOr(query, Object.fromEntries(new URL(request.url).searchParams), 'query', locale);
    const bytes = await readLimited(request, defaultMaxBytes);
    const signature = hook.signed ? checkSignature(hook, request.headers.get('x-millrace-signature'), bytes, new Date()) : null;
    const input = inputOf(request, bytes);
    const given = request.headers.get('idempotency-key');
    const key = given === null ? undefined : `${hook.id}:${parseOr(keyText, given.trim(), 'header', locale)}`;
    const { database } = context;
    const identity = (hook.createdBy === null ? null : await memberIdentity(database.db, hook.workspaceId, hook.createdBy)) ?? platformOf(hook.workspaceId);
    const made = await deliver(database, {
      workspaceId: hook.workspaceId, flowId: hook.flowId, trigger: 'webhook', triggerName: hook.name, identity: { ...identity, role: 'operator' }, input, key,
      ...(signature === null ? {} : { along: (tx) => takeSignature(tx, hook.id, signature) }),
    });
    if (!made.ok) return made.failure.code === 'FLOW_NOT_FOUND' ? { ok: false, failure: unknown } : made;
    const { runId } = made;
    if (wait === 0) return reply(runId, { runId }, 202);
    const waited = await waitForRun(database, identity, runId, wait, 'answered');
    if (!waited.ok) return waited;
    if (!waited.ended && !waited.answered) return reply(runId, { runId, status: waited.status }, 202);
    return waited.error ? reply(runId, { error: errorBody(waited.error, locale), runId }, 422) : reply(runId, waited.output, 200);
  });
}

/** Guessing tokens is slow from any one address; a known hook has a rate of its own. */
async function knownHook({ database }: ServerContext, request: Request, token: string): Promise<Hook> {
  const hook = /^mlh_[\w-]{32}$/.test(token) ? await hookOfToken(database, token) : null;
  const waitMs = hook ? perHook.waitMs(hook.id, Date.now()) : perStranger.waitMs(request.headers.get(addressHeader) ?? '', Date.now());
  if (waitMs > 0) throw new FailureError(tooMany(waitMs));
  if (!hook) throw new FailureError(unknown);
  return hook;
}

function inputOf(request: Request, bytes: Uint8Array): Json | undefined {
  const type = jsonTypeOf(request);
  if (bytes.byteLength === 0 && (type === '' || type === 'application/json')) return undefined;
  if (type !== 'application/json' && !/^application\/[\w.-]+\+json$/.test(type)) {
    throw new FailureError(failure('UNSUPPORTED_MEDIA_TYPE', text(`The body has type "${type || 'none'}". A webhook takes JSON: send Content-Type: application/json.`, `Le corps a le type « ${type || 'aucun'} ». Un webhook prend du JSON : envoyez Content-Type: application/json.`)));
  }
  return json.parse(parseJson(bytes));
}

function reply(runId: string, body: Json | object, status: number): Response {
  const answer = jsonReply(body, status);
  answer.headers.set('X-Run-Id', runId);
  return answer;
}

const unknown = failure('HOOK_NOT_FOUND', text('There is no webhook at this address. It may have been revoked or given a new token.', 'Il n’y a pas de webhook à cette adresse. Il a peut-être été révoqué ou a reçu un nouveau jeton.'));
const tooMany = (waitMs: number): Failure => failure('TOO_MANY_REQUESTS', text(`Too many requests. Try again in ${Math.ceil(waitMs / 1_000)} s.`, `Trop de requêtes. Réessayez dans ${Math.ceil(waitMs / 1_000)} s.`), { details: { retryAfterSeconds: Math.ceil(waitMs / 1_000) } });

export const dynamic = 'force-dynamic';
export const { GET, POST, PUT, PATCH, DELETE } = methods({ POST: start });
