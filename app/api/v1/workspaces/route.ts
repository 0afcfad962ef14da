import { failure } from '#flow/failure';
import { insertWorkspace, useWorkspace, workspacesOf } from '#db/workspaces';
import { people } from '../../_operations/people';
import { jsonReply } from '../../_reply';
import { methods, personRoute } from '../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: personRoute(people.createWorkspace, async ({ context, database, person, body }) => {
    const mine = await workspacesOf(database.db, person.user.id);
    if (context.env.auth.signUp !== 'open' && !mine.some((each) => each.role === 'owner')) return { ok: false, failure: notHere };
    const id = await database.db.transaction((db) => insertWorkspace(db, person.user.id, body.name));
    await useWorkspace(database, person.user.id, person.sessionId, id);
    return jsonReply({ id, name: body.name, role: 'owner' }, 201);
  }),
});

const notHere = failure('ACCESS_DENIED', {
  en: 'Only an owner of a workspace may make another one here. Ask for an invitation, or start the server with SIGN_UP=open.',
  fr: 'Ici, seul un propriétaire d’espace peut en créer un autre. Demandez une invitation, ou démarrez le serveur avec SIGN_UP=open.',
});
