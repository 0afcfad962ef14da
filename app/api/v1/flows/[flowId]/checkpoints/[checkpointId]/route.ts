import { deleteCheckpoint, renameCheckpoint } from '#db/checkpoints';
import { history } from '../../../../../_operations/history';
import { methods, route } from '../../../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  PATCH: route(history.renameCheckpoint, ({ database, access, params, body }) => renameCheckpoint(database, access, params.flowId, params.checkpointId, body.name)),
  DELETE: route(history.deleteCheckpoint, ({ database, access, params }) => deleteCheckpoint(database, access, params.flowId, params.checkpointId)),
});
