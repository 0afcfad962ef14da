import { flowEdits } from '#db/flow-history';
import { history } from '../../../../_operations/history';
import { methods, route } from '../../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(history.flowHistory, ({ database, access, params, query }) => flowEdits(database, access, params.flowId, query)),
});
