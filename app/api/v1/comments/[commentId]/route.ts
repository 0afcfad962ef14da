import { deleteComment, updateComment } from '#db/comments';
import { comments } from '../../../_operations/comments';
import { methods, route } from '../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  PATCH: route(comments.updateComment, ({ database, access, params, body }) => updateComment(database, access, params.commentId, body)),
  DELETE: route(comments.deleteComment, ({ database, access, params }) => deleteComment(database, access, params.commentId)),
});
