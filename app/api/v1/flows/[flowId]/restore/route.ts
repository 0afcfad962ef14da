import { restoreMoment } from '#db/flow-restore';
import { history } from '../../../../_operations/history';
import { methods, route } from '../../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route(history.restoreFlow, ({ database, access, params, body }) => restoreMoment(database, access, params.flowId, body)),
});
