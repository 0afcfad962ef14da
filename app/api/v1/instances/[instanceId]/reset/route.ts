import { resetInstance } from '#db/instances';
import { runs } from '../../../../_operations/runs';
import { methods, route } from '../../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route(runs.resetInstance, ({ database, access, params }) => resetInstance(database, access, params.instanceId)),
});
