import { z } from 'zod';
import type { ConnectorAuth } from '#flow/integration';
import { text, type Text } from '#flow/text';
import type { Resolve } from './guarded-lookup';
import { safeFetch } from './safe-fetch';

/**
 * OAuth2 client credentials: one token per connector version and process, fetched when it is needed, renewed a little
 * before it ends, shared by calls that ask at the same time.
 */
export type Token = { ok: true; token: string } | { ok: false; trouble: 'refused' | 'failed'; text: Text };
type Asked = { key: string; auth: Extract<ConnectorAuth, { type: 'oauth2' }>; secret: string; allowPrivate: boolean; timeoutMs: number; resolve?: Resolve };
type Kept = { token: string; untilMs: number };

const kept = new Map<string, Kept>();
const pending = new Map<string, Promise<Token>>();
const earlyMs = 30_000;
const defaultLifeSeconds = 3_600;
const mostKept = 1_000;
const answer = z.object({ access_token: z.string().min(1).max(20_000).regex(/^[\x21-\x7e]+$/), expires_in: z.coerce.number().min(0).max(10_000_000).optional(), token_type: z.string().max(100).optional() });

export async function accessToken(asked: Asked): Promise<Token> {
  const known = kept.get(asked.key);
  if (known && known.untilMs > Date.now()) return { ok: true, token: known.token };
  const running = pending.get(asked.key) ?? fetchToken(asked).finally(() => pending.delete(asked.key));
  pending.set(asked.key, running);
  return running;
}

/** The other side does not take it any more. */
export function forgetToken(key: string, token: string): void {
  if (kept.get(key)?.token === token) kept.delete(key);
}

async function fetchToken({ key, auth, secret, allowPrivate, timeoutMs, resolve }: Asked): Promise<Token> {
  const form = new URLSearchParams({ grant_type: 'client_credentials', ...(auth.scope ? { scope: auth.scope } : {}) });
  const headers: [string, string][] = [['content-type', 'application/x-www-form-urlencoded'], ['accept', 'application/json']];
  if (auth.clientAuth === 'body') {
    form.set('client_id', auth.clientId);
    form.set('client_secret', secret);
  } else headers.push(['authorization', `Basic ${Buffer.from(`${encodeURIComponent(auth.clientId)}:${encodeURIComponent(secret)}`).toString('base64')}`]);
  const reply = await safeFetch({ url: auth.tokenUrl, method: 'POST', headers, body: form.toString(), timeoutMs, allowPrivate, maxBytes: 100_000, ...(resolve ? { resolve } : {}) });
  if (!reply.ok) return { ok: false, trouble: 'failed', text: text(`the token server gave no token: ${reply.text.en}`, `le serveur de jetons n’a pas donné de jeton : ${reply.text.fr}`) };
  if (reply.status >= 500 || reply.status === 429) return { ok: false, trouble: 'failed', text: answered(reply.status) };
  if (reply.status !== 200) return { ok: false, trouble: 'refused', text: answered(reply.status) };
  const parsed = answer.safeParse(jsonOf(reply.body));
  if (!parsed.success) return { ok: false, trouble: 'refused', text: text('the token server answered without a token', 'le serveur de jetons a répondu sans jeton') };
  const lifeMs = (parsed.data.expires_in ?? defaultLifeSeconds) * 1_000;
  if (kept.size >= mostKept) kept.clear();
  kept.set(key, { token: parsed.data.access_token, untilMs: Date.now() + Math.max(0, lifeMs - Math.min(earlyMs, lifeMs / 2)) });
  return { ok: true, token: parsed.data.access_token };
}

const answered = (status: number) => text(`the token server answered ${status}`, `le serveur de jetons a répondu ${status}`);

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return null;
  }
}
