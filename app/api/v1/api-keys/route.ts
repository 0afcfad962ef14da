import { createApiKey, listApiKeys } from '#db/api-keys';
import { people } from '../../_operations/people';
import { pageOf } from '../../_page';
import { jsonReply } from '../../_reply';
import { methods, route } from '../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(people.listApiKeys, async ({ database, access, query }) => {
    const listed = await listApiKeys(database, access);
    return listed.ok ? pageOf(listed.items, query) : listed;
  }),
  POST: route(people.createApiKey, async ({ database, access, body }) => {
    const made = await createApiKey(database, access, body);
    return made.ok ? jsonReply({ id: made.id, key: made.key, name: body.name, role: body.role }, 201) : made;
  }),
});
