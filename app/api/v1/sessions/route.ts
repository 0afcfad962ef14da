import { listSessions } from '#db/sessions';
import { people } from '../../_operations/people';
import { pageOf } from '../../_page';
import { methods, personRoute } from '../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: personRoute(people.listSessions, async ({ database, person, query }) => pageOf(await listSessions(database, person.user.id, person.sessionId), query)),
});
