import { rollbackFlow } from '#db/versions';
import { flows } from '../../../../_operations/flows';
import { methods, route } from '../../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route(flows.rollbackFlow, ({ database, access, params, body }) => rollbackFlow(database, access, params.flowId, body.version)),
});
