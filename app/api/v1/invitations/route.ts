import { createInvitation, listInvitations } from '#db/invitations';
import { people } from '../../_operations/people';
import { pageOf } from '../../_page';
import { jsonReply } from '../../_reply';
import { methods, route } from '../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(people.listInvitations, async ({ database, access, query }) => pageOf(await listInvitations(database, access), query)),
  POST: route(people.createInvitation, async ({ context, database, access, body }) => {
    const urlOf = (token: string) => `${context.env.publicUrls[0] ?? ''}/invite/${token}`;
    const made = await createInvitation(database, access, { ...body, ...(context.env.smtpUrl === null ? {} : { mailTo: urlOf }) });
    if (!made.ok) return made;
    return jsonReply({ id: made.id, token: made.token, url: urlOf(made.token), mailed: made.mailed }, 201);
  }),
});
