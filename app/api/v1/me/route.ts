import { authenticate, signedInUser } from '#db/authenticate';
import { getWorkspace, useWorkspace, workspacesOf } from '#db/workspaces';
import { people } from '../../_operations/people';
import { methods, openRoute, personRoute } from '../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  // A person without a workspace may ask too, and so may a key, which is nobody's.
  GET: openRoute(people.me, async ({ database, context: { auth }, request }) => {
    const asked = await authenticate(database, auth, { headers: request.headers });
    if (asked.ok && asked.access.via === 'api-key') return { user: null, workspaces: [await getWorkspace(database, asked.access)], workspaceId: asked.access.workspaceId };
    const person = asked.ok || asked.failure.code === 'WORKSPACE_NOT_FOUND' ? await signedInUser(database, auth, request.headers) : null;
    if (!person) return asked;
    return { user: person.user, workspaces: await workspacesOf(database.db, person.user.id), workspaceId: asked.ok ? asked.access.workspaceId : null };
  }),
  PATCH: personRoute(people.chooseWorkspace, ({ database, person, body }) => useWorkspace(database, person.user.id, person.sessionId, body.workspaceId)),
});
