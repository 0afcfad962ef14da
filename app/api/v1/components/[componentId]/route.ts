import { deleteComponent, getComponent, updateComponent } from '#db/components';
import { components } from '../../../_operations/components';
import { methods, route } from '../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(components.getComponent, async ({ database, access, params }) => {
    const found = await getComponent(database, access, params.componentId);
    return found.ok ? found.component : found;
  }),
  PATCH: route(components.updateComponent, async ({ database, access, params, body }) => {
    const updated = await updateComponent(database, access, params.componentId, body);
    return updated.ok ? updated.component : updated;
  }),
  DELETE: route(components.deleteComponent, ({ database, access, params }) => deleteComponent(database, access, params.componentId)),
});
