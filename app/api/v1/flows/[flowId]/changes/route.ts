import { flowChanges } from '#db/flow-history';
import { history } from '../../../../_operations/history';
import { methods, route } from '../../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(history.flowChanges, ({ database, access, params, query }) => flowChanges(database, access, params.flowId, query)),
});
