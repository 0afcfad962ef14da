import { listMembers } from '#db/members';
import { people } from '../../_operations/people';
import { pageOf } from '../../_page';
import { methods, route } from '../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(people.listMembers, async ({ database, access, query }) => pageOf(await listMembers(database, access), query)),
});
