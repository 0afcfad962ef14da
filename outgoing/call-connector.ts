import type { EndpointRequest } from '#flow/endpoint-request';
import { fail, failure, FailureError, type Failure } from '#flow/failure';
import type { CallMethod, ConnectorSettings } from '#flow/integration';
import type { Json } from '#flow/json';
import { text, type Text } from '#flow/text';
import { accessToken, forgetToken } from './access-token';
import { encodeBody, type Encoded, type ReadFile } from './encode-body';
import type { Fetched } from './fetch-outcome';
import type { Resolve } from './guarded-lookup';
import { formsOf, redactBytes, redactJson, redactText } from './redact';
import { safeFetch } from './safe-fetch';

/** A connector opened for one call: `key` names the version its settings and credential come from. */
export type OpenConnector = { key: string; settings: ConnectorSettings; baseUrl: string; credential: string | null };
export type ConnectorCall = {
  connector: OpenConnector;
  method: CallMethod;
  request: EndpointRequest;
  timeoutMs: number;
  idempotencyKey?: string;
  maxBytes?: number;
  signal?: AbortSignal;
  readFile: ReadFile;
  resolve?: Resolve;
};

export type CallBody = { kind: 'none' } | { kind: 'json'; value: Json } | { kind: 'text'; value: string } | { kind: 'binary' };
/** An answer came, whatever it says. `bytes` and everything else are free of credentials. */
export type Reached = { status: number; headers: Record<string, string>; body: CallBody | { kind: 'broken'; message: string }; bytes: Uint8Array; mimeType: string; url: string; method: string; durationMs: number };

const verbs = { Get: 'GET', Post: 'POST', Put: 'PUT', Delete: 'DELETE' } as const;

/** Makes one call with the connector's credentials; throws a `FailureError` when no answer came. */
export async function callConnector(call: ConnectorCall): Promise<Reached> {
  const { connector } = call;
  const encoded = await encodeBody(call.request.body, call.readFile);
  const first = await authorised(call);
  let reply = await send(call, encoded, first);
  let forms = formsOf(first.secrets);
  if (reply.ok && reply.status === 401 && first.token !== null) {
    // The token was withdrawn before its time: a new one, once. A refused call has done nothing.
    forgetToken(connector.key, first.token);
    const second = await authorised(call);
    reply = await send(call, encoded, second);
    forms = formsOf([...first.secrets, ...second.secrets]);
  }
  if (!reply.ok) throw new FailureError(failureOf(reply, call, forms));
  const mimeType = (reply.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const bytes = redactBytes(reply.body, forms);
  const headers = Object.fromEntries(Object.entries(reply.headers).filter(([name]) => name !== 'set-cookie').map(([name, value]) => [name, redactText(value, forms)]));
  return { status: reply.status, headers, body: bodyOf(bytes, reply.headers['content-type'] ?? '', reply.status, forms), bytes, mimeType, url: redactText(reply.url, forms), method: verbs[call.method], durationMs: reply.durationMs };
}

type Authorised = { headers: [string, string][]; query: [string, string][]; secrets: string[]; token: string | null };

async function authorised({ connector, timeoutMs, resolve }: ConnectorCall): Promise<Authorised> {
  const { auth, allowPrivate } = connector.settings;
  const none: Authorised = { headers: [], query: [], secrets: [], token: null };
  if (auth.type === 'none') return none;
  const secret = connector.credential ?? noCredential();
  const bearer = (token: string): [string, string][] => [['authorization', `Bearer ${token}`]];
  switch (auth.type) {
    case 'basic': {
      const pair = `${auth.userName}:${secret}`;
      return { ...none, headers: [['authorization', `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`]], secrets: [secret, pair] };
    }
    case 'bearer':
      return { ...none, headers: bearer(secret), secrets: [secret] };
    case 'apiKey':
      return auth.in === 'header' ? { ...none, headers: [[auth.name, secret]], secrets: [secret] } : { ...none, query: [[encodeURIComponent(auth.name), encodeURIComponent(secret)]], secrets: [secret] };
    case 'oauth2': {
      const got = await accessToken({ key: connector.key, auth, secret, allowPrivate, timeoutMs: Math.min(timeoutMs, 30_000), ...(resolve ? { resolve } : {}) });
      if (got.ok) return { ...none, headers: bearer(got.token), secrets: [secret, got.token], token: got.token };
      const said = redacted(got.text, formsOf([secret]));
      return got.trouble === 'refused'
        ? fail('CONNECTOR_AUTH', text(`The connector could not sign in: ${said.en}. Check the connector credentials.`, `Le connecteur n’a pas pu s’authentifier : ${said.fr}. Vérifiez les identifiants du connecteur.`))
        : fail('CONNECTOR_UNREACHABLE', text(`The connector could not sign in: ${said.en}.`, `Le connecteur n’a pas pu s’authentifier : ${said.fr}.`), { details: { beforeCall: true } });
    }
  }
}

function noCredential(): never {
  return fail('CONNECTOR_AUTH', text('The connector has no credential. Somebody who looks after integrations has to enter it.', 'Le connecteur n’a pas d’identifiant secret. Un responsable des intégrations doit le saisir.'));
}

async function send(call: ConnectorCall, encoded: Encoded | null, { headers, query }: Authorised): Promise<Fetched> {
  const { connector, request } = call;
  const pairs = [...request.query, ...query].map(([name, value]) => `${name}=${value}`).join('&');
  const url = `${connector.baseUrl.replace(/\/+$/, '')}${request.path}${pairs === '' ? '' : `?${pairs}`}`;
  // What is set last wins: a mapped header over the connector's, the credential over both.
  const all = new Map<string, [string, string]>([['accept', ['accept', 'application/json, */*;q=0.8']]]);
  const own: [string, string][] = connector.settings.headers.map((each) => [each.name, each.value]);
  if (encoded) all.set('content-type', ['content-type', encoded.contentType]);
  for (const [name, value] of [...own, ...request.headers]) if (name.toLowerCase() !== 'content-type' || encoded === null || call.request.body?.kind !== 'multipart') all.set(name.toLowerCase(), [name, value]);
  if (call.idempotencyKey !== undefined) all.set('idempotency-key', ['Idempotency-Key', call.idempotencyKey]);
  for (const each of headers) all.set(each[0].toLowerCase(), each);
  return safeFetch({
    url, method: verbs[call.method], headers: [...all.values()], body: encoded?.body ?? null, timeoutMs: call.timeoutMs, allowPrivate: connector.settings.allowPrivate,
    ...(call.maxBytes === undefined ? {} : { maxBytes: call.maxBytes }), ...(call.signal ? { signal: call.signal } : {}), ...(call.resolve ? { resolve: call.resolve } : {}),
  });
}

const redacted = (words: Text, forms: readonly string[]): Text => text(redactText(words.en, forms), redactText(words.fr, forms));

/** No answer: which of the codes of the catalogue says it. `repeat: false`: trying again will not help. */
function failureOf(reply: Extract<Fetched, { ok: false }>, call: ConnectorCall, forms: readonly string[]): Failure {
  const url = redactText(reply.url, forms);
  const said = redacted(reply.text, forms);
  const details = { method: verbs[call.method], url, durationMs: reply.durationMs, mayHaveArrived: reply.mayHaveArrived };
  switch (reply.trouble) {
    case 'timeout':
      return failure('HTTP_TIMEOUT', text(`${url || 'The call'} gave no complete answer within ${call.timeoutMs / 1000} s.`, `${url || 'L’appel'} n’a pas donné de réponse complète en ${call.timeoutMs / 1000} s.`), { details });
    case 'too-large':
      return failure('LIMIT_EXCEEDED', text(`The answer is over the limits: ${said.en}.`, `La réponse dépasse les limites : ${said.fr}.`), { details });
    case 'invalid':
      return failure('PARAM_INVALID', text(`The call cannot be sent: ${said.en}.`, `L’appel ne peut être envoyé : ${said.fr}.`), { details });
    case 'refused':
      return failure('CONNECTOR_UNREACHABLE', text(`The call may not go there: ${said.en}.`, `L’appel ne peut aller là : ${said.fr}.`), { details: { ...details, repeat: false } });
    case 'aborted':
      return failure('CANCELLED', text('The call was stopped.', 'L’appel a été arrêté.'), { details });
    case 'bad-answer': case 'unreachable':
      return failure('CONNECTOR_UNREACHABLE', text(`The system could not be reached: ${said.en}.`, `Le système n’a pas pu être joint : ${said.fr}.`), { details });
  }
}

const isJsonType = (type: string) => type === 'application/json' || type === 'text/json' || type.endsWith('+json');
const isTextType = (type: string) => type.startsWith('text/') || type.endsWith('+xml') || ['application/xml', 'application/javascript', 'application/x-www-form-urlencoded', 'application/yaml', 'application/x-yaml', 'application/x-ndjson'].includes(type);

function bodyOf(bytes: Uint8Array, contentType: string, status: number, forms: readonly string[]): Reached['body'] {
  if (status === 204 || bytes.byteLength === 0) return { kind: 'none' };
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  if (isJsonType(type)) return parsed(decoded(bytes, 'utf-8') ?? '', forms) ?? { kind: 'broken', message: 'not JSON although it says so' };
  if (isTextType(type)) {
    const charset = /charset="?([\w-]+)/i.exec(contentType)?.[1] ?? 'utf-8';
    const words = decoded(bytes, charset) ?? Buffer.from(bytes).toString('latin1');
    return { kind: 'text', value: redactText(words, forms) };
  }
  if (type !== '') return { kind: 'binary' };
  // Nothing is said of it: JSON if it is, else text if it can be read.
  const words = decoded(bytes, 'utf-8');
  if (words === null || words.includes('\0')) return { kind: 'binary' };
  return parsed(words, forms) ?? { kind: 'text', value: redactText(words, forms) };
}

function decoded(bytes: Uint8Array, charset: string): string | null {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function parsed(words: string, forms: readonly string[]): CallBody | null {
  try {
    const value: Json = JSON.parse(words);
    return { kind: 'json', value: redactJson(value, forms) };
  } catch {
    return null;
  }
}
