import { unpublishFlow } from '#db/flows';
import { flows } from '../../../../_operations/flows';
import { methods, route } from '../../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route(flows.unpublishFlow, ({ database, access, params }) => unpublishFlow(database, access, params.flowId)),
});
