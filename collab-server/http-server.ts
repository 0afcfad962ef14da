import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { addressHeader, pathHeader } from '#db/auth';
import type { Database } from '#db/client';
import { failure, type Failure } from '#flow/failure';
import { tell, traced } from '#db/trace';
import { metricsText, type Metrics } from './metrics';

export type HandleRequest = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;
type Parts = { database: Database; metrics: Metrics; handleRequest: HandleRequest; isClosing: () => boolean };

/** Longer than a proxy or client keeps an idle connection: whoever closes first loses the request that is just being sent. */
const keptAliveMs = 75_000;
const readyTimeoutMs = 2_000;
const securityHeaders = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'same-origin',
  'X-Frame-Options': 'DENY',
  'Content-Security-Policy': "frame-ancestors 'none'; base-uri 'self'; object-src 'none'",
};

/** Nothing under /api or /hooks is a page: what people uploaded runs nothing even where a browser shows it. */
const apiPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox";

/** What every request passes before Next sees it: headers of ours, health, metrics, and paths that are none. */
export function createHttpServer(parts: Parts): Server {
  return createServer({ keepAliveTimeout: keptAliveMs }, (request, response) => {
    const path = pathOf(request);
    const served = path.startsWith('/api/') || path.startsWith('/hooks/')
      ? traced(`${request.method} ${template(path)}`, { 'http.request.method': request.method ?? '', 'url.path': template(path) }, () => answerFully(parts, request, response), { kind: 'server', parent: headerOf(request, 'traceparent') })
      : answer(parts, request, response);
    served.catch((error: unknown) => {
      console.error('unexpected error while answering', request.method, request.url, error);
      if (response.headersSent) response.destroy();
      else sendFailure(response, 500, failure('INTERNAL', { en: 'Something went wrong on the server. It was logged; try again.', fr: 'Une erreur s’est produite sur le serveur. Elle a été notée ; réessayez.' }));
    });
  });
}

/** A path without what it is about: ids make too many names, and a hook's token is a secret. */
function template(path: string): string {
  return path.replace(/^\/hooks\/[^/]+/, '/hooks/:token').replace(/\/(?:[0-9a-f-]{36}|[a-z]{3}_[^/]+|\d+|[A-Za-z0-9_-]{40,})(?=\/|$)/g, '/:id').slice(0, 120);
}

const headerOf = (request: IncomingMessage, name: string) => {
  const value = request.headers[name];
  return typeof value === 'string' ? value : null;
};

/** Next answers in its own time: the span ends with the response. */
async function answerFully(parts: Parts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  await answer(parts, request, response);
  tell({ 'http.response.status_code': response.statusCode });
}

async function answer(parts: Parts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  setOwnHeaders(request);
  for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
  const path = pathOf(request);
  const isForMachines = path === '/api' || path.startsWith('/api/') || path.startsWith('/hooks/');
  if (isForMachines) response.setHeader('Content-Security-Policy', apiPolicy);
  if (path === '/health/live') return sendJson(response, 200, { ok: true });
  if (path === '/health/ready') return answerReady(parts, response);
  if (path === '/metrics') return answerMetrics(parts, response);
  if (isForMachines && isMalformed(path)) return sendFailure(response, 400, malformedPath);
  return parts.handleRequest(request, response);
}

/** Sign-in limits count by address: it comes from the socket, never from the client. The path is where signing in leads back to. */
function setOwnHeaders(request: IncomingMessage): void {
  setOwn(request, addressHeader, request.socket.remoteAddress ?? '');
  setOwn(request, pathHeader, request.url ?? '/');
}

function setOwn(request: IncomingMessage, name: string, value: string): void {
  request.headers[name] = value;
  for (let at = request.rawHeaders.length - 2; at >= 0; at -= 2) {
    if (request.rawHeaders[at]?.toLowerCase() === name) request.rawHeaders.splice(at, 2);
  }
  request.rawHeaders.push(name, value);
}

export function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split(/[?#]/, 1)[0] ?? '/';
}

function isMalformed(path: string): boolean {
  try {
    const decoded = decodeURIComponent(path);
    // oxlint-disable-next-line no-control-regex -- control characters are what is refused
    return /[\u0000-\u001f\\]/.test(decoded) || decoded.split('/').some((part) => part === '..' || part === '.');
  } catch {
    return true;
  }
}

const malformedPath = failure('PARAM_INVALID', {
  en: 'This path is not valid: it holds a broken escape, a control character or "..". Encode it as UTF-8 percent escapes.',
  fr: 'Ce chemin n’est pas valide : il contient un échappement défectueux, un caractère de contrôle ou « .. ». Encodez-le en UTF-8.',
});

async function answerReady(parts: Parts, response: ServerResponse): Promise<void> {
  if (parts.isClosing()) return sendJson(response, 503, { ok: false, reason: 'closing' });
  let timer: NodeJS.Timeout | undefined;
  try {
    await Promise.race([
      parts.database.sql`select 1`,
      new Promise((_resolve, reject) => (timer = setTimeout(() => reject(new Error('the database did not answer in time')), readyTimeoutMs))),
    ]);
    sendJson(response, 200, { ok: true });
  } catch (error) {
    console.error('not ready:', error);
    sendJson(response, 503, { ok: false, reason: 'database' });
  } finally {
    clearTimeout(timer);
  }
}

async function answerMetrics(parts: Parts, response: ServerResponse): Promise<void> {
  const body = await metricsText(parts.metrics, parts.database.sql);
  response.writeHead(200, { 'Content-Type': parts.metrics.registry.contentType, 'Cache-Control': 'no-store' }).end(body);
}

function sendFailure(response: ServerResponse, status: number, failed: Failure): void {
  sendJson(response, status, { error: { code: failed.code, message: failed.message } });
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' }).end(JSON.stringify(body));
}
