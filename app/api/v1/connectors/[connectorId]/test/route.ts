import { localeOf } from '#flow/locale';
import { tryConnector } from '../../../../_connector-test';
import { integrations } from '../../../../_operations/integrations';
import { spoken } from '../../../../_reply';
import { methods, route } from '../../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route(integrations.testConnector, async ({ context, access, request, params, body }) => {
    const tried = await tryConnector(context, access, { connectorId: params.connectorId, ...body });
    return tried.reached ? tried : { reached: false, failure: spoken(tried.failure, localeOf(request.headers)) };
  }),
});
