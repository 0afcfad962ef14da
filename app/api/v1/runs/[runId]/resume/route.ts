import { resumeRun } from '#db/runs';
import { runs } from '../../../../_operations/runs';
import { jsonReply } from '../../../../_reply';
import { methods, route } from '../../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route(runs.resumeRun, async ({ database, access, params, body }) => {
    const asked = await resumeRun(database, access, params.runId, body);
    return asked.ok ? jsonReply({ runId: asked.runId }, 202) : asked;
  }),
});
