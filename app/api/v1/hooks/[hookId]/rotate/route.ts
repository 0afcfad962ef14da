import { rotateHook } from '#db/hooks';
import { onceShown } from '../../../../_hook-reply';
import { triggers } from '../../../../_operations/triggers';
import { methods, route } from '../../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route(triggers.rotateHook, async ({ context, database, access, params }) => {
    const rotated = await rotateHook(database, access, params.hookId);
    return rotated.ok ? onceShown(context, rotated) : rotated;
  }),
});
