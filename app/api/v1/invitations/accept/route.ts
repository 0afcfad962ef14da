import { acceptInvitation } from '#db/invitations';
import { useWorkspace } from '#db/workspaces';
import { people } from '../../../_operations/people';
import { methods, personRoute } from '../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: personRoute(people.acceptInvitation, async ({ database, person, body }) => {
    const accepted = await database.db.transaction((db) => acceptInvitation(db, body.token, person.user));
    if (!accepted.ok) return accepted;
    await useWorkspace(database, person.user.id, person.sessionId, accepted.workspaceId);
    return { workspaceId: accepted.workspaceId, role: accepted.role };
  }),
});
