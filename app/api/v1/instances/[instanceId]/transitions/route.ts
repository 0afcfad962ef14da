import { listTransitions } from '#db/instances';
import { runs } from '../../../../_operations/runs';
import { methods, route } from '../../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(runs.listTransitions, ({ database, access, params, query }) => listTransitions(database, access, params.instanceId, query)),
});
