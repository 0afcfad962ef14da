import { blame } from '#db/flow-history';
import { history } from '../../../../_operations/history';
import { methods, route } from '../../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(history.flowBlame, ({ database, access, params, query }) => blame(database, access, params.flowId, query)),
});
