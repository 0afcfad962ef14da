import { and, eq } from 'drizzle-orm';
import { fail, type Result } from '#flow/failure';
import type { Json } from '#flow/json';
import type { Trigger } from '#flow/steps/capabilities';
import { text } from '#flow/text';
import { denied, type Access } from './access';
import type { Database, Executor } from './client';
import { permitted } from './permitted';
import { hintNewWork } from './run-hint';
import { requestRunIn } from './runs';
import { members, user } from './schema';
import { parseRole } from './workspaces';

/**
 * Whatever starts a run without a person at the other end: a webhook's request, a tick of a schedule, a message of a
 * broker. All of them deliver, so a run cannot tell but by its trigger.
 */
export type Delivery = {
  workspaceId: string;
  flowId: string;
  trigger: Extract<Trigger, 'webhook' | 'cron' | 'message'>;
  /** The hook, schedule or queue, as people named it. */
  triggerName: string;
  identity: Access;
  /** undefined when nothing came along. */
  input: Json | undefined;
  /** The same key is the same run, however often it comes. */
  key?: string | undefined;
  along?: (tx: Executor) => Promise<void>;
};

export async function deliver(database: Database, delivery: Delivery): Promise<Result<{ runId: string; existing: boolean }>> {
  const made = await permitted(delivery.identity, 'runs.start', () => database.db.transaction((tx) => deliverIn(tx, delivery)));
  if (made.ok && !made.existing) hintNewWork(database.sql, made.runId);
  return made;
}

/** Inside the caller's transaction; raises the failure. */
export async function deliverIn(tx: Executor, { identity, flowId, trigger, triggerName, input, key, along }: Delivery): Promise<{ runId: string; existing: boolean }> {
  const refused = denied(identity, 'runs.start');
  if (refused) fail(refused.code, refused.text);
  return requestRunIn(tx, identity, flowId, { input, trigger, triggerName, ...(key === undefined ? {} : { idempotencyKey: key }), ...(along ? { along } : {}) });
}

/** The platform's own identity: it starts runs, and no person stands behind them. */
export function platformOf(workspaceId: string): Access {
  return { workspaceId, role: 'operator', user: null, via: 'run' };
}

/** A person as the identity of a run, while they are a member; null when they have left. */
export async function memberIdentity(tx: Executor, workspaceId: string, userId: string): Promise<Access | null> {
  const [row] = await tx.select({ id: user.id, name: user.name, role: members.role }).from(members).innerJoin(user, eq(user.id, members.userId))
    .where(and(eq(members.workspaceId, workspaceId), eq(members.userId, userId)));
  return row ? { workspaceId, role: parseRole(row.role), user: { id: row.id, name: row.name }, via: 'run' } : null;
}

/** For schedules: the run-as person, who must still be a member and may start runs. */
export async function runAsIdentity(tx: Executor, workspaceId: string, userId: string | null): Promise<Access> {
  if (userId === null) return platformOf(workspaceId);
  const identity = await memberIdentity(tx, workspaceId, userId);
  return identity ?? fail('MEMBER_NOT_FOUND', text(
    'The person this runs as has left the workspace. Choose somebody else, or nobody.', 'La personne au nom de qui cela s’exécute a quitté l’espace. Choisissez quelqu’un d’autre, ou personne.'), { path: 'runAs' });
}
