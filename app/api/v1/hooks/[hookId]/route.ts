import { renameHook, revokeHook } from '#db/hooks';
import { triggers } from '../../../_operations/triggers';
import { methods, route } from '../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  PATCH: route(triggers.renameHook, async ({ database, access, params, body }) => {
    const renamed = await renameHook(database, access, params.hookId, body.name);
    return renamed.ok ? renamed.hook : renamed;
  }),
  DELETE: route(triggers.revokeHook, ({ database, access, params }) => revokeHook(database, access, params.hookId)),
});
