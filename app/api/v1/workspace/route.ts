import { getWorkspace, updateWorkspace } from '#db/workspaces';
import { people } from '../../_operations/people';
import { methods, route } from '../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(people.getWorkspace, ({ database, access }) => getWorkspace(database, access)),
  PATCH: route(people.renameWorkspace, async ({ database, access, body }) => {
    const changed = await updateWorkspace(database, access, body);
    return changed.ok ? getWorkspace(database, access) : changed;
  }),
});
