import { verifyRun } from '#db/runs';
import { runs } from '../../../../_operations/runs';
import { jsonReply } from '../../../../_reply';
import { methods, route } from '../../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(runs.verifyRun, async ({ database, access, params }) => {
    const checked = await verifyRun(database, access, params.runId);
    return checked.ok ? jsonReply(checked.verified) : checked;
  }),
});
