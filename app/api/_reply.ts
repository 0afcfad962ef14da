import type { ErrorCode } from '#flow/error-code';
import type { Failure } from '#flow/failure';
import type { Json } from '#flow/json';

const statuses: { [C in ErrorCode]?: number } = {
  INVALID_JSON: 400, PARAM_INVALID: 400, PARAM_REQUIRED: 400,
  NOT_SIGNED_IN: 401, LOGIN_FAILED: 401,
  ACCESS_DENIED: 403, ORIGIN_REFUSED: 403, INVITATION_REQUIRED: 403, USER_DISABLED: 403,
  NOT_FOUND: 404, FLOW_NOT_FOUND: 404, COMPONENT_NOT_FOUND: 404, ENTRY_NOT_FOUND: 404, FILE_NOT_FOUND: 404, RUN_NOT_FOUND: 404,
  STEP_NOT_FOUND: 404, VERSION_NOT_FOUND: 404, MEMBER_NOT_FOUND: 404, INVITATION_NOT_FOUND: 404, API_KEY_NOT_FOUND: 404,
  WORKSPACE_NOT_FOUND: 404, INSTANCE_NOT_FOUND: 404, USER_NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  CONFLICT: 409, IDEMPOTENCY_CONFLICT: 409, STATE_INVALID: 409, NOT_PUBLISHED: 409, WORKFLOW_ALREADY_RUNNING: 409, REFERENCE_IN_USE: 409,
  DUPLICATE_KEY: 409, LAST_ADMIN: 409, CONFIRMATION_ANSWERED: 409, USER_EXISTS: 409,
  TOO_LARGE: 413, FILE_TOO_LARGE: 413, UNSUPPORTED_MEDIA_TYPE: 415, TOO_MANY_REQUESTS: 429, LOGIN_LOCKED: 429,
  INTERNAL: 500,
};

/** The HTTP status of a code; what is about the content of a well-formed request is 422. */
export function statusOf(code: ErrorCode): number {
  return statuses[code] ?? 422;
}

/** `{"error":{"code","message","details"?,…}}`, the one error shape of the API. */
export function errorReply(failure: Failure): Response {
  const { text: _text, ...error } = failure;
  return Response.json({ error }, { status: statusOf(failure.code), headers: { 'Cache-Control': 'no-store' } });
}

export function jsonReply(body: Json | object, status = 200): Response {
  return Response.json(body, { status, headers: { 'Cache-Control': 'no-store' } });
}
