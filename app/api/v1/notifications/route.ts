import { listNotifications } from '#db/notifications';
import { inbox } from '../../_operations/inbox';
import { methods, route } from '../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({ GET: route(inbox.listNotifications, ({ database, access, query }) => listNotifications(database, access, query)) });
