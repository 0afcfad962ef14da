import { deleteEntry, getEntry, updateEntry } from '#db/entries';
import { components } from '../../../../../_operations/components';
import { methods, route } from '../../../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(components.getEntry, async ({ database, access, params }) => {
    const found = await getEntry(database, access, params.componentId, params.entryId);
    return found.ok ? found.entry : found;
  }),
  PATCH: route(components.updateEntry, async ({ database, access, params, body }) => {
    const updated = await updateEntry(database, access, params.componentId, params.entryId, body);
    return updated.ok ? updated.entry : updated;
  }),
  DELETE: route(components.deleteEntry, ({ database, access, params }) => deleteEntry(database, access, params.componentId, params.entryId)),
});
