import { readNotifications } from '#db/notifications';
import { inbox } from '../../../_operations/inbox';
import { methods, route } from '../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({ POST: route(inbox.readNotifications, ({ database, access, body }) => readNotifications(database, access, body.ids)) });
