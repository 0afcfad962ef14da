import { forkRun } from '#db/runs';
import { runs } from '../../../../_operations/runs';
import { jsonReply } from '../../../../_reply';
import { methods, route } from '../../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route(runs.forkRun, async ({ database, access, params, body }) => {
    const forked = await forkRun(database, access, params.runId, body);
    return forked.ok ? jsonReply({ runId: forked.runId }, 202) : forked;
  }),
});
