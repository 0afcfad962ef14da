import { createHook, listHooks } from '#db/hooks';
import { onceShown } from '../../../../_hook-reply';
import { triggers } from '../../../../_operations/triggers';
import { jsonReply } from '../../../../_reply';
import { methods, route } from '../../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(triggers.listHooks, ({ database, access, params, query }) => listHooks(database, access, params.flowId, query)),
  POST: route(triggers.createHook, async ({ context, database, access, params, body }) => {
    const made = await createHook(database, access, params.flowId, body);
    return made.ok ? jsonReply(onceShown(context, made), 201) : made;
  }),
});
