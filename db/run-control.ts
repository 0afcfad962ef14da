import { eq, sql } from 'drizzle-orm';
import { fail, type Result } from '#flow/failure';
import { stepsOf } from '#flow/flow';
import type { JsonObject } from '#flow/json';
import { isEnded, runStatuses } from '#flow/run-state';
import { stepsAwaitingRuns } from '#flow/steps/awaited-runs';
import { text } from '#flow/text';
import type { Access } from './access';
import { getValue } from './blobs';
import type { Database, Executor } from './client';
import { permitted } from './permitted';
import { recordChange } from './record-change';
import { hintNewWork } from './run-hint';
import { pinsOf } from './run-pins';
import { insertEvent, pinnedVersion, type PinnedVersion } from './run-request';
import { runOf, type RunRow } from './run-row';
import { signalChildren, signalRun, starterOf } from './run-signal';
import { stateOf } from './run-log';
import { flowVersions } from './schema';
import { chooseVersion, requestRun, startableFlow } from './runs';

/** What people do to a run. The run's owner turns a cancellation into events; an ended run has no owner, so resuming it writes here. */
export async function cancelRun(database: Database, access: Access, runId: string): Promise<Result<{ runId: string }>> {
  const told = [runId];
  const done = await permitted(access, 'runs.control', () => database.db.transaction(async (tx) => {
    const run = await runOf(tx, access, runId);
    if (run.status === 'quarantined') return giveUp(database, tx, access, runId, told);
    if (!(await signalRun(tx, runId, 'cancel', starterOf(access)))) wrongState(run, text('is over and cannot be cancelled', 'est terminée et ne peut être annulée'));
    return { runId };
  }));
  if (done.ok) for (const id of told) hintNewWork(database.sql, id);
  return done;
}

/** A quarantined run has no owner any more: giving it up is written here. `told`: who is to be hinted when it has committed. */
async function giveUp(database: Database, tx: Executor, access: Access, runId: string, told: string[]): Promise<{ runId: string }> {
  const run = await runOf(tx, access, runId, 'update');
  if (run.status !== 'quarantined') wrongState(run, text('is over and cannot be cancelled', 'est terminée et ne peut être annulée'));
  const version = await pinnedVersion(tx, run.flowId, { id: run.flowVersionId });
  if (version) told.push(...await signalChildren(tx, runId, stepsAwaitingRuns(version.definition, await stateOf(database.sql, runId)), starterOf(access)));
  const at = new Date(Math.max(Date.now(), await lastAt(database, runId)));
  const asked = await insertEvent(tx, { runId, seq: run.headSeq + 1, type: 'cancel.requested', fence: run.lastFence, at, previous: run.headHash ?? '', data: { by: starterOf(access) } });
  const hash = await insertEvent(tx, { runId, seq: run.headSeq + 2, type: 'run.cancelled', fence: run.lastFence, at, previous: asked, data: {} });
  await tx.execute(sql`update runs set status = 'cancelled', finished_at = ${at.toISOString()}, head_seq = ${run.headSeq + 2}, head_hash = decode(${hash}, 'hex') where id = ${runId}`);
  if (run.instanceId !== null) {
    await tx.execute(sql`update instances set state = 'cancelled', updated_at = now(), moved_by = ${JSON.stringify(starterOf(access))}::jsonb, moved_run = ${runId}, moved_step = null, moved_reason = 'cancelled' where id = ${run.instanceId} and state = 'failed' and not exists (select 1 from runs newer where newer.instance_id = instances.id and newer.id > ${runId})`);
    await recordChange(tx, { workspaceId: access.workspaceId, topic: 'instance', objectId: run.instanceId });
  }
  return { runId };
}

export type ResumeOptions = { fromStep?: string | undefined; version?: number | 'draft' | undefined };

/** Goes on at the step that failed; results recorded before it are used again, effects already done are not repeated. */
export async function resumeRun(database: Database, access: Access, runId: string, options: ResumeOptions = {}): Promise<Result<{ runId: string }>> {
  const done = await permitted(access, 'runs.control', () => database.db.transaction(async (tx) => {
    const run = await runOf(tx, access, runId, 'update');
    if (!['failed', 'cancelled', 'quarantined'].includes(run.status)) wrongState(run, text('did not fail, so there is nothing to resume', 'n’a pas échoué, il n’y a rien à reprendre'));
    const version = await resumedVersion(tx, access, run, options.version);
    const fromStep = await resumedStep(database, run, version, options.fromStep);
    await reopenInstance(tx, access, run);
    const data: JsonObject = { by: starterOf(access), fromStep, version: version.number };
    const at = new Date(Math.max(Date.now(), await lastAt(database, runId)));
    const hash = await insertEvent(tx, { runId, seq: run.headSeq + 1, type: 'run.resumed', fence: run.lastFence, at, previous: run.headHash ?? '', data });
    // Whoever resumes has often mended the connector first: what calls out is pinned anew, called flows are kept.
    const pins = JSON.stringify(await pinsOf(tx, access.workspaceId, version.definition));
    await tx.execute(sql`update runs set status = 'queued', pins = ${pins}::jsonb || (select coalesce(jsonb_object_agg(key, value), '{}'::jsonb) from jsonb_each(pins) where key like 'flw\\_%'), finished_at = null, error = null, flow_version_id = ${version.id}, steps_total = ${stepsOf(version.definition).length},
      head_seq = ${run.headSeq + 1}, head_hash = decode(${hash}, 'hex') where id = ${runId}`);
    // A cancellation that came too late the first time must not stop the second try.
    await tx.execute(sql`update run_inbox set consumed_seq = ${run.headSeq} where run_id = ${runId} and consumed_seq is null`);
    await tx.execute(sql`insert into run_slots (run_id, workspace_id, flow_id, fence, head_seq, head_hash)
      values (${runId}, ${access.workspaceId}, ${run.flowId}, ${run.lastFence}, ${run.headSeq + 1}, decode(${hash}, 'hex'))`);
    return { runId };
  }));
  if (done.ok) hintNewWork(database.sql, runId);
  return done;
}

export async function resumedVersion(tx: Executor, access: Access, run: RunRow, wanted: number | 'draft' | undefined): Promise<PinnedVersion> {
  if (wanted !== undefined) return chooseVersion(tx, access, await startableFlow(tx, access, run.flowId), wanted);
  const version = await pinnedVersion(tx, run.flowId, { id: run.flowVersionId });
  if (!version) throw new Error(`version ${run.flowVersionId} of run ${run.id} is missing`);
  return version;
}

async function resumedStep(database: Database, run: RunRow, version: PinnedVersion, wanted: string | undefined): Promise<string> {
  const state = await stateOf(database.sql, run.id);
  const steps = stepsOf(version.definition);
  const open = (id: string) => !['succeeded', 'skipped'].includes(state.steps[id]?.status ?? 'pending');
  const stopped = steps.find((each) => ['failed', 'cancelled'].includes(state.steps[each.id]?.status ?? '')) ?? steps.find((each) => open(each.id));
  const chosen = wanted === undefined ? stopped : steps.find((each) => each.id === wanted);
  if (!chosen) return fail('STEP_NOT_FOUND', text('That version has no step to resume from.', 'Cette version n’a pas d’étape où reprendre.'), { path: 'fromStep' });
  if (!open(chosen.id)) fail('STATE_INVALID', text(`"${chosen.name}" succeeded, so its result is kept. Resume from a step that failed, or run again.`, `« ${chosen.name} » a réussi, son résultat est gardé. Reprenez à une étape en échec, ou relancez.`), { path: 'fromStep' });
  return chosen.id;
}

async function lastAt(database: Database, runId: string): Promise<number> {
  const [row] = await database.sql<{ at: Date }[]>`select at from run_events where run_id = ${runId} order by seq desc limit 1`;
  return row?.at.getTime() ?? 0;
}

async function reopenInstance(tx: Executor, access: Access, run: RunRow): Promise<void> {
  if (run.instanceId === null) return;
  const rows = await tx.execute(sql`update instances set state = 'running', updated_at = now(), moved_by = ${JSON.stringify(starterOf(access))}::jsonb, moved_run = ${run.id}, moved_step = null, moved_reason = 'restarted' where id = ${run.instanceId} and state in ('failed', 'cancelled')
    and not exists (select 1 from runs newer where newer.instance_id = instances.id and newer.id > ${run.id})
    and not exists (select 1 from instances other where other.flow_id = instances.flow_id and other.entry_id = instances.entry_id and other.state in ('running', 'waiting')) returning id`);
  if (rows.length === 0) fail('STATE_INVALID', text('The instance has moved on, or another one works on this entry: this run cannot be resumed.', 'L’instance a avancé, ou une autre travaille sur cette entrée : cette exécution ne peut reprendre.'));
  await recordChange(tx, { workspaceId: access.workspaceId, topic: 'instance', objectId: run.instanceId });
}

/** A new run with the same input and, unless another is named, the same version. */
export async function rerunRun(database: Database, access: Access, runId: string, options: { version?: number | 'draft' | undefined } = {}): Promise<Result<{ runId: string }>> {
  const found = await permitted(access, 'runs.start', async () => {
    const run = await runOf(database.db, access, runId);
    const [version] = await database.db.select({ number: flowVersions.number }).from(flowVersions).where(eq(flowVersions.id, run.flowVersionId));
    const input = run.inputRef === null ? undefined : await getValue(database.db, access.workspaceId, run.inputRef);
    if (run.inputRef !== null && input === undefined) wrongState(run, text('has lost its recorded input to clean-up', 'n’a plus son entrée, supprimée par le nettoyage'));
    return { run, input, version: options.version ?? version?.number ?? ('draft' as const) };
  });
  if (!found.ok) return found;
  const { run, input, version } = found;
  const started = await requestRun(database, access, run.flowId, { version, ...(input === undefined ? {} : { input }), ...(run.entryId === null ? {} : { entryId: run.entryId }) });
  return started.ok ? { ok: true, runId: started.runId } : started;
}

function wrongState(run: RunRow, because: { en: string; fr: string }): never {
  const status = runStatuses.find((each) => each === run.status);
  const ended = status !== undefined && isEnded(status);
  return fail('STATE_INVALID', text(`This run ${because.en} (it is ${run.status}${ended ? '' : ', not over yet'}).`, `Cette exécution ${because.fr} (elle est : ${run.status}${ended ? '' : ', pas encore terminée'}).`));
}
