import { createEntry, listEntries } from '#db/entries';
import { components } from '../../../../_operations/components';
import { jsonReply } from '../../../../_reply';
import { methods, route } from '../../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(components.listEntries, ({ database, access, params, query }) => listEntries(database, access, params.componentId, query)),
  POST: route(components.createEntry, async ({ database, access, params, body }) => {
    const made = await createEntry(database, access, params.componentId, body);
    return made.ok ? jsonReply(made.entry, 201) : made;
  }),
});
