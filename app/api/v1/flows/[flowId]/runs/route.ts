import { requestRun, waitForRun } from '#db/runs';
import { localeOf } from '#flow/locale';
import { runs } from '../../../../_operations/runs';
import { errorBody, jsonReply } from '../../../../_reply';
import { methods, route } from '../../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route(runs.startRun, async ({ database, access, request, params, body }) => {
    const { waitSeconds, ...wanted } = body;
    const requested = await requestRun(database, access, params.flowId, wanted);
    if (!requested.ok) return requested;
    const { runId } = requested;
    if (!waitSeconds) return jsonReply({ runId }, 202);
    const waited = await waitForRun(database, access, runId, waitSeconds);
    if (!waited.ok) return waited;
    const { ended, status, output, error, warnings } = waited;
    if (!ended) return jsonReply({ runId, status }, 202);
    return { runId, status, output, ...(error ? { error: errorBody(error, localeOf(request.headers)) } : {}), warnings };
  }),
});
