import { createComment, listComments } from '#db/comments';
import { comments } from '../../../../_operations/comments';
import { jsonReply } from '../../../../_reply';
import { methods, route } from '../../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(comments.listComments, ({ database, access, params, query }) => listComments(database, access, params.flowId, query)),
  POST: route(comments.createComment, async ({ database, access, params, body }) => {
    const made = await createComment(database, access, params.flowId, body);
    if (!made.ok) return made;
    const { ok: _ok, ...answer } = made;
    return jsonReply(answer, 201);
  }),
});
