import { entryHistory } from '#db/entries';
import { components } from '../../../../../../_operations/components';
import { methods, route } from '../../../../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(components.entryHistory, ({ database, access, params, query }) => entryHistory(database, access, params.componentId, params.entryId, query)),
});
