import { serverContext } from '../../../_server/context';
import { isAllowedOrigin } from '../../_origin';
import { errorReply } from '../../_reply';
import { originRefused } from '../../_route';

/** better-auth's own paths and answers. Sign-up and sign-in carry no cookie yet, so the Origin is checked when there is one. */
async function handle(request: Request): Promise<Response> {
  const { auth, env } = serverContext();
  const origin = request.headers.get('origin');
  const mutating = request.method !== 'GET' && request.method !== 'HEAD';
  const cookie = request.headers.get('cookie') !== null;
  if (mutating && (origin !== null || cookie) && !isAllowedOrigin(origin, env.publicUrls)) return errorReply(originRefused(origin));
  return auth.handler(request);
}

export const dynamic = 'force-dynamic';
export { handle as GET, handle as POST };
