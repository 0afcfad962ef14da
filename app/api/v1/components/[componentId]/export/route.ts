import { exportComponent } from '#db/component-file';
import { components } from '../../../../_operations/components';
import { methods, route } from '../../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(components.exportComponent, async ({ database, access, params, query }) => {
    const made = await exportComponent(database, access, params.componentId, { entries: query.entries === true });
    return made.ok ? made.file : made;
  }),
});
