import { flowAt } from '#db/flow-history';
import { history } from '../../../../../_operations/history';
import { methods, route } from '../../../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(history.flowAt, async ({ database, access, params }) => {
    const found = await flowAt(database, access, params.flowId, params.seq);
    return found.ok ? found.moment : found;
  }),
});
