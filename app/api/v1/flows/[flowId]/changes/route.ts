import { flowChanges } from '#db/versions';
import { flows } from '../../../../_operations/flows';
import { methods, route } from '../../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(flows.flowChanges, ({ database, access, params, query }) => flowChanges(database, access, params.flowId, query)),
});
