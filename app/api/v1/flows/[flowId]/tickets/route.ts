import { createTicket } from '#db/flow-tickets';
import { coEditing } from '../../../../_operations/co-editing';
import { jsonReply } from '../../../../_reply';
import { methods, route } from '../../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route(coEditing.createTicket, async ({ database, access, params }) => {
    const created = await createTicket(database, access, params.flowId);
    return created.ok ? jsonReply({ ticket: created.ticket, expiresAt: created.expiresAt }, 201) : created;
  }),
});
