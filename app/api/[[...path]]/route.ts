import { failure } from '#flow/failure';
import { localeOf } from '#flow/locale';
import { errorReply } from '../_reply';

/** Whatever no other route answers under /api. */
async function notFound(request: Request): Promise<Response> {
  const path = new URL(request.url).pathname.slice(0, 200);
  return errorReply(failure('NOT_FOUND', {
    en: `There is nothing at ${path}. GET /api/v1/openapi.json describes what there is.`, fr: `Il n’y a rien à ${path}. GET /api/v1/openapi.json décrit ce qui existe.`,
  }), localeOf(request.headers));
}

export { notFound as GET, notFound as POST, notFound as PUT, notFound as PATCH, notFound as DELETE };
