import { diffMoments } from '#db/flow-history';
import { history } from '../../../../_operations/history';
import { methods, route } from '../../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(history.flowDiff, ({ database, access, params, query }) => diffMoments(database, access, params.flowId, query)),
});
