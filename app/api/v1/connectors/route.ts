import { createConnector, listConnectors } from '#db/connectors';
import { credentialKey } from '#db/credentials';
import { integrations } from '../../_operations/integrations';
import { jsonReply } from '../../_reply';
import { methods, route } from '../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(integrations.listConnectors, ({ database, access, query }) => listConnectors(database, access, query)),
  POST: route(integrations.createConnector, async ({ database, context, access, body }) => {
    const made = await createConnector(database, access, credentialKey(context.env.secretKey), body);
    return made.ok ? jsonReply(made.connector, 201) : made;
  }),
});
