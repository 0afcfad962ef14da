import { sql } from 'drizzle-orm';
import { fail, type Result } from '#flow/failure';
import { text } from '#flow/text';
import type { Access } from './access';
import type { Database } from './client';
import { permitted } from './permitted';
import { hintNewWork } from './run-hint';
import { runOf } from './run-row';
import { isHeld, signalHold, starterOf } from './run-signal';

const refusals = {
  ended: text('This run is over.', 'Cette exécution est terminée.'),
  pause: text('This run is paused already.', 'Cette exécution est déjà en pause.'),
  unpause: text('This run is not paused.', 'Cette exécution n’est pas en pause.'),
};

/** What runs finishes, nothing new starts until somebody lets the run go on. */
export function pauseRun(database: Database, access: Access, runId: string): Promise<Result<{ runId: string }>> {
  return hold(database, access, runId, 'pause');
}

export function unpauseRun(database: Database, access: Access, runId: string): Promise<Result<{ runId: string }>> {
  return hold(database, access, runId, 'unpause');
}

async function hold(database: Database, access: Access, runId: string, kind: 'pause' | 'unpause'): Promise<Result<{ runId: string }>> {
  const done = await permitted(access, 'runs.control', () => database.db.transaction(async (tx) => {
    await runOf(tx, access, runId);
    await tx.execute(sql`select 1 from run_slots where run_id = ${runId} for update`);
    const { status } = await runOf(tx, access, runId); // As it is under the lock.
    if (await isHeld(tx, runId, status) === (kind === 'pause')) fail('STATE_INVALID', refusals[kind]);
    if (!(await signalHold(tx, runId, kind, starterOf(access)))) fail('STATE_INVALID', refusals.ended);
    return { runId };
  }));
  if (done.ok) hintNewWork(database.sql, runId);
  return done;
}
