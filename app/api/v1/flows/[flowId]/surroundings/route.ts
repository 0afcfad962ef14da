import { surroundingsOf } from '#db/flow-surroundings';
import { coEditing } from '../../../../_operations/co-editing';
import { methods, route } from '../../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(coEditing.flowSurroundings, ({ database, access, params }) => surroundingsOf(database, access, params.flowId)),
});
