import { markSeen } from '#db/flow-seen';
import { history } from '../../../../_operations/history';
import { methods, route } from '../../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route(history.markSeen, ({ database, access, params }) => markSeen(database, access, params.flowId)),
});
