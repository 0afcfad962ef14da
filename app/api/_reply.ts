import type { ErrorCode } from '#flow/error-code';
import type { Failure } from '#flow/failure';
import { isJsonObject, type Json } from '#flow/json';
import type { Locale, Text } from '#flow/text';

const statuses: { [C in ErrorCode]?: number } = {
  INVALID_JSON: 400, PARAM_INVALID: 400, PARAM_REQUIRED: 400,
  NOT_SIGNED_IN: 401, LOGIN_FAILED: 401,
  ACCESS_DENIED: 403, ORIGIN_REFUSED: 403, INVITATION_REQUIRED: 403, USER_DISABLED: 403,
  NOT_FOUND: 404, FLOW_NOT_FOUND: 404, COMPONENT_NOT_FOUND: 404, ENTRY_NOT_FOUND: 404, FILE_NOT_FOUND: 404, RUN_NOT_FOUND: 404,
  STEP_NOT_FOUND: 404, VERSION_NOT_FOUND: 404, MEMBER_NOT_FOUND: 404, INVITATION_NOT_FOUND: 404, API_KEY_NOT_FOUND: 404,
  WORKSPACE_NOT_FOUND: 404, MOMENT_NOT_FOUND: 404, CHECKPOINT_NOT_FOUND: 404, COMMENT_NOT_FOUND: 404, INSTANCE_NOT_FOUND: 404, TASK_NOT_FOUND: 404, USER_NOT_FOUND: 404, HOOK_NOT_FOUND: 404, SCHEDULE_NOT_FOUND: 404, SYSTEM_NOT_FOUND: 404, CONNECTOR_NOT_FOUND: 404, ENDPOINT_NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  CONFLICT: 409, IDEMPOTENCY_CONFLICT: 409, STATE_INVALID: 409, NOT_PUBLISHED: 409, WORKFLOW_ALREADY_RUNNING: 409, REFERENCE_IN_USE: 409,
  DUPLICATE_KEY: 409, LAST_ADMIN: 409, CONFIRMATION_ANSWERED: 409, CONFIRMATION_TIMEOUT: 409, USER_EXISTS: 409,
  TOO_LARGE: 413, FILE_TOO_LARGE: 413, UNSUPPORTED_MEDIA_TYPE: 415, TOO_MANY_REQUESTS: 429, LOGIN_LOCKED: 429,
  INTERNAL: 500,
};

/** The HTTP status of a code; what is about the content of a well-formed request is 422. */
export function statusOf(code: ErrorCode): number {
  return statuses[code] ?? 422;
}

/** `{"error":{"code","message","details"?,…}}` in the caller's language, the one error shape of the API. */
export function errorReply(failure: Failure, locale: Locale): Response {
  const { details } = failure;
  const seconds = isJsonObject(details) ? details['retryAfterSeconds'] : undefined;
  return Response.json({ error: errorBody(failure, locale) }, {
    status: statusOf(failure.code), headers: { 'Cache-Control': 'no-store', ...(typeof seconds === 'number' ? { 'Retry-After': String(seconds) } : {}) },
  });
}

export function errorBody(failure: Failure, locale: Locale) {
  const { text, details, ...error } = failure;
  return { ...error, message: text[locale], ...(details === undefined ? {} : { details: inLanguage(details, locale) }) };
}

/** A failure or problem inside an answer: `message` in the caller's language, `text` with both for the browser. */
export function spoken<T extends { message: string; text: Text }>(said: T, locale: Locale): T {
  return { ...said, message: said.text[locale] };
}

/** Details hold problems and bad fields with both languages: the answer keeps one, as `message`. */
function inLanguage(value: Json, locale: Locale): Json {
  if (Array.isArray(value)) return value.map((each) => inLanguage(each, locale));
  if (!isJsonObject(value)) return value;
  const { text, ...rest } = value;
  const kept = Object.fromEntries(Object.entries(rest).map(([key, each]) => [key, inLanguage(each, locale)]));
  const message = isJsonObject(text) ? text[locale] : undefined;
  if (typeof message === 'string') return { ...kept, message };
  return text === undefined ? kept : { ...kept, text };
}

export function jsonReply(body: Json | object, status = 200): Response {
  return Response.json(body, { status, headers: { 'Cache-Control': 'no-store' } });
}
