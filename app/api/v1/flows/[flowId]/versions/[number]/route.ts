import { getVersion } from '#db/versions';
import { flows } from '../../../../../_operations/flows';
import { methods, route } from '../../../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(flows.getVersion, async ({ database, access, params }) => {
    const found = await getVersion(database, access, params.flowId, params.number);
    return found.ok ? found.version : found;
  }),
});
