import { revokeApiKey } from '#db/api-keys';
import { people } from '../../../_operations/people';
import { methods, route } from '../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  DELETE: route(people.revokeApiKey, ({ database, access, params }) => revokeApiKey(database, access, params.keyId)),
});
