import { createFlow, listFlows } from '#db/flows';
import { flows } from '../../_operations/flows';
import { jsonReply } from '../../_reply';
import { methods, route } from '../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(flows.listFlows, ({ database, access, query }) => listFlows(database, access, query)),
  POST: route(flows.createFlow, async ({ database, access, body }) => {
    const made = await createFlow(database, access, body);
    return made.ok ? jsonReply({ id: made.id }, 201) : made;
  }),
});
