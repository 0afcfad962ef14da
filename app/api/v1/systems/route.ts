import { createSystem, listSystems } from '#db/integrations';
import { integrations } from '../../_operations/integrations';
import { jsonReply } from '../../_reply';
import { methods, route } from '../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(integrations.listSystems, ({ database, access, query }) => listSystems(database, access, query)),
  POST: route(integrations.createSystem, async ({ database, access, body }) => {
    const made = await createSystem(database, access, body);
    return made.ok ? jsonReply(made.system, 201) : made;
  }),
});
