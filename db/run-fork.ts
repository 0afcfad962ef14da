import { sql } from 'drizzle-orm';
import { fail, type Result } from '#flow/failure';
import { stepKey, stepsOf, type Step } from '#flow/flow';
import { isJsonObject, type Json, type JsonObject } from '#flow/json';
import type { Fork } from '#flow/run-event';
import { stepType } from '#flow/steps/index';
import { text } from '#flow/text';
import type { Access } from './access';
import { blobOf, getValue, type Blob } from './blobs';
import type { Database, Executor } from './client';
import { readEntry } from './entries';
import { hashEvent, storableJson } from './event-hash';
import { openInstance } from './instances';
import { permitted } from './permitted';
import { resumedVersion } from './run-control';
import { hintNewWork } from './run-hint';
import { logRows, modelOf, type LogRow } from './run-log';
import { checkInput, insertRun, type PinnedVersion } from './run-request';
import { runOf, type RunRow } from './run-row';
import { starterOf } from './run-signal';
import { startableFlow } from './runs';

/**
 * A new run from the middle of another: what had succeeded when `fromStep` began stands in its log as recorded, everything
 * else runs. Edited input replaces what that one step takes in; nobody else who reads the same source sees it.
 */
export type ForkOptions = { fromStep: string; input?: Json | undefined; version?: number | 'draft' | undefined; allowEffects?: boolean | string[] | undefined };
type Edited = { input?: Json | undefined; override: Blob | null; counts: Fork['input'] };

export async function forkRun(database: Database, access: Access, runId: string, options: ForkOptions): Promise<Result<{ runId: string }>> {
  const forked = await permitted(access, 'runs.start', () => database.db.transaction(async (tx) => {
    const run = await runOf(tx, access, runId);
    const flow = await startableFlow(tx, access, run.flowId);
    const version = await resumedVersion(tx, access, run, options.version);
    const step = stepNamed(version, options.fromStep, 'fromStep');
    const allowEffects = options.allowEffects ?? true;
    if (Array.isArray(allowEffects)) for (const id of allowEffects) stepNamed(version, id, 'allowEffects');
    const log = await logRows(database.sql, [runId]);
    const begun = log.findLast((row) => row.type === 'step.started' && row.stepId === step.id);
    if (!begun && run.kind === 'workflow') fail('STATE_INVALID', text(`The run never came to "${step.name}", so there is nothing to fork from there.`, `L’exécution n’est jamais arrivée à « ${step.name} » : rien à reprendre de là.`), { path: 'fromStep' });
    const seq = begun ? begun.seq - 1 : run.headSeq || log.length;
    const kept = keptResults(log.filter((row) => row.seq <= seq), version, step.id);
    const edited = await editedInput(database, access, flow.componentId, run, version, step, log.filter((row) => row.seq <= seq), options.input);
    const input = edited.input ?? (run.inputRef === null ? undefined : await getValue(tx, access.workspaceId, run.inputRef));
    const instance = run.kind === 'workflow' ? await openInstance(tx, { workspaceId: access.workspaceId, componentId: flow.componentId, flowId: flow.id, entryId: run.entryId, by: starterOf(access) }) : null;
    const fork: Fork = { runId, seq, fromStep: step.id, allowEffects, ...(edited.counts ? { input: edited.counts } : {}) };
    const made = await insertRun(tx, {
      workspaceId: access.workspaceId, flow, version, trigger: access.via === 'api-key' ? 'api' : 'button', startedBy: starterOf(access), input, entryId: run.entryId, instance, parent: null,
      fork: { facts: fork, override: edited.override },
    });
    await keepResults(tx, made, kept, run.outputRef);
    await keepQueues(tx, { from: runId, to: made }, kept, version);
    return { runId: made };
  }));
  if (forked.ok) hintNewWork(database.sql, forked.runId);
  return forked;
}

function stepNamed(version: PinnedVersion, id: string, path: string): Step {
  return stepsOf(version.definition).find((each) => each.id === id)
    ?? fail('STEP_NOT_FOUND', text(`That version of the flow has no step "${id.slice(0, 64)}".`, `Cette version du flux n’a pas d’étape « ${id.slice(0, 64)} ».`), { path });
}

/** The last results of steps the version still has, in the order they came, each with the start of its attempt. */
function keptResults(log: readonly LogRow[], version: PinnedVersion, fromStep: string): LogRow[] {
  const known = new Set(stepsOf(version.definition).map((each) => each.id));
  const last = new Map<string, LogRow>();
  for (const row of log) {
    if (row.stepId === null || row.stepId === fromStep || !known.has(row.stepId)) continue;
    if (row.type === 'step.succeeded' || row.type === 'step.skipped') last.set(row.stepId, row);
  }
  return [...last.values()].toSorted((a, b) => a.seq - b.seq).flatMap((row) => {
    const started = log.findLast((each) => each.type === 'step.started' && each.stepId === row.stepId && each.attempt === row.attempt && each.seq < row.seq);
    return row.type === 'step.succeeded' && started ? [started, row] : [row];
  });
}

/** Copies the results into the new run's own log: whoever reads it needs no other. */
async function keepResults(tx: Executor, runId: string, kept: readonly LogRow[], outputRef: string | null): Promise<void> {
  if (kept.length === 0) return;
  const [slot] = await tx.execute<{ hash: string }>(sql`select encode(head_hash, 'hex') as hash from run_slots where run_id = ${runId}`);
  const at = new Date().toISOString();
  let [hash, seq] = [slot?.hash ?? '', 1];
  const rows = kept.map(({ type, version, stepId, attempt, iteration, data: given, blob }) => {
    seq += 1;
    const data = storableJson({ ...(isJsonObject(given) ? given : {}), reused: true });
    const row = { runId, seq, type, version, stepId, attempt, iteration, fence: 0, at, data, blob };
    hash = hashEvent(hash, row);
    return { ...row, data: JSON.stringify(data), hash };
  });
  await tx.execute(sql`insert into run_events (run_id, seq, type, version, step_id, attempt, iteration, fence, at, data, blob, hash)
    select ${runId}::uuid, t.seq, t.type, t.version, t."stepId", t.attempt, t.iteration, 0, ${at}::timestamptz, t.data::jsonb, decode(t.blob, 'hex'), decode(t.hash, 'hex')
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) t(seq int, type text, version int, "stepId" text, attempt int, iteration int, data text, blob text, hash text)`);
  await tx.execute(sql`update run_slots set head_seq = ${seq}, head_hash = decode(${hash}, 'hex') where run_id = ${runId}`);
  // Blobs live by their last use.
  await tx.execute(sql`update blobs b set touched_at = now() from runs r where r.id = ${runId} and b.workspace_id = r.workspace_id
    and b.sha256 in (select decode(t.blob, 'hex') from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) t(blob text) where t.blob is not null)`);
  const answered = kept.some((row) => isJsonObject(row.data) && row.data['responded'] === true);
  if (answered && outputRef !== null) await tx.execute(sql`update runs set response_ready = true, output_ref = decode(${outputRef}, 'hex') where id = ${runId}`);
}

/** What reused steps had queued is the new run's to write: its queue is read from its own records. */
async function keepQueues(tx: Executor, { from, to }: { from: string; to: string }, kept: readonly LogRow[], { definition }: PinnedVersion): Promise<void> {
  const filling = new Set(stepsOf(definition).filter((step) => isQueueing(definition, step)).map((step) => step.id));
  for (const { stepId, iteration, type } of kept) {
    if (type !== 'step.succeeded' || stepId === null || !filling.has(stepId)) continue;
    await tx.execute(sql`insert into run_effects (run_id, step_id, iteration, item_index, state, kind, result)
      select ${to}::uuid, step_id, iteration, item_index, state, kind, result from run_effects where run_id = ${from} and step_id = ${stepId} and iteration = ${iteration ?? 0} and state = 'recorded'`);
  }
}

function isQueueing({ kind }: PinnedVersion['definition'], step: Step): boolean {
  const type = stepType(stepKey(kind, step.type));
  return type?.kind === 'dataflow' && type.deferred === 'queues';
}

async function editedInput(database: Database, access: Access, componentId: string, run: RunRow, version: PinnedVersion, step: Step, before: readonly LogRow[], given: Json | undefined): Promise<Edited> {
  const untouched: Edited = { override: null, counts: undefined };
  if (given === undefined) return untouched;
  checkInput(given);
  if (version.definition.kind === 'workflow') return { ...untouched, override: blobOf(await editedModel(database, access, componentId, run, before, given)) };
  const type = stepType(stepKey('dataflow', step.type));
  if (type?.kind === 'dataflow' && type.callerModel) return { ...untouched, input: given };
  const ports = Object.keys(step.sources ?? {});
  if (ports.length === 0) return badInput(`"${step.name}" takes no input.`, `« ${step.name} » ne prend pas d’entrée.`);
  const lists = ports.includes('left') || ports.includes('right')
    ? Object.fromEntries(ports.map((port): [string, ItemsJson] => [port, listOf(isJsonObject(given) ? (given[port] ?? null) : null, port)]))
    : { source: listOf(given, 'source') };
  return { override: blobOf(lists), counts: Object.fromEntries(Object.entries(lists).map(([port, list]) => [port, list.items.length])) };
}

type ItemsJson = { items: JsonObject[]; many: boolean };

function listOf(value: Json, port: string): ItemsJson {
  const items = Array.isArray(value) ? value : [value];
  return { items: items.map((item) => (isJsonObject(item) ? item : badInput(`The edited input of "${port}" is an object or a list of objects.`, `L’entrée modifiée de « ${port} » est un objet ou une liste d’objets.`))), many: Array.isArray(value) };
}

/** The model before the step, with what was edited; it stays the same entry, as it is now: who edits has seen it. */
async function editedModel(database: Database, access: Access, componentId: string, run: RunRow, before: readonly LogRow[], given: Json): Promise<JsonObject> {
  const ref = before.findLast((row) => row.blob !== null && (row.type === 'run.started' || row.type === 'step.succeeded'))?.blob;
  const recorded = ref ? modelOf(await getValue(database.db, access.workspaceId, ref)) : null;
  if (!recorded) throw new Error(`run ${run.id} has no recorded model`);
  if (!isJsonObject(given)) return badInput('The edited input of a workflow step is an entry model.', 'L’entrée modifiée d’une étape de workflow est un modèle d’entrée.');
  const entry = run.entryId === null ? null : await readEntry(database.db, componentId, run.entryId);
  return { model: { ...recorded.model, ...given, id: recorded.model['id'] ?? 0 }, loaded: entry ? { ...entry } : recorded.loaded };
}

function badInput(en: string, fr: string): never {
  return fail('PARAM_INVALID', text(en, fr), { path: 'input' });
}
