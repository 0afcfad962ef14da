import type { Namespace, Socket } from 'socket.io';
import { z } from 'zod';
import type { TailChange } from '#db/changes-tail';
import { id } from '#flow/id';
import type { ChangeHub } from './change-hub';
import { dataOf, onEvent } from './socket-event';

const topic = z.strictObject({ topic: z.enum(['component', 'entry', 'flow', 'member', 'file', 'instance', 'integration', 'history', 'comment']), objectId: id.optional() });
type Topic = z.infer<typeof topic>;
const mostTopics = 50;

/** Namespace /changes: `follow {topics}` replaces what a socket hears of; `changes {changes}` names what to read again. */
export function serveChanges(namespace: Namespace, hub: ChangeHub): void {
  const followed = new Map<Socket, Topic[]>();
  hub.listen((changes) => {
    for (const [socket, topics] of followed) {
      const { access } = dataOf(socket);
      const heard = changes.filter((change) => change.workspaceId === access.workspaceId && topics.some((each) => isAbout(each, change)));
      if (heard.length > 0) socket.emit('changes', { changes: heard.map(({ workspaceId: _workspaceId, ...change }) => change) });
    }
  });
  namespace.on('connection', (socket) => {
    onEvent(socket, 'follow', z.strictObject({ topics: z.array(topic).max(mostTopics) }), async (given) => {
      if (given.topics.length === 0) followed.delete(socket);
      else if (socket.connected) followed.set(socket, given.topics);
      return {};
    });
    socket.on('disconnect', () => followed.delete(socket));
  });
}

function isAbout(wanted: Topic, change: TailChange): boolean {
  return wanted.topic === change.topic && (wanted.objectId === undefined || wanted.objectId === change.objectId);
}
