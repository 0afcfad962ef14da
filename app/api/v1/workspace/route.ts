import { getWorkspace, renameWorkspace } from '#db/workspaces';
import { people } from '../../_operations/people';
import { methods, route } from '../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(people.getWorkspace, ({ database, access }) => getWorkspace(database, access)),
  PATCH: route(people.renameWorkspace, async ({ database, access, body }) => {
    const renamed = await renameWorkspace(database, access, body.name);
    return renamed.ok ? getWorkspace(database, access) : renamed;
  }),
});
