import type { Namespace, Socket } from 'socket.io';
import { z } from 'zod';
import type { TailChange } from '#db/changes-tail';
import { id } from '#flow/id';
import { mostRecentMs, type ChangeHub } from './change-hub';
import { dataOf, onEvent } from './socket-event';

const topic = z.strictObject({ topic: z.enum(['component', 'entry', 'flow', 'member', 'file', 'instance', 'integration', 'history', 'comment', 'export']), objectId: id.optional() });
type Topic = z.infer<typeof topic>;
const mostTopics = 50;
const follow = z.strictObject({ topics: z.array(topic).max(mostTopics), withinMs: z.number().int().min(0).max(mostRecentMs).optional() });

/**
 * Namespace /changes: `follow {topics, withinMs?}` replaces what a socket hears of; `changes {changes}` names what to read
 * again. With `withinMs` the answer holds what changed in that time before: what a page missed between being drawn on
 * the server and following.
 */
export function serveChanges(namespace: Namespace, hub: ChangeHub): void {
  const followed = new Map<Socket, Topic[]>();
  hub.listen((changes) => {
    for (const [socket, topics] of followed) {
      const { access } = dataOf(socket);
      const heard = told(changes, access.workspaceId, topics);
      if (heard.length > 0) socket.emit('changes', { changes: heard });
    }
  });
  namespace.on('connection', (socket) => {
    onEvent(socket, 'follow', follow, async ({ topics, withinMs }, access) => {
      if (topics.length === 0) followed.delete(socket);
      else if (socket.connected) followed.set(socket, topics);
      return withinMs === undefined ? {} : { recent: told(hub.recent(withinMs), access.workspaceId, topics) };
    });
    socket.on('disconnect', () => followed.delete(socket));
  });
}

/** What of these changes somebody of this workspace who follows these topics is told. */
function told(changes: readonly TailChange[], workspaceId: string, topics: readonly Topic[]) {
  const heard = changes.filter((change) => change.workspaceId === workspaceId && topics.some((each) => isAbout(each, change)));
  return heard.map(({ workspaceId: _workspaceId, ...change }) => change);
}

function isAbout(wanted: Topic, change: TailChange): boolean {
  return wanted.topic === change.topic && (wanted.objectId === undefined || wanted.objectId === change.objectId);
}
