import { removeMember, setMemberRole } from '#db/members';
import { people } from '../../../_operations/people';
import { methods, route } from '../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  PATCH: route(people.setMemberRole, ({ database, access, params, body }) => setMemberRole(database, access, params.userId, body.role)),
  DELETE: route(people.removeMember, ({ database, access, params }) => removeMember(database, access, params.userId)),
});
