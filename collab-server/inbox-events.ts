import type { Namespace, Socket } from 'socket.io';
import type { Database } from '#db/client';
import { notificationsById, unreadOf } from '#db/notifications';
import { tasksById } from '#db/tasks';
import type { ChangeHub } from './change-hub';
import { dataOf } from './socket-event';

/** Namespace /inbox: what the signed-in person is told and asked, as it happens; nobody hears of another's. Programs hear nothing. */
export function serveInbox(namespace: Namespace, database: Database, hub: ChangeHub): void {
  const listening = new Set<Socket>();
  const about = async (notificationIds: string[], taskIds: string[]): Promise<void> => {
    const [notifications, tasks] = await Promise.all([notificationsById(database, notificationIds), tasksById(database, taskIds)]);
    for (const socket of listening) {
      const { access } = dataOf(socket);
      const isHis = (each: { workspaceId: string; userId: string }) => each.workspaceId === access.workspaceId && each.userId === access.user?.id;
      const mine = notifications.filter(isHis);
      if (mine.length > 0) {
        const unread = await unreadOf(database, { workspaceId: access.workspaceId, userId: access.user?.id ?? '' });
        for (const { workspaceId: _workspaceId, userId: _userId, ...notification } of mine) socket.emit('notification', { ...notification, unread });
      }
      for (const { workspaceId, userIds, ...task } of tasks) if (workspaceId === access.workspaceId && userIds.includes(access.user?.id ?? '')) socket.emit('task', task);
    }
  };
  hub.listen((changes) => {
    if (listening.size === 0) return;
    const ids = (topic: string) => [...new Set(changes.filter((change) => change.topic === topic).map((change) => change.objectId))];
    const [notificationIds, taskIds] = [ids('notification'), ids('task')];
    if (notificationIds.length + taskIds.length === 0) return;
    about(notificationIds, taskIds).catch((error: unknown) => console.error('inboxes could not be told:', error)); // they read again when they reconnect or open
  });
  namespace.on('connection', (socket) => {
    if (dataOf(socket).access.user === null) return;
    listening.add(socket);
    socket.on('disconnect', () => listening.delete(socket));
  });
}
