import { integrationUses } from '#db/integration-uses';
import { integrations } from '../../../../_operations/integrations';
import { methods, route } from '../../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(integrations.endpointUses, ({ database, access, params }) => integrationUses(database, access, { kind: 'endpoint', id: params.endpointId })),
});
