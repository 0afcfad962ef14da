import { z } from 'zod';
import { blobOf, blobsOfItems, getItems, getValue } from '#db/blobs';
import { failure, FailureError, type Failure } from '#flow/failure';
import type { Json } from '#flow/json';
import { megabytes, tooManyItems } from '#flow/limits';
import type { ItemList } from '#flow/steps/capabilities';
import type { DataflowOutcome, DataflowStep, WorkflowOutcome, WorkflowStep } from '#flow/steps/define-step';
import { pendingStep } from '#flow/run-state';
import { text } from '#flow/text';
import { tell, traced } from '#db/trace';
import type { Step } from '#flow/flow';
import { isMany, producerOf } from './decide';
import { effectsOf, type StepEffects } from './effects';
import { storeBlobs, type Engine } from './engine';
import { EndingRun, LostRun, type Draft, type LiveRun } from './live-run';
import { judge, nextAttempt } from './retry';
import { limitText } from './run-limits';
import { sessionOf, type Session } from './step-use';

/** One attempt of one step: gather its input, run it, record what it gave. Never throws but for a lost run. */
export type Turn = { stepId: string; attempt: number; iteration: number; isFresh: boolean };
/** Recent outputs that stay in memory; larger ones are read again from where they are recorded. */
const cachedBytes = 50_000_000;
const responseBytes = 5_000_000;
const nothing: ItemList = { items: [], many: false };

export async function perform(engine: Engine, run: LiveRun, turn: Turn): Promise<void> {
  const type = run.facts.plan.types.get(turn.stepId)?.id ?? 'unknown';
  const startedMs = performance.now();
  await traced(`step ${type}`, { 'millrace.run_id': run.facts.id, 'millrace.step_id': turn.stepId, 'millrace.attempt': turn.attempt }, () => attempt(engine, run, turn));
  engine.figures.stepSeconds.observe({ type }, (performance.now() - startedMs) / 1_000);
}

async function attempt(engine: Engine, run: LiveRun, turn: Turn): Promise<void> {
  const step = run.facts.plan.steps.get(turn.stepId);
  const type = run.facts.plan.types.get(turn.stepId);
  if (!step) return;
  run.due.delete(turn.stepId);
  const clock = stepClock(run, step, turn);
  const { signal } = clock;
  const startedMs = performance.now();
  const own = { stepId: turn.stepId, attempt: turn.attempt, iteration: turn.iteration };
  let session: Session | null = null;
  try {
    const input = run.facts.kind === 'dataflow' ? await gather(engine, run, step) : null;
    const itemsIn = input ? (input.source.items.length || input.left.items.length) : 1;
    // Paused while its input was read: it begins when the run goes on.
    if (turn.isFresh && run.state.status === 'paused') return;
    if (turn.isFresh) run.emit([{ type: 'step.started', ...own, data: { itemsIn } }]);
    if (clock.isOver) throw new FailureError(stepTimeout(step));
    if (!type) throw new FailureError(failure('PARAM_INVALID', text(`This version of Millrace does not know the step type "${step.type}".`, `Cette version de Millrace ne connaît pas le type d’étape « ${step.type} ».`)));
    const effects = await unlessAborted(signal, effectsOf(engine, run, turn, signal));
    const callerModel = type.kind === 'dataflow' && type.callerModel ? await callerModelOf(engine, run) : undefined;
    const startedAt = run.state.steps[turn.stepId]?.startedAt ?? run.now();
    session = sessionOf(engine, run, { step, attempt: turn.attempt, iteration: turn.iteration, startedAt, callerModel, signal }, effects);
    const done = { session, effects, itemsIn, startedMs };
    if (type.kind === 'dataflow') await recordItems(engine, run, turn, step, await unlessAborted(signal, runDataflow(type, step, input ?? { source: nothing, left: nothing, right: nothing }, session)), done);
    else await recordModel(engine, run, turn, await unlessAborted(signal, runWorkflow(type, step, run, session)), done);
  } catch (error) {
    if (run.lost || error instanceof LostRun) throw new LostRun(run.facts.id);
    if (error instanceof EndingRun) {
      run.called = true;
      return;
    }
    if (run.step.signal.aborted) return; // Cancelled or over time: the loop finds out which and ends the run.
    engine.figures.stepFailures.inc({ type: step.type });
    tell({ 'error.type': error instanceof FailureError ? error.failure.code : 'INTERNAL' });
    if (signal.aborted) run.release();
    fallen(run, turn, step, signal.aborted ? new FailureError(stepTimeout(step)) : error, session?.takeLogs() ?? []);
  } finally {
    clock.stop();
    session?.close();
  }
}

type StepClock = { signal: AbortSignal; isOver: boolean; stop: () => void };

/** The run's own signal, and the step's time limit where it has one: an attempt's time goes on while it waits. */
function stepClock(run: LiveRun, step: Step, turn: Turn): StepClock {
  const { signal } = run.step;
  if (step.timeoutMs === undefined) return { signal, isOver: false, stop: () => {} };
  const startedAt = turn.isFresh ? null : run.state.steps[step.id]?.startedAt;
  const leftMs = step.timeoutMs - (startedAt ? Date.now() - Date.parse(startedAt) : 0);
  const own = new AbortController();
  const timer = setTimeout(() => own.abort(new Error('the step took too long')), Math.max(0, leftMs));
  return { signal: AbortSignal.any([signal, own.signal]), isOver: leftMs <= 0, stop: () => clearTimeout(timer) };
}

function stepTimeout(step: Step): Failure {
  const shown = limitText(step.timeoutMs ?? 0);
  return failure('LIMIT_EXCEEDED', text(`"${step.name}" took longer than its limit of ${shown.en}.`, `« ${step.name} » a dépassé sa limite de ${shown.fr}.`), { details: { timeoutMs: step.timeoutMs ?? 0 } });
}

/** Work that does not listen to its signal is left to itself: it has no say any more. */
function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    void work.then(resolve, reject).then(() => signal.removeEventListener('abort', stop));
  });
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
  return remember(run, producer, { items: stored.items, many: stored.many }, JSON.stringify(stored.items).length);
}

function remember(run: LiveRun, stepId: string, list: ItemList, bytes: number): ItemList {
  const forget = (id: string) => {
    run.outputBytes -= run.outputs.get(id)?.bytes ?? 0;
    run.outputs.delete(id);
  };
  forget(stepId);
  if (bytes > cachedBytes) return list;
  run.outputs.set(stepId, { ...list, bytes });
  run.outputBytes += bytes;
  for (const id of run.outputs.keys()) {
    if (run.outputBytes <= cachedBytes) break;
    forget(id);
  }
  return list;
}

async function callerModelOf(engine: Engine, run: LiveRun): Promise<Json | undefined> {
  if (run.input !== undefined || run.facts.inputRef === null) return run.input;
  return getValue(engine.database.db, run.facts.workspaceId, run.facts.inputRef);
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
  const { limits } = run.facts;
  if (outcome.items.length > limits.items) limit(tooManyItems(outcome.items.length, limits.items));
  const { blobs, ref, isTooLarge } = await blobsOfItems(outcome.items, outcome.many, limits.itemBytes);
  const most = megabytes(limits.itemBytes);
  if (isTooLarge) limit(text(`An item is larger than ${most} MB. Keep large contents in files.`, `Un élément dépasse ${most} Mo. Gardez les gros contenus dans des fichiers.`));
  const responds = outcome.response !== undefined && !run.state.responded;
  const response = responds ? blobOf(outcome.response ?? null) : null;
  if (response && response.sizeBytes > responseBytes) limit(text('The response is larger than 5 MB. Export it to a file and answer with that.', 'La réponse dépasse 5 Mo. Exportez-la dans un fichier et répondez avec lui.'));
  if (response) run.excerpt = JSON.stringify(outcome.response ?? null).slice(0, 2_000);
  const inline = await storeBlobs(engine, run.facts.workspaceId, response ? [...blobs, response] : blobs);
  remember(run, step.id, { items: outcome.items, many: outcome.many }, blobs.reduce((sum, each) => sum + each.sizeBytes, 0));
  run.emit([...said(turn, done), {
    type: 'step.succeeded', ...own, blob: ref,
    data: { durationMs: durationOf(done), itemsIn: done.itemsIn, itemsOut: outcome.items.length, many: outcome.many, ...(responds ? { responded: true } : {}), warnings: done.session.warnings() },
  }], { blobs: inline, ...(response ? { outputRef: response.sha256 } : {}) });
}

async function recordModel(engine: Engine, run: LiveRun, turn: Turn, outcome: WorkflowOutcome, done: Done): Promise<void> {
  if (outcome.kind === 'waiting') return recordWait(run, turn, outcome, done);
  const own = { stepId: turn.stepId, attempt: turn.attempt, iteration: turn.iteration };
  const model = { model: outcome.model, loaded: outcome.loaded ?? run.model?.loaded ?? outcome.model };
  const blob = blobOf(model);
  const most = megabytes(run.facts.limits.itemBytes);
  if (blob.sizeBytes > 2 * run.facts.limits.itemBytes) limit(text(`The model is larger than ${most} MB. Keep large contents in files.`, `Le modèle dépasse ${most} Mo. Gardez les gros contenus dans des fichiers.`));
  const inline = await storeBlobs(engine, run.facts.workspaceId, [blob]);
  run.model = model;
  if (outcome.loaded && typeof outcome.loaded['id'] === 'number' && outcome.loaded['id'] > 0) run.entryId = outcome.loaded['id'];
  run.emit([...said(turn, done), {
    type: 'step.succeeded', ...own, blob: blob.sha256, data: { durationMs: durationOf(done), itemsIn: 1, itemsOut: 1, next: outcome.next, warnings: done.session.warnings() },
  }], { blobs: inline });
}

function recordWait(run: LiveRun, turn: Turn, outcome: { reason: { en: string; fr: string }; childRuns: string[]; until?: string }, done: Done): void {
  const own = { stepId: turn.stepId, attempt: turn.attempt, iteration: turn.iteration };
  const waits = run.state.steps[turn.stepId];
  const same = waits?.status === 'waiting' && waits.childRuns.join() === outcome.childRuns.slice(0, 100).join();
  const timer: Draft[] = outcome.until ? [{ type: 'timer.set', ...own, data: { at: outcome.until } }] : [];
  const times = [outcome.until, stepDeadline(run, turn.stepId)].filter((each) => each !== undefined && each !== null).toSorted();
  if (times[0] !== undefined) run.timers.set(turn.stepId, times[0]);
  run.emit([...said(turn, done), ...(same ? [] : [{ type: 'step.waiting' as const, ...own, data: { reason: outcome.reason.en, text: outcome.reason, childRuns: outcome.childRuns.slice(0, 100) } }, ...timer])]);
}

/** When the attempt is over its limit (ISO), so that a waiting step is looked at then. */
function stepDeadline(run: LiveRun, stepId: string): string | null {
  const timeoutMs = run.facts.plan.steps.get(stepId)?.timeoutMs;
  const startedAt = run.state.steps[stepId]?.startedAt;
  return timeoutMs === undefined || !startedAt ? null : new Date(Date.parse(startedAt) + timeoutMs).toISOString();
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

