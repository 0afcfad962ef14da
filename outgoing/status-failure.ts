import { failure, type Failure } from '#flow/failure';
import { text } from '#flow/text';
import type { Reached } from './call-connector';

/** What an answer that is none means; null when it is good. `retryAfterMs` is what a busy system asks for. */
const shownBytes = 1_024;

export function statusFailure(reached: Reached): Failure | null {
  const { status, method, url, durationMs, bytes, mimeType } = reached;
  if (status >= 200 && status < 400) return null;
  const readable = reached.body.kind === 'json' || reached.body.kind === 'text' || reached.body.kind === 'broken';
  const body = readable ? Buffer.from(bytes.subarray(0, shownBytes)).toString('utf8') : mimeType;
  const retryAfterMs = retryAfterOf(reached.headers['retry-after']);
  const details = { status, method, url, durationMs, body, ...(retryAfterMs === null ? {} : { retryAfterMs }) };
  if (status === 401 || status === 403) return failure('CONNECTOR_AUTH', text(`${method} ${url} answered ${status}. Check the connector credentials.`, `${method} ${url} a répondu ${status}. Vérifiez les identifiants du connecteur.`), { details });
  return failure('HTTP_STATUS', text(`${method} ${url} answered with the error ${status}.`, `${method} ${url} a répondu par l’erreur ${status}.`), { details });
}

export function brokenFailure(reached: Reached): Failure | null {
  if (reached.body.kind !== 'broken') return null;
  const { method, url, status } = reached;
  return failure('PARSE_ERROR', text(`${method} ${url} answered something that is no JSON although it says so.`, `${method} ${url} a répondu quelque chose qui n’est pas du JSON bien qu’il le dise.`), { details: { method, url, status, body: Buffer.from(reached.bytes.subarray(0, shownBytes)).toString('utf8') } });
}

/** Seconds or a date; nobody waits longer than ten minutes. */
function retryAfterOf(header: string | undefined): number | null {
  if (header === undefined) return null;
  const seconds = /^\d{1,9}$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isFinite(seconds) ? Math.min(600_000, Math.max(0, Math.round(seconds))) : null;
}
