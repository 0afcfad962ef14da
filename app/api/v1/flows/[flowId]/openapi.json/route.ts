import { flowApi } from '#db/flow-api';
import { flows } from '../../../../_operations/flows';
import { methods, route } from '../../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(flows.flowApi, async ({ database, access, context, params }) => {
    const made = await flowApi(database, access, params.flowId, context.env.publicUrls[0] ?? '');
    return made.ok ? { ...made.document } : made;
  }),
});
