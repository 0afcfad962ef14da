import { createCheckpoint, listCheckpoints } from '#db/checkpoints';
import { history } from '../../../../_operations/history';
import { jsonReply } from '../../../../_reply';
import { methods, route } from '../../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(history.listCheckpoints, ({ database, access, params }) => listCheckpoints(database, access, params.flowId)),
  POST: route(history.createCheckpoint, async ({ database, access, params, body }) => {
    const made = await createCheckpoint(database, access, params.flowId, body);
    if (!made.ok) return made;
    const { ok: _ok, ...answer } = made;
    return jsonReply(answer, 201);
  }),
});
