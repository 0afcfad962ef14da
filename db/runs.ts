import { and, eq, isNull, sql } from 'drizzle-orm';
import { createHash } from 'node:crypto';
import { problemsOf } from '#flow/check';
import { fail, type Result } from '#flow/failure';
import { isJsonObject, type Json } from '#flow/json';
import type { Trigger } from '#flow/steps/capabilities';
import { text } from '#flow/text';
import { denied, type Access } from './access';
import { checkCallerModel } from './caller-model';
import type { Database, Executor } from './client';
import { readEntry } from './entries';
import { canonical } from './event-hash';
import { flowContext } from './flows';
import { openInstance } from './instances';
import { permitted } from './permitted';
import { hintNewWork } from './run-hint';
import { insertRun, checkInput, pinnedVersion, type PinnedVersion, type RunRequest } from './run-request';
import { reachesOutside } from './run-pins';
import { starterOf } from './run-signal';
import { startTogether, type FlowRow } from './run-starts';
import { givenFields, workflowModel } from './run-workflow';
import { flows } from './schema';
import { traceparent } from './trace';
import { freezeDraft } from './versions';

export { cancelRun, resumeRun, rerunRun } from './run-control';
export { forkRun, type ForkOptions } from './run-fork';
export { pauseRun, unpauseRun } from './run-pause';
export { listRuns, type RunFilter, type RunSummary } from './run-list';
export { runItems } from './run-items';
export { getRun, runEvents, waitForRun, type RunView } from './run-view';
export { verifyRun } from './run-verify';

export type RunOptions = {
  input?: Json | undefined;
  entryId?: number | undefined;
  /** Absent: the published one. */
  version?: number | 'draft' | undefined;
  idempotencyKey?: string | undefined;
  trigger?: Trigger | undefined;
  /** The hook, schedule or queue by name. */
  triggerName?: string | undefined;
  /** In the run's own transaction, once it is known to be new: what must happen exactly with it, or refuse it. */
  along?: (tx: Executor) => Promise<void>;
};

/** Starts a run: when this answers, the run is in the log and will be carried out whatever dies. Same key, same run. */
export async function requestRun(database: Database, access: Access, flowId: string, options: RunOptions = {}): Promise<Result<{ runId: string; existing: boolean }>> {
  const made = await permitted(access, 'runs.start', async () => {
    const runId = isPlain(options) ? await startTogether(database, { flowId, trace: traceparent(), prepare: (flow) => plainRequest(database, access, flow, flowId, options) }) : null;
    return runId === null ? database.db.transaction((tx) => requestRunIn(tx, access, flowId, options)) : { runId, existing: false };
  });
  if (made.ok && !made.existing) hintNewWork(database.sql, made.runId);
  return made;
}

/** Nothing that has to be looked up or claimed with the start. */
const isPlain = ({ idempotencyKey, along, entryId, version }: RunOptions) => idempotencyKey === undefined && along === undefined && entryId === undefined && version === undefined;

/** A published dataflow that reaches no other flow and no connector begins with what its version says. */
async function plainRequest(database: Database, access: Access, flow: FlowRow | undefined, flowId: string, options: RunOptions): Promise<RunRequest | null> {
  if (!flow || flow.workspaceId !== access.workspaceId) return flowNotFound(flowId);
  if (flow.kind === 'workflow') return null;
  const version = await chooseVersion(database.db, access, flow, undefined);
  if (reachesOutside(version.definition)) return null;
  if (options.input !== undefined) checkInput(options.input);
  return requestOf(access, flow, version, options, { ...await dataflowInput(database.db, flow, version, options), instance: null });
}

/** Inside the caller's transaction, who has made sure of the right and hints when it has committed. */
export async function requestRunIn(tx: Executor, access: Access, flowId: string, options: RunOptions): Promise<{ runId: string; existing: boolean }> {
  const flow = await startableFlow(tx, access, flowId);
  const known = await claimKey(tx, access, flowId, options);
  if (known !== null) return { runId: known, existing: true };
  await options.along?.(tx);
  const version = await chooseVersion(tx, access, flow, options.version);
  const runId = await startRun(tx, access, flow, version, options);
  if (options.idempotencyKey !== undefined) await tx.execute(sql`update run_keys set run_id = ${runId} where workspace_id = ${access.workspaceId} and key = ${options.idempotencyKey}`);
  return { runId, existing: false };
}

export async function startableFlow(tx: Executor, access: Access, flowId: string): Promise<FlowRow> {
  const [flow] = await tx.select({ id: flows.id, workspaceId: flows.workspaceId, name: flows.name, kind: flows.kind, componentId: flows.componentId, publishedVersionId: flows.publishedVersionId }).from(flows)
    .where(and(eq(flows.id, flowId), eq(flows.workspaceId, access.workspaceId), isNull(flows.deletedAt)));
  return flow ? { ...flow, kind: flow.kind === 'workflow' ? 'workflow' : 'dataflow' } : flowNotFound(flowId);
}

function flowNotFound(flowId: string): never {
  return fail('FLOW_NOT_FOUND', text(`There is no flow "${flowId}".`, `Il n’y a pas de flux « ${flowId} ».`));
}

/** The run this key already stands for, or null after claiming it; a second claimer waits here for the first to commit. */
async function claimKey(tx: Executor, access: Access, flowId: string, options: RunOptions): Promise<string | null> {
  const { idempotencyKey: key, input, entryId, version } = options;
  if (key === undefined) return null;
  if (key.length > 200) fail('PARAM_INVALID', text('An idempotency key has at most 200 characters.', 'Une clé d’idempotence a 200 caractères au plus.'), { path: 'idempotencyKey' });
  const bodyHash = createHash('sha256').update(canonical({ input: input ?? null, given: input !== undefined, entryId: entryId ?? null, version: version ?? null })).digest('hex');
  const claimed = await tx.execute(sql`insert into run_keys (workspace_id, key, run_id, flow_id, body_hash)
    values (${access.workspaceId}, ${key}, '00000000-0000-0000-0000-000000000000', ${flowId}, ${bodyHash}) on conflict do nothing returning key`);
  if (claimed.length > 0) return null;
  const [stored] = await tx.execute<{ run_id: string; flow_id: string; body_hash: string }>(sql`select run_id, flow_id, body_hash from run_keys where workspace_id = ${access.workspaceId} and key = ${key}`);
  if (stored?.flow_id === flowId && stored.body_hash === bodyHash) return stored.run_id;
  return fail('IDEMPOTENCY_CONFLICT', text(
    `The idempotency key "${key}" was used for another flow or another body. Use a new key for a new run.`,
    `La clé d’idempotence « ${key} » a servi pour un autre flux ou un autre corps. Prenez une nouvelle clé pour une nouvelle exécution.`));
}

export async function chooseVersion(tx: Executor, access: Access, flow: FlowRow, wanted: number | 'draft' | undefined): Promise<PinnedVersion> {
  if (wanted === 'draft') return frozenDraft(tx, access, flow);
  if (wanted === undefined && flow.publishedVersionId === null) fail('NOT_PUBLISHED', text(`"${flow.name}" is not published. Publish it, or run the draft.`, `« ${flow.name} » n’est pas publié. Publiez-le, ou exécutez le brouillon.`));
  const version = await pinnedVersion(tx, flow.id, wanted === undefined ? { id: flow.publishedVersionId ?? '' } : { number: wanted });
  return version ?? fail('VERSION_NOT_FOUND', text(`"${flow.name}" has no version ${wanted}.`, `« ${flow.name} » n’a pas de version ${wanted}.`));
}

async function frozenDraft(tx: Executor, access: Access, flow: FlowRow): Promise<PinnedVersion> {
  const refused = denied(access, 'flows.edit');
  if (refused) fail(refused.code, refused.text);
  const version = await pinnedVersion(tx, flow.id, { id: await freezeDraft(tx, access, flow) });
  if (!version) throw new Error(`the frozen draft of flow ${flow.id} was not stored`);
  const errors = problemsOf(version.definition, await flowContext(tx, access.workspaceId, flow)).filter((each) => each.level === 'error');
  if (errors.length > 0) fail('FLOW_HAS_PROBLEMS', text(
    `"${flow.name}" has ${errors.length === 1 ? 'one problem' : `${errors.length} problems`} to solve first: ${errors[0]?.text.en ?? ''}`,
    `« ${flow.name} » a ${errors.length === 1 ? 'un problème' : `${errors.length} problèmes`} à résoudre d’abord : ${errors[0]?.text.fr ?? ''}`), { details: errors });
  return version;
}

async function startRun(tx: Executor, access: Access, flow: FlowRow, version: PinnedVersion, options: RunOptions): Promise<string> {
  if (options.input !== undefined) checkInput(options.input);
  const start = flow.kind === 'workflow' ? await workflowStart(tx, access, flow, options) : { ...await dataflowInput(tx, flow, version, options), instance: null };
  return insertRun(tx, requestOf(access, flow, version, options, start));
}

function requestOf(access: Access, flow: FlowRow, version: PinnedVersion, options: RunOptions, start: Pick<RunRequest, 'input' | 'entryId' | 'instance'>): RunRequest {
  const trigger = options.trigger ?? (access.via === 'api-key' ? 'api' : 'button');
  return { workspaceId: access.workspaceId, flow, version, trigger, triggerName: options.triggerName ?? access.apiKeyName, startedBy: starterOf(access), parent: null, ...start };
}

/** A dataflow started for an entry gets that entry's model, unless the caller gave one. */
async function dataflowInput(tx: Executor, flow: FlowRow, version: PinnedVersion, { input, entryId }: RunOptions) {
  checkCallerModel(version.definition, input);
  if (entryId === undefined) return { input, entryId: null };
  const entry = await readEntry(tx, flow.componentId, entryId);
  if (entry === null) return entryNotFound(entryId);
  return { input: input ?? { ...entry }, entryId };
}

async function workflowStart(tx: Executor, access: Access, flow: FlowRow, { input, entryId }: RunOptions) {
  const id = entryId ?? (isJsonObject(input) && typeof input['id'] === 'number' && input['id'] > 0 ? input['id'] : null);
  if (id !== null && (await readEntry(tx, flow.componentId, id)) === null) entryNotFound(id);
  // A rerun brings the input of a run that has saved its entry since: what was unsaved then is not given again.
  const model = id === null ? await workflowModel(tx, access.workspaceId, flow.componentId, input ?? {})
    : await givenFields(tx, access.workspaceId, flow.componentId, id, isJsonObject(input) && (input['id'] ?? id) === id ? input : undefined);
  const instance = await openInstance(tx, { workspaceId: access.workspaceId, componentId: flow.componentId, flowId: flow.id, entryId: id, by: starterOf(access) });
  return { input: model, entryId: id, instance };
}

function entryNotFound(entryId: number): never {
  return fail('ENTRY_NOT_FOUND', text(`There is no entry ${entryId} in the flow’s component.`, `Il n’y a pas d’entrée ${entryId} dans le composant du flux.`), { path: 'entryId' });
}
