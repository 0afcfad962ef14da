import type { Namespace } from 'socket.io';
import { z } from 'zod';
import { denied } from '#db/access';
import type { Database } from '#db/client';
import { listRuns } from '#db/run-list';
import { runOf } from '#db/run-row';
import { failure, FailureError } from '#flow/failure';
import { id } from '#flow/id';
import { runStatuses } from '#flow/run-state';
import type { RunHub, Tell } from './run-hub';
import type { RunListHub } from './run-list-hub';
import { dataOf, onEvent } from './socket-event';

const mostWatches = 200;
const eventsPerMessage = 200;
const openStatuses = ['queued', 'running', 'waiting', 'paused'];

const runId = z.uuid('a run id is a UUID');
const listed = <S extends z.ZodType<string, string>>(shape: S) => z.union([z.string().transform((each) => each.split(',').map((part) => part.trim()).filter((part) => part !== '')), z.array(z.string())])
  .pipe(z.array(shape).max(20)).optional();
/** NUL is no text to PostgreSQL. */
const plain = (most: number) => z.string().max(most).refine((each) => !each.includes('\0'), 'holds the character U+0000');
const filter = z.strictObject({
  flowId: id.optional(), componentId: id.optional(), status: listed(z.enum(runStatuses)), startedBy: plain(64).optional(),
  trigger: listed(plain(64)), from: z.iso.datetime({ offset: true }).optional(), to: z.iso.datetime({ offset: true }).optional(), q: plain(200).optional(),
});
/** A page may follow several lists over one socket: what comes for a named one carries its name. */
const listName = z.strictObject({ list: id.optional() });

/** A socket stands in a room of its own name: told together, the message is encoded and framed once for all of them. */
export function eventsTo(namespace: Namespace): Tell {
  return (socketIds, watched, events) => {
    for (let at = 0; at < events.length; at += eventsPerMessage) namespace.to([...socketIds]).emit('events', { runId: watched, events: events.slice(at, at + eventsPerMessage) });
  };
}

/** The events of namespace /runs (protocols.md, "Live runs"). */
export function serveRuns(namespace: Namespace, database: Database, runHub: RunHub, listHub: RunListHub): void {
  namespace.on('connection', (socket) => {
    const watches = new Map<string, () => void>();
    const makeRoom = (key: string) => {
      if (watches.size >= mostWatches && !watches.has(key)) throw new FailureError(tooManyWatches);
    };
    const start = (key: string, watch: () => () => void) => {
      watches.get(key)?.();
      watches.set(key, watch());
    };
    const stop = (key: string) => {
      watches.get(key)?.();
      watches.delete(key);
    };
    const tell = (event: 'run', payload: object) => socket.connected && !denied(dataOf(socket).access, 'workspace.read') && socket.emit(event, payload);

    onEvent(socket, 'watch', z.strictObject({ runId, after: z.int().min(0).default(0) }), async (given, access) => {
      const key = `run ${given.runId}`;
      const run = await runOf(database.db, access, given.runId);
      // Its place is taken now: many may be asked for before the first begins.
      makeRoom(key);
      watches.set(key, watches.get(key) ?? (() => {}));
      // The answer goes first: a client then knows its watch before the first events.
      setImmediate(() => {
        if (!socket.connected || !watches.has(key)) return;
        start(key, () => runHub.watch(given.runId, given.after, socket.id));
      });
      return { status: run.status };
    });
    onEvent(socket, 'unwatch', z.strictObject({ runId }), async (given) => {
      stop(`run ${given.runId}`);
      return {};
    });
    onEvent(socket, 'watchFlow', z.strictObject({ flowId: id }), async (given, access) => {
      const [flow] = await database.sql`select 1 from flows where id = ${given.flowId} and workspace_id = ${access.workspaceId} and deleted_at is null`;
      if (!flow) throw new FailureError(flowNotFound(given.flowId));
      makeRoom(`flow ${given.flowId}`);
      start(`flow ${given.flowId}`, () => listHub.follow(access.workspaceId, { flowId: given.flowId }, (news) => tell('run', news)));
      const open = await listRuns(database, access, { flowId: given.flowId, status: openStatuses, limit: 200 });
      if (!open.ok) throw new FailureError(open.failure);
      return { runs: open.items.map((run) => ({ ...run, runId: run.id, at: run.startedAt ?? run.createdAt })) };
    });
    onEvent(socket, 'unwatchFlow', z.strictObject({ flowId: id }), async (given) => {
      stop(`flow ${given.flowId}`);
      return {};
    });
    onEvent(socket, 'watchRuns', filter.extend(listName.shape), async ({ list, ...wanted }, access) => {
      makeRoom(`list ${list ?? ''}`);
      start(`list ${list ?? ''}`, () => listHub.follow(access.workspaceId, wanted, (news) => tell('run', list === undefined ? news : { ...news, list })));
      return {};
    });
    onEvent(socket, 'unwatchRuns', listName.nullish(), async (given) => {
      stop(`list ${given?.list ?? ''}`);
      return {};
    });
    socket.on('disconnect', () => {
      for (const end of watches.values()) end();
      watches.clear();
    });
  });
}

const tooManyWatches = failure('TOO_MANY_REQUESTS', {
  en: `One socket watches at most ${mostWatches} things. Unwatch some first.`, fr: `Une connexion suit au plus ${mostWatches} choses. Cessez d’en suivre d’abord.`,
});
const flowNotFound = (flowId: string) => failure('FLOW_NOT_FOUND', { en: `There is no flow "${flowId}" in this workspace.`, fr: `Il n’y a pas de flux « ${flowId} » dans cet espace.` });
