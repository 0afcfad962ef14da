import { pauseRun } from '#db/runs';
import { runs } from '../../../../_operations/runs';
import { jsonReply } from '../../../../_reply';
import { methods, route } from '../../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route(runs.pauseRun, async ({ database, access, params }) => {
    const asked = await pauseRun(database, access, params.runId);
    return asked.ok ? jsonReply({ runId: asked.runId }, 202) : asked;
  }),
});
