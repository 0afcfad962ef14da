import { deleteConnector, getConnector, updateConnector } from '#db/connectors';
import { credentialKey } from '#db/credentials';
import { integrations } from '../../../_operations/integrations';
import { methods, route } from '../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(integrations.getConnector, async ({ database, access, params }) => {
    const found = await getConnector(database, access, params.connectorId);
    return found.ok ? found.connector : found;
  }),
  PATCH: route(integrations.updateConnector, async ({ database, context, access, params, body }) => {
    const updated = await updateConnector(database, access, credentialKey(context.env.secretKey), params.connectorId, body);
    return updated.ok ? updated.connector : updated;
  }),
  DELETE: route(integrations.deleteConnector, ({ database, access, params }) => deleteConnector(database, access, params.connectorId)),
});
