import { createSchedule, listSchedules } from '#db/schedules';
import { triggers } from '../../_operations/triggers';
import { jsonReply } from '../../_reply';
import { methods, route } from '../../_route';
import { localeOf } from '#flow/locale';
import { scheduleReply } from '../../_schedule-reply';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(triggers.listSchedules, async ({ database, access, request, query }) => {
    const listed = await listSchedules(database, access, query);
    return listed.ok ? { ...listed, items: listed.items.map((each) => scheduleReply(each, localeOf(request.headers))) } : listed;
  }),
  POST: route(triggers.createSchedule, async ({ database, access, request, body }) => {
    const { componentId, ...wish } = body;
    const made = await createSchedule(database, access, componentId, wish);
    return made.ok ? jsonReply(scheduleReply(made.schedule, localeOf(request.headers)), 201) : made;
  }),
});
