import { runItems } from '#db/runs';
import { runs } from '../../../../../../_operations/runs';
import { methods, route } from '../../../../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(runs.runItems, ({ database, access, params, query }) => runItems(database, access, params.runId, params.stepId, query)),
});
