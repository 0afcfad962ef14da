import { publishPreview } from '#db/versions';
import { localeOf } from '#flow/locale';
import { flows } from '../../../../_operations/flows';
import { spoken } from '../../../../_reply';
import { methods, route } from '../../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(flows.publishPreview, async ({ database, access, request, params }) => {
    const preview = await publishPreview(database, access, params.flowId);
    return preview.ok ? { ...preview, problems: preview.problems.map((each) => spoken(each, localeOf(request.headers))) } : preview;
  }),
});
