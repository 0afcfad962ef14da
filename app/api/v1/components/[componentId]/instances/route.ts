import { listInstances } from '#db/instances';
import { runs } from '../../../../_operations/runs';
import { methods, route } from '../../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(runs.listInstances, ({ database, access, params, query }) => listInstances(database, access, params.componentId, query)),
});
