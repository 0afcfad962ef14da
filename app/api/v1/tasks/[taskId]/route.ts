import { getTask } from '#db/tasks';
import { inbox } from '../../../_operations/inbox';
import { methods, route } from '../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(inbox.getTask, async ({ database, access, params }) => {
    const found = await getTask(database, access, params.taskId);
    return found.ok ? found.task : found;
  }),
});
