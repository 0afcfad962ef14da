import { getRun } from '#db/runs';
import { localeOf } from '#flow/locale';
import { runs } from '../../../_operations/runs';
import { spoken } from '../../../_reply';
import { methods, route } from '../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(runs.getRun, async ({ database, access, request, params, query }) => {
    const found = await getRun(database, access, params.runId, { definition: query.definition });
    if (!found.ok) return found;
    const { error, steps, ...run } = found.run;
    const locale = localeOf(request.headers);
    const told = Object.entries(steps).map(([id, step]) => [id, step.error ? { ...step, error: spoken(step.error, locale) } : step]);
    return { ...run, steps: Object.fromEntries(told), error: error && spoken(error, locale) };
  }),
});
