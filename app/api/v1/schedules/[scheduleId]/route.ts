import { deleteSchedule, getSchedule, updateSchedule } from '#db/schedules';
import { localeOf } from '#flow/locale';
import { triggers } from '../../../_operations/triggers';
import { methods, route } from '../../../_route';
import { scheduleReply } from '../../../_schedule-reply';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(triggers.getSchedule, async ({ database, access, request, params }) => {
    const found = await getSchedule(database, access, params.scheduleId);
    return found.ok ? scheduleReply(found.schedule, localeOf(request.headers)) : found;
  }),
  PATCH: route(triggers.updateSchedule, async ({ database, access, request, params, body }) => {
    const updated = await updateSchedule(database, access, params.scheduleId, body);
    return updated.ok ? scheduleReply(updated.schedule, localeOf(request.headers)) : updated;
  }),
  DELETE: route(triggers.deleteSchedule, ({ database, access, params }) => deleteSchedule(database, access, params.scheduleId)),
});
