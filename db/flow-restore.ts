import { and, desc, eq, gt } from 'drizzle-orm';
import { z } from 'zod';
import { fail, type Result } from '#flow/failure';
import { stepsOf } from '#flow/flow';
import { text } from '#flow/text';
import type { Access } from './access';
import type { Database, Executor } from './client';
import { headOf, placeAt } from './flow-history';
import { submitIntent } from './flow-intents';
import { definitionAt } from './flow-moments';
import { findFlow } from './flows';
import { permitted } from './permitted';
import { recordChange } from './record-change';
import { flowChanges as changeRows, user } from './schema';

export type Restore = { seq: number; stepId?: string | undefined; /** Refused when the flow, or the step, changed after this. */ ifSeq?: number | undefined };

/**
 * Makes the flow, or one step of it, what it was. An ordinary edit of the live document: open editors see it, the log
 * keeps what it replaced, and `before` is the moment to restore to take it back.
 */
export async function restoreMoment(database: Database, access: Access, flowId: string, { seq, stepId, ifSeq }: Restore): Promise<Result<{ seq: number; before: number }>> {
  const prepared = await permitted(access, 'flows.edit', async () => {
    const { db } = database;
    await findFlow(db, access.workspaceId, flowId);
    await placeAt(db, flowId, seq);
    const before = await headOf(db, flowId);
    const definition = await definitionAt(database, flowId, seq);
    if (stepId !== undefined && ![definition, await definitionAt(database, flowId, before)].some((each) => stepsOf(each).some((step) => step.id === stepId))) noStep(stepId);
    if (ifSeq !== undefined) await refuseNewer(db, flowId, { ifSeq, stepId });
    return { before, definition };
  });
  if (!prepared.ok) return prepared;
  const { before, definition } = prepared;
  const done = await submitIntent(database, access, flowId, { kind: 'restore', definition, ...(stepId === undefined ? {} : { stepId }) });
  if (!done.ok) return done;
  await recordChange(database.db, { workspaceId: access.workspaceId, topic: 'history', objectId: flowId });
  return { ok: true, seq: z.object({ seq: z.int() }).parse(done.result).seq, before };
}

function noStep(stepId: string): never {
  return fail('STEP_NOT_FOUND', text(`There was no step "${stepId}" then and there is none now.`, `L’étape « ${stepId} » n’existait pas alors et n’existe pas maintenant.`));
}

async function refuseNewer(db: Executor, flowId: string, { ifSeq, stepId }: { ifSeq: number; stepId: string | undefined }): Promise<void> {
  const [newer] = await db.select({ seq: changeRows.seq, userName: user.name }).from(changeRows).leftJoin(user, eq(user.id, changeRows.userId))
    .where(and(eq(changeRows.flowId, flowId), gt(changeRows.seq, ifSeq), stepId === undefined ? undefined : eq(changeRows.stepId, stepId))).orderBy(desc(changeRows.seq)).limit(1);
  if (!newer) return;
  const by = newer.userName ?? 'API';
  fail('CONFLICT', text(
    `${by} changed this meanwhile. Look at the change, then restore again.`, `${by} a modifié ceci entre-temps. Regardez la modification, puis restaurez à nouveau.`), { details: { seq: newer.seq, author: newer.userName } });
}
