import { deleteEndpoint, getEndpoint, updateEndpoint } from '#db/endpoints';
import { integrations } from '../../../_operations/integrations';
import { methods, route } from '../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(integrations.getEndpoint, async ({ database, access, params }) => {
    const found = await getEndpoint(database, access, params.endpointId);
    return found.ok ? found.endpoint : found;
  }),
  PATCH: route(integrations.updateEndpoint, async ({ database, access, params, body }) => {
    const updated = await updateEndpoint(database, access, params.endpointId, body);
    return updated.ok ? updated.endpoint : updated;
  }),
  DELETE: route(integrations.deleteEndpoint, ({ database, access, params }) => deleteEndpoint(database, access, params.endpointId)),
});
