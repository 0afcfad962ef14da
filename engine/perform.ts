import { z } from 'zod';
import { blobOf, blobsOfItems, getItems, getValue } from '#db/blobs';
import { failure, FailureError, type Failure } from '#flow/failure';
import type { Json } from '#flow/json';
import type { ItemList } from '#flow/steps/capabilities';
import type { DataflowOutcome, DataflowStep, WorkflowOutcome, WorkflowStep } from '#flow/steps/define-step';
import { pendingStep } from '#flow/run-state';
import { text } from '#flow/text';
import type { Step } from '#flow/flow';
import { isMany, producerOf } from './decide';
import { effectsOf, type StepEffects } from './effects';
import { storeBlobs, type Engine } from './engine';
import { LostRun, type Draft, type LiveRun } from './live-run';
import { judge, nextAttempt } from './retry';
import { sessionOf, type Session } from './step-use';

/** One attempt of one step: gather its input, run it, record what it gave. Never throws but for a lost run. */
export type Turn = { stepId: string; attempt: number; iteration: number; isFresh: boolean };
const limits = { items: 100_000, itemBytes: 5_000_000, responseBytes: 5_000_000, cachedItems: 50_000 };
const nothing: ItemList = { items: [], many: false };

export async function perform(engine: Engine, run: LiveRun, turn: Turn): Promise<void> {
  const step = run.facts.plan.steps.get(turn.stepId);
  const type = run.facts.plan.types.get(turn.stepId);
  if (!step) return;
  run.due.delete(turn.stepId);
  const { signal } = run.step;
  const startedMs = performance.now();
  const own = { stepId: turn.stepId, attempt: turn.attempt, iteration: turn.iteration };
  let session: Session | null = null;
  try {
    const input = run.facts.kind === 'dataflow' ? await gather(engine, run, step) : null;
    const itemsIn = input ? (input.source.items.length || input.left.items.length) : 1;
    if (turn.isFresh) run.emit([{ type: 'step.started', ...own, data: { itemsIn } }]);
    if (!type) throw new FailureError(failure('PARAM_INVALID', text(`This version of Millrace does not know the step type "${step.type}".`, `Cette version de Millrace ne connaît pas le type d’étape « ${step.type} ».`)));
    const effects = await effectsOf(engine.database, run, turn, signal, engine.mayAct);
    const callerModel = type.kind === 'dataflow' && type.callerModel ? await callerModelOf(engine, run) : undefined;
    const startedAt = run.state.steps[turn.stepId]?.startedAt ?? run.now();
    session = sessionOf(engine, run, { step, attempt: turn.attempt, iteration: turn.iteration, startedAt, callerModel, signal }, effects);
    const done = { session, effects, itemsIn, startedMs };
    if (type.kind === 'dataflow') await recordItems(engine, run, turn, step, await unlessAborted(signal, runDataflow(type, step, input ?? { source: nothing, left: nothing, right: nothing }, session)), done);
    else await recordModel(engine, run, turn, await unlessAborted(signal, runWorkflow(type, step, run, session)), done);
  } catch (error) {
    if (run.lost || error instanceof LostRun) throw new LostRun(run.facts.id);
    if (signal.aborted) return; // Cancelled or over time: the loop finds out which and ends the run.
    fallen(run, turn, step, error, session?.takeLogs() ?? []);
  } finally {
    session?.close();
  }
}

/** Work that does not listen to its signal is left to itself: it has no say any more. */
async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  let stop = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function prepared<Plan>(result: { ok: true; plan: Plan } | { ok: false; issues: { path: string; message: string }[] }): Plan {
  if (result.ok) return result.plan;
  const first = result.issues[0];
  const shown = `${first?.path ?? ''}: ${first?.message ?? ''}`;
  throw new FailureError(failure('PARAM_INVALID', text(`A parameter does not fit: ${shown}.`, `Un paramètre ne convient pas : ${shown}.`), { path: first?.path ?? '' }));
}

async function runDataflow(type: DataflowStep, step: Step, input: Gathered, session: Session): Promise<DataflowOutcome> {
  const plan = prepared(type.prepare(step.params ?? {}));
  try {
    return await plan.run(input, session.use);
  } catch (error) {
    if (session.use.signal.aborted || error instanceof LostRun) throw error;
    if (step.onError !== 'continue' || step.sources?.source === undefined || !(error instanceof FailureError)) throw error;
    const judged = judge(error, step.id);
    if (judged.transient) throw error;
    // The step failed as a whole and may not stop the flow: its items go on, each saying why.
    session.use.warn(judged.failure.text);
    const $error = { code: judged.failure.code, message: judged.failure.message, step: step.id };
    return { kind: 'items', items: input.source.items.map((item) => ({ ...item, $error })), many: input.source.many };
  }
}

async function runWorkflow(type: WorkflowStep, step: Step, run: LiveRun, session: Session): Promise<WorkflowOutcome> {
  if (!run.model) throw new Error(`run ${run.facts.id} has no recorded model`);
  return prepared(type.prepare(step.params ?? {})).run(run.model, session.use);
}

const list = z.object({ items: z.array(z.record(z.string(), z.json())), many: z.boolean() });
const editedLists = z.object({ source: list.optional(), left: list.optional(), right: list.optional() });

type Gathered = { source: ItemList; left: ItemList; right: ItemList };

async function gather(engine: Engine, run: LiveRun, step: Step): Promise<Gathered> {
  const gathered: Gathered = { source: nothing, left: nothing, right: nothing };
  const edited = run.state.fork?.fromStep === step.id && run.override !== null ? editedLists.parse(await getValue(engine.database.db, run.facts.workspaceId, run.override)) : {};
  for (const { port, stepId } of run.facts.plan.graph.sourcesOf(step.id)) gathered[port] = edited[port] ?? await outputOf(engine, run, stepId);
  return gathered;
}

async function outputOf(engine: Engine, run: LiveRun, stepId: string): Promise<ItemList> {
  const producer = producerOf(stepId, run.facts.plan);
  if (producer === null) return nothing;
  const state = run.state.steps[producer] ?? pendingStep;
  const kept = run.outputs.get(producer);
  if (kept) return kept;
  const ref = run.blobOf.get(producer);
  if (ref === undefined || state.status === 'skipped') return { items: [], many: isMany(producer, run.state, run.facts.plan) };
  await run.settled();
  const stored = await getItems(engine.database.db, run.facts.workspaceId, ref);
  if (stored === null) throw new Error(`the recorded items of step ${producer} are gone`);
  return remember(run, producer, { items: stored.items, many: stored.many });
}

/** Recent outputs stay in memory while they are small; larger ones are read again from where they are recorded. */
function remember(run: LiveRun, stepId: string, list: ItemList): ItemList {
  run.outputs.set(stepId, list);
  let total = [...run.outputs.values()].reduce((sum, each) => sum + each.items.length, 0);
  for (const [id, each] of run.outputs) {
    if (total <= limits.cachedItems || id === stepId) break;
    run.outputs.delete(id);
    total -= each.items.length;
  }
  return list;
}

async function callerModelOf(engine: Engine, run: LiveRun): Promise<Json | undefined> {
  return run.facts.inputRef === null ? undefined : getValue(engine.database.db, run.facts.workspaceId, run.facts.inputRef);
}

type Done = { session: Session; effects: StepEffects; itemsIn: number; startedMs: number };

function said(turn: Turn, done: Done): Draft[] {
  const own = { stepId: turn.stepId, attempt: turn.attempt, iteration: turn.iteration };
  return [...done.session.takeLogs(), ...[...done.effects.performed].map(([kind, { count, refs }]): Draft => ({ type: 'effect.recorded', ...own, data: { kind, count, refs } }))];
}

const durationOf = (done: Done) => Math.round(performance.now() - done.startedMs);

async function recordItems(engine: Engine, run: LiveRun, turn: Turn, step: Step, outcome: DataflowOutcome, done: Done): Promise<void> {
  const own = { stepId: turn.stepId, attempt: turn.attempt, iteration: turn.iteration };
  if (outcome.kind === 'waiting') return recordWait(run, turn, outcome, done);
  if (outcome.items.length > limits.items) limit(text(`The step gave ${outcome.items.length} items; 100,000 are the most.`, `L’étape a donné ${outcome.items.length} éléments ; 100 000 est le maximum.`));
  const { blobs, ref, largestItemBytes } = blobsOfItems(outcome.items, outcome.many);
  if (largestItemBytes > limits.itemBytes) limit(text('An item is larger than 5 MB. Keep large contents in files.', 'Un élément dépasse 5 Mo. Gardez les gros contenus dans des fichiers.'));
  const responds = outcome.response !== undefined && !run.state.responded;
  const response = responds ? blobOf(outcome.response ?? null) : null;
  if (response && response.sizeBytes > limits.responseBytes) limit(text('The response is larger than 5 MB. Export it to a file and answer with that.', 'La réponse dépasse 5 Mo. Exportez-la dans un fichier et répondez avec lui.'));
  if (response) run.excerpt = JSON.stringify(outcome.response ?? null).slice(0, 2_000);
  const inline = await storeBlobs(engine, run.facts.workspaceId, response ? [...blobs, response] : blobs);
  remember(run, step.id, { items: outcome.items, many: outcome.many });
  run.emit([...said(turn, done), {
    type: 'step.succeeded', ...own, blob: ref,
    data: { itemsIn: done.itemsIn, itemsOut: outcome.items.length, durationMs: durationOf(done), warnings: done.session.warnings(), many: outcome.many, ...(responds ? { responded: true } : {}) },
  }], { blobs: inline, ...(response ? { outputRef: response.sha256 } : {}) });
}

async function recordModel(engine: Engine, run: LiveRun, turn: Turn, outcome: WorkflowOutcome, done: Done): Promise<void> {
  if (outcome.kind === 'waiting') return recordWait(run, turn, outcome, done);
  const own = { stepId: turn.stepId, attempt: turn.attempt, iteration: turn.iteration };
  const model = { model: outcome.model, loaded: outcome.loaded ?? run.model?.loaded ?? outcome.model };
  const blob = blobOf(model);
  if (blob.sizeBytes > 2 * limits.itemBytes) limit(text('The model is larger than 5 MB. Keep large contents in files.', 'Le modèle dépasse 5 Mo. Gardez les gros contenus dans des fichiers.'));
  const inline = await storeBlobs(engine, run.facts.workspaceId, [blob]);
  run.model = model;
  if (outcome.loaded && typeof outcome.loaded['id'] === 'number' && outcome.loaded['id'] > 0) run.entryId = outcome.loaded['id'];
  run.emit([...said(turn, done), {
    type: 'step.succeeded', ...own, blob: blob.sha256, data: { itemsIn: 1, itemsOut: 1, durationMs: durationOf(done), warnings: done.session.warnings(), next: outcome.next },
  }], { blobs: inline });
}

function recordWait(run: LiveRun, turn: Turn, outcome: { reason: { en: string; fr: string }; childRuns: string[]; until?: string }, done: Done): void {
  const own = { stepId: turn.stepId, attempt: turn.attempt, iteration: turn.iteration };
  const waits = run.state.steps[turn.stepId];
  const same = waits?.status === 'waiting' && waits.childRuns.join() === outcome.childRuns.slice(0, 100).join();
  const timer: Draft[] = outcome.until ? [{ type: 'timer.set', ...own, data: { at: outcome.until } }] : [];
  if (outcome.until) run.timers.set(turn.stepId, outcome.until);
  run.emit([...said(turn, done), ...(same ? [] : [{ type: 'step.waiting' as const, ...own, data: { reason: outcome.reason.en, text: outcome.reason, childRuns: outcome.childRuns.slice(0, 100) } }, ...timer])]);
}

function limit(what: { en: string; fr: string }): never {
  throw new FailureError(failure('LIMIT_EXCEEDED', what));
}

/** The attempt failed: tried again later if that may help, otherwise the step has failed. */
function fallen(run: LiveRun, turn: Turn, step: Step, error: unknown, logs: Draft[]): void {
  const own = { stepId: turn.stepId, attempt: turn.attempt, iteration: turn.iteration };
  const judged = judge(error, step.id);
  const again = nextAttempt(step, turn.attempt, judged, Math.random());
  const shown: Failure = judged.failure;
  run.emit([...logs, { type: 'step.failed', ...own, data: { error: shown, retryable: judged.transient } }, ...(again
    ? [{ type: 'step.retry_scheduled' as const, ...own, data: { at: new Date(Date.now() + again.pauseMs).toISOString(), attempt: turn.attempt + 1, of: again.of } }] : [])]);
}

