import { publishFlow } from '#db/versions';
import { flows } from '../../../../_operations/flows';
import { jsonReply } from '../../../../_reply';
import { methods, route } from '../../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route(flows.publishFlow, async ({ database, access, params, body }) => {
    const published = await publishFlow(database, access, params.flowId, body);
    return published.ok ? jsonReply({ version: published.version }, 201) : published;
  }),
});
