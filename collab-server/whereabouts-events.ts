import type { Namespace } from 'socket.io';
import { z } from 'zod';
import type { Database } from '#db/client';
import { place } from '#flow/whereabouts';
import { dataOf, onEvent } from './socket-event';
import { WhereaboutsRoster } from './whereabouts-roster';

/**
 * Namespace /presence: `at {place}` says where this page is, `here {people}` names every open page of the workspace, at
 * once and at each change. A program (API key) reads and is not shown.
 */
export async function serveWhereabouts(namespace: Namespace, database: Database): Promise<WhereaboutsRoster> {
  const roster = new WhereaboutsRoster(database, (workspaceId, people) => namespace.to(workspaceId).emit('here', { people }));
  await roster.start();
  namespace.on('connection', (socket) => {
    const { access } = dataOf(socket);
    void socket.join(access.workspaceId);
    socket.emit('here', { people: roster.of(access.workspaceId), you: access.user?.id ?? null });
    onEvent(socket, 'at', z.strictObject({ place }), async (given) => {
      if (access.user !== null && socket.connected) roster.put(access.workspaceId, { id: socket.id, user: access.user, place: given.place, since: new Date().toISOString() });
      return {};
    });
    socket.on('disconnect', () => roster.remove(access.workspaceId, socket.id));
  });
  return roster;
}
