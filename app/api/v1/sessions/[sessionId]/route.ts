import { revokeSession } from '#db/sessions';
import { people } from '../../../_operations/people';
import { methods, personRoute } from '../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  DELETE: personRoute(people.revokeSession, ({ database, person, params }) => revokeSession(database, person.user.id, params.sessionId)),
});
