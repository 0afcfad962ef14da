import { answerTask } from '#db/tasks';
import { inbox } from '../../../../_operations/inbox';
import { methods, route } from '../../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route(inbox.answerTask, async ({ database, access, params, body }) => {
    const answered = await answerTask(database, access, params.taskId, body.value);
    return answered.ok ? answered.task : answered;
  }),
});
