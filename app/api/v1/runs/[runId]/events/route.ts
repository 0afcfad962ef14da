import { runEvents } from '#db/runs';
import { runs } from '../../../../_operations/runs';
import { methods, route } from '../../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(runs.runEvents, ({ database, access, params, query }) => runEvents(database, access, params.runId, query)),
});
