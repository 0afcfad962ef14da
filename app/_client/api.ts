import type { ErrorCode } from '#flow/error-code';

export type ApiFailure = { code: ErrorCode; message: string; details?: unknown };
export type ApiAnswer<T> = { ok: true; data: T } | { ok: false; failure: ApiFailure };
type Call = { method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'; body?: unknown; signal?: AbortSignal };

/**
 * `/api/v1` from the browser, failures as data in the language of the page. A network that is down is a failure too;
 * an aborted call throws as `fetch` does, because nobody waits for its answer any more.
 */
export async function api<T>(path: string, call: Call = {}): Promise<ApiAnswer<T>> {
  const answer = await request<T>(`/api/v1${path}`, call);
  if (!answer.ok && answer.failure.code === 'NOT_SIGNED_IN') {
    window.location.assign(`/sign-in?next=${encodeURIComponent(window.location.pathname + window.location.search)}`);
  }
  return answer;
}

/** better-auth's own paths, which answer in the same error shape. */
export async function authApi<T>(path: string, body: unknown = {}): Promise<ApiAnswer<T>> {
  return request<T>(`/api/auth${path}`, { method: 'POST', body });
}

async function request<T>(url: string, { method = 'GET', body, signal }: Call): Promise<ApiAnswer<T>> {
  const language = document.documentElement.lang || 'en';
  const json = body !== undefined && !(body instanceof FormData);
  let response: Response;
  try {
    response = await fetch(url, {
      method, ...(signal ? { signal } : {}), headers: { 'Accept-Language': language, ...(json ? { 'Content-Type': 'application/json' } : {}) },
      ...(body === undefined ? {} : { body: body instanceof FormData ? body : JSON.stringify(body) }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    return { ok: false, failure: { code: 'INTERNAL', message: unreachable[language === 'fr' ? 'fr' : 'en'] } };
  }
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok) return { ok: true, data: answer as T }; // the caller names the documented answer of the path it asks
  return { ok: false, failure: failureIn(answer) ?? { code: 'INTERNAL', message: `${response.status} ${response.statusText}`.trim() } };
}

const unreachable = { en: 'The server was not reached. Check the connection and try again.', fr: 'Le serveur n’a pas été atteint. Vérifiez la connexion et réessayez.' };

function failureIn(answer: unknown): ApiFailure | null {
  if (typeof answer !== 'object' || answer === null || !('error' in answer)) return null;
  const { error } = answer;
  if (typeof error !== 'object' || error === null || !('code' in error) || !('message' in error)) return null;
  const details = 'details' in error ? { details: error.details } : {};
  return { code: error.code as ErrorCode, message: String(error.message), ...details }; // the server's codes are this closed list
}

/** What the server said about single fields, by field: `details: [{ path, message }]`. */
export function fieldErrors(failure: ApiFailure): Record<string, string> {
  if (!Array.isArray(failure.details)) return {};
  const found: Record<string, string> = {};
  for (const each of failure.details as unknown[]) {
    if (typeof each === 'object' && each !== null && 'path' in each && 'message' in each) found[String(each.path)] ??= String(each.message);
  }
  return found;
}
