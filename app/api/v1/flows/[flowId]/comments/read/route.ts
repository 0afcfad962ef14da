import { markRead } from '#db/comments';
import { comments } from '../../../../../_operations/comments';
import { methods, route } from '../../../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route(comments.readComments, ({ database, access, params, body }) => markRead(database, access, params.flowId, body)),
});
