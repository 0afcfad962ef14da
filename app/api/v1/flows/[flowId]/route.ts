import { deleteFlow, getFlow, patchFlow } from '#db/flows';
import { localeOf } from '#flow/locale';
import { flows } from '../../../_operations/flows';
import { spoken } from '../../../_reply';
import { methods, route } from '../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(flows.getFlow, async ({ database, access, request, params }) => shown(await getFlow(database, access, params.flowId), request)),
  PATCH: route(flows.patchFlow, async ({ database, access, request, params, body }) => {
    const patched = await patchFlow(database, access, params.flowId, body);
    return patched.ok ? shown(await getFlow(database, access, params.flowId), request) : patched;
  }),
  DELETE: route(flows.deleteFlow, ({ database, access, params }) => deleteFlow(database, access, params.flowId)),
});

function shown(found: Awaited<ReturnType<typeof getFlow>>, request: Request) {
  return found.ok ? { ...found.flow, problems: found.flow.problems.map((each) => spoken(each, localeOf(request.headers))) } : found;
}
