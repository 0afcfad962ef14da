import { localeOf } from '#flow/locale';
import { openApi } from '../../_openapi';
import { reference } from '../../_operations/reference';
import { jsonReply } from '../../_reply';
import { methods, openRoute } from '../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: openRoute(reference.openapi, async ({ query, request }) => {
    const locale = query.lang ?? localeOf(request.headers);
    const reply = jsonReply(openApi(locale));
    reply.headers.set('Content-Language', locale);
    return reply;
  }),
});
