import { importComponent } from '#db/component-file';
import { components } from '../../../_operations/components';
import { jsonReply } from '../../../_reply';
import { methods, route } from '../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route(components.importComponent, async ({ database, access, body }) => {
    const made = await importComponent(database, access, body);
    if (!made.ok) return made;
    const { ok: _ok, ...answer } = made;
    return jsonReply(answer, 201);
  }),
});
