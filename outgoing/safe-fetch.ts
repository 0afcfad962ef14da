import type { LookupFunction } from 'node:net';
import { Agent, buildConnector, request, type Dispatcher } from 'undici';
import { text, type Text } from '#flow/text';
import { Trouble, type FetchFacts, type Fetched, type FetchTrouble } from './fetch-outcome';
import { allowedAddresses, check, type Address, type Resolve } from './guarded-lookup';
import { readBody } from './read-body';

/**
 * The one way out of this product (design: only this module imports a network library for calls). It goes where the URL
 * says and nowhere else: scheme, host, every address of the name and the address really connected to are checked at each
 * hop; what a redirect may take along shrinks when it leaves the origin; size, time and unpacking have limits.
 */
export type SafeRequest = {
  url: string;
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Sent to the first origin only, but for those named in `travelling`. */
  headers?: readonly (readonly [string, string])[];
  body?: string | Uint8Array | null;
  timeoutMs: number;
  maxBytes?: number;
  allowPrivate?: boolean;
  signal?: AbortSignal;
  /** For tests: what the name server says. */
  resolve?: Resolve;
};

export const defaultMaxBytes = 50_000_000;
const mostRedirects = 5;
const headerBytes = 32_000;
/** Headers that say nothing of whom we are: they may follow a redirect to another origin. */
const travelling = new Set(['accept', 'accept-language', 'content-type', 'idempotency-key', 'user-agent']);
const ownHeaders: readonly (readonly [string, string])[] = [['accept-encoding', 'gzip, deflate, br'], ['user-agent', 'Millrace']];

export async function safeFetch(asked: SafeRequest): Promise<Fetched> {
  const startedMs = performance.now();
  const facts: FetchFacts = { url: '', durationMs: 0, hops: 0 };
  const deadline = AbortSignal.timeout(Math.max(1, asked.timeoutMs));
  const signal = asked.signal ? AbortSignal.any([deadline, asked.signal]) : deadline;
  const sent = { once: false };
  try {
    const answer = await follow(asked, signal, facts, sent);
    return { ok: true, ...answer, ...facts, durationMs: since(startedMs) };
  } catch (error) {
    const { trouble, text: said } = troubleOf(error, deadline, asked);
    return { ok: false, trouble, text: said, mayHaveArrived: sent.once, ...facts, durationMs: since(startedMs) };
  }
}

const since = (startedMs: number) => Math.round(performance.now() - startedMs);

type Answer = { status: number; headers: Record<string, string>; body: Uint8Array };
type Hop = { url: URL; method: SafeRequest['method']; headers: readonly (readonly [string, string])[]; body: string | Uint8Array | null };

async function follow(asked: SafeRequest, signal: AbortSignal, facts: FetchFacts, sent: { once: boolean }): Promise<Answer> {
  let hop: Hop = { url: checkedUrl(asked.url), method: asked.method, headers: checkedHeaders([...ownHeaders, ...(asked.headers ?? [])]), body: asked.body ?? null };
  for (;;) {
    facts.url = shownUrl(hop.url);
    const answer = await once(hop, asked, signal, sent);
    const location = answer.status >= 300 && answer.status < 400 && answer.status !== 304 ? answer.headers['location'] : undefined;
    if (location === undefined) return answer;
    facts.hops += 1;
    if (facts.hops > mostRedirects) throw new Trouble('refused', text(`more than ${mostRedirects} redirects`, `plus de ${mostRedirects} redirections`));
    hop = redirected(hop, answer.status, location);
  }
}

/** As written by people or by another server: nothing that a parser would quietly drop or bend is let through. */
function checkedUrl(words: string, base?: URL): URL {
  if (words.length > 8_000) throw new Trouble('invalid', text('the address is longer than 8,000 characters', 'l’adresse dépasse 8 000 caractères'));
  if (/[\s\\]/.test(words) || hasControl(words)) throw new Trouble('invalid', text('the address holds blanks, backslashes or control characters', 'l’adresse contient des espaces, barres inverses ou caractères de contrôle'));
  if (!URL.canParse(words, base)) throw new Trouble('invalid', text('this is not an address', 'ce n’est pas une adresse'));
  const url = new URL(words, base);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new Trouble('refused', text(`the scheme ${url.protocol.slice(0, 20)} is not http or https`, `le schéma ${url.protocol.slice(0, 20)} n’est ni http ni https`));
  if (url.username !== '' || url.password !== '') throw new Trouble('refused', text('the address holds a user or a password', 'l’adresse contient un utilisateur ou un mot de passe'));
  if (url.hostname === '') throw new Trouble('invalid', text('the address names no host', 'l’adresse ne nomme pas d’hôte'));
  url.hash = '';
  return url;
}

function hasControl(words: string): boolean {
  for (const each of words) {
    const code = each.codePointAt(0) ?? 0;
    if (code < 0x20 || (code >= 0x7f && code <= 0x9f)) return true;
  }
  return false;
}

function checkedHeaders(headers: readonly (readonly [string, string])[]): readonly (readonly [string, string])[] {
  for (const [name, value] of headers) {
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}$/.test(name)) throw new Trouble('invalid', text('a header has a name that cannot be sent', 'un en-tête a un nom qui ne peut être envoyé'));
    if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) throw new Trouble('invalid', text(`the header ${name} holds line breaks or control characters`, `l’en-tête ${name} contient des sauts de ligne ou caractères de contrôle`));
  }
  return headers;
}

function redirected(from: Hop, status: number, location: string): Hop {
  const url = checkedUrl(location, from.url);
  const asGet = status === 303 || ((status === 301 || status === 302) && from.method === 'POST');
  const left = url.origin !== from.url.origin;
  const headers = from.headers.filter(([name]) => {
    const plain = name.toLowerCase();
    return (!left || travelling.has(plain) || plain === 'accept-encoding') && !(asGet && plain === 'content-type');
  });
  return { url, method: asGet ? 'GET' : from.method, headers, body: asGet ? null : from.body };
}

/** One hop on a connection of its own, pinned to addresses that were checked. */
async function once(hop: Hop, asked: SafeRequest, signal: AbortSignal, sent: { once: boolean }): Promise<Answer> {
  const allowPrivate = asked.allowPrivate ?? false;
  const addresses = await unlessAborted(signal, allowedAddresses(hop.url.hostname, allowPrivate, asked.resolve));
  const agent = agentFor(addresses, allowPrivate, hop.url.hostname, sent);
  try {
    const answer = await request(hop.url, {
      dispatcher: agent, method: hop.method, headers: hop.headers.flat(), body: hop.body, signal, headersTimeout: 0, bodyTimeout: 0, responseHeaders: null,
    });
    const headers = plainHeaders(answer.headers);
    const isRedirect = answer.statusCode >= 300 && answer.statusCode < 400 && headers['location'] !== undefined;
    if (isRedirect) return { status: answer.statusCode, headers, body: new Uint8Array() };
    return { status: answer.statusCode, headers, body: await unlessAborted(signal, readBody(answer.body, headers['content-encoding'] ?? '', { maxBytes: asked.maxBytes ?? defaultMaxBytes })) };
  } finally {
    // Whatever is still coming is not wanted.
    void agent.destroy().catch(() => {});
  }
}

function agentFor(addresses: readonly Address[], allowPrivate: boolean, host: string, sent: { once: boolean }): Agent {
  const pinned: LookupFunction = (_hostname, options, done) => {
    const [first] = addresses;
    if (options.all) done(null, addresses.map((each) => ({ ...each })));
    else done(null, first?.address ?? '', first?.family ?? 4);
  };
  const connect = buildConnector({ lookup: pinned, timeout: 0, autoSelectFamily: true });
  return new Agent({
    pipelining: 0, maxHeaderSize: headerBytes, connections: 1,
    connect: (options, callback) => connect(options, (...[error, socket]) => {
      if (error !== null) return callback(error, null);
      try {
        // The last word is the socket's: whom are we really talking to?
        const peer = socket.remoteAddress ?? '';
        check(host, peer, allowPrivate);
        if (!addresses.some((each) => each.address === peer || plainAddress(each.address) === plainAddress(peer))) throw new Trouble('refused', text(`the connection went to ${peer}, which is not an address of ${host}`, `la connexion est allée à ${peer}, qui n’est pas une adresse de ${host}`));
        sent.once = true;
        return callback(null, socket);
      } catch (refused) {
        socket.destroy();
        return callback(refused instanceof Error ? refused : new Error(String(refused)), null);
      }
    }),
  });
}

const plainAddress = (address: string) => (URL.canParse(`http://[${address}]/`) ? new URL(`http://[${address}]/`).hostname : address);

function plainHeaders(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) plain[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  return plain;
}

async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  let stop = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(new Trouble('aborted', text('stopped', 'arrêté')));
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
    work.catch(() => {});
  }
}

/** Without query and user: what may be shown, stored and logged. */
export function shownUrl(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}

const cut = text('the connection was cut', 'la connexion a été coupée');
const slow = text('the connection timed out', 'la connexion a expiré');
const bigHeaders = text('the headers of the answer are too large', 'les en-têtes de la réponse sont trop grands');
const codes: Record<string, [FetchTrouble, Text]> = {
  ECONNREFUSED: ['unreachable', text('the connection was refused', 'la connexion a été refusée')], ECONNRESET: ['unreachable', cut], EPIPE: ['unreachable', cut], UND_ERR_SOCKET: ['unreachable', cut],
  EHOSTUNREACH: ['unreachable', text('the host cannot be reached', 'l’hôte ne peut être joint')], ENETUNREACH: ['unreachable', text('the network cannot be reached', 'le réseau ne peut être joint')], EADDRNOTAVAIL: ['unreachable', text('the address cannot be reached', 'l’adresse ne peut être jointe')], ETIMEDOUT: ['unreachable', slow], UND_ERR_CONNECT_TIMEOUT: ['timeout', slow],
  UND_ERR_HEADERS_OVERFLOW: ['too-large', bigHeaders], HPE_HEADER_OVERFLOW: ['too-large', bigHeaders], UND_ERR_RES_CONTENT_LENGTH_MISMATCH: ['bad-answer', text('the answer is shorter or longer than it said', 'la réponse est plus courte ou plus longue qu’annoncé')], UND_ERR_RES_EXCEEDED_MAX_SIZE: ['too-large', text('the answer is too large', 'la réponse est trop grande')],
};

function troubleOf(error: unknown, deadline: AbortSignal, asked: SafeRequest): { trouble: FetchTrouble; text: Text } {
  if (asked.signal?.aborted) return { trouble: 'aborted', text: text('the call was stopped', 'l’appel a été arrêté') };
  if (deadline.aborted) return { trouble: 'timeout', text: text(`no complete answer within ${asked.timeoutMs} ms`, `pas de réponse complète en ${asked.timeoutMs} ms`) };
  for (let at: unknown = error; at instanceof Error; at = at instanceof AggregateError ? at.errors[0] : at.cause) {
    if (at instanceof Trouble) return { trouble: at.trouble, text: at.text };
    const code = 'code' in at ? String(at.code) : '';
    const known = codes[code];
    if (known) return { trouble: known[0], text: known[1] };
    if (code.startsWith('HPE_')) return { trouble: 'bad-answer', text: text('the answer is not HTTP', 'la réponse n’est pas du HTTP') };
    if (/^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|UNABLE_TO|SELF_SIGNED|EPROTO)/.test(code)) return { trouble: 'unreachable', text: text('the TLS certificate or handshake is not valid', 'le certificat ou l’échange TLS n’est pas valide') };
  }
  return { trouble: 'unreachable', text: text('the connection failed', 'la connexion a échoué') };
}
