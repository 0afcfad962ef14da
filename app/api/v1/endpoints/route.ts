import { createEndpoints, listEndpoints } from '#db/endpoints';
import { integrations } from '../../_operations/integrations';
import { jsonReply } from '../../_reply';
import { methods, route } from '../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(integrations.listEndpoints, ({ database, access, query }) => listEndpoints(database, access, query)),
  POST: route(integrations.createEndpoint, async ({ database, access, body: { connectorId, ...wanted } }) => {
    const made = await createEndpoints(database, access, connectorId, [wanted]);
    return made.ok ? jsonReply(made.endpoints[0] ?? {}, 201) : made;
  }),
});
