import { createComponent, listComponents } from '#db/components';
import { components } from '../../_operations/components';
import { jsonReply } from '../../_reply';
import { methods, route } from '../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(components.listComponents, ({ database, access, query }) => listComponents(database, access, query)),
  POST: route(components.createComponent, async ({ database, access, body }) => {
    const made = await createComponent(database, access, body);
    return made.ok ? jsonReply(made.component, 201) : made;
  }),
});
