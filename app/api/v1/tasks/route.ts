import { listTasks } from '#db/tasks';
import { inbox } from '../../_operations/inbox';
import { methods, route } from '../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({ GET: route(inbox.listTasks, ({ database, access, query }) => listTasks(database, access, query)) });
