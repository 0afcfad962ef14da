import { revokeInvitation } from '#db/invitations';
import { people } from '../../../_operations/people';
import { methods, route } from '../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  DELETE: route(people.revokeInvitation, ({ database, access, params }) => revokeInvitation(database, access, params.invitationId)),
});
