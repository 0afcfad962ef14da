import { deleteSystem, getSystem, updateSystem } from '#db/integrations';
import { integrations } from '../../../_operations/integrations';
import { methods, route } from '../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(integrations.getSystem, async ({ database, access, params }) => {
    const found = await getSystem(database, access, params.systemId);
    return found.ok ? found.system : found;
  }),
  PATCH: route(integrations.updateSystem, async ({ database, access, params, body }) => {
    const updated = await updateSystem(database, access, params.systemId, body);
    return updated.ok ? updated.system : updated;
  }),
  DELETE: route(integrations.deleteSystem, ({ database, access, params }) => deleteSystem(database, access, params.systemId)),
});
