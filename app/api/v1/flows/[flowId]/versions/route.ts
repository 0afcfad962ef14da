import { listVersions } from '#db/versions';
import { flows } from '../../../../_operations/flows';
import { methods, route } from '../../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(flows.listVersions, ({ database, access, params, query }) => listVersions(database, access, params.flowId, query)),
});
