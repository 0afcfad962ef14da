import { listRuns } from '#db/runs';
import { runs } from '../../_operations/runs';
import { methods, route } from '../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(runs.listRuns, ({ database, access, query }) => listRuns(database, access, query)),
});
