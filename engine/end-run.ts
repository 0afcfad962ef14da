import { setTimeout as pause } from 'node:timers/promises';
import { blobOf } from '#db/blobs';
import { hintNewWork } from '#db/run-hint';
import { signalChildren } from '#db/run-signal';
import type { Failure } from '#flow/failure';
import type { Json } from '#flow/json';
import { stepsAwaitingRuns } from '#flow/steps/awaited-runs';
import { text, type Text } from '#flow/text';
import { isMany, type Decision } from './decide';
import { deferredWrites, queuesBefore } from './deferred';
import { storeBlobs, type Engine } from './engine';
import { LostRun, type Draft, type LiveRun } from './live-run';
import { answers } from './plan';

/** How a run ends: what is under way is stopped, what it gave is said, and once that is written it is nobody's. */
const stopMs = 700;

/** Stops what is under way and gives it a moment to say what it has done. */
export async function stopWork(run: LiveRun, why: string): Promise<void> {
  run.step.abort(new Error(why));
  if (run.busy.size > 0) await Promise.race([Promise.all(run.busy.values()), pause(stopMs, undefined, { ref: false })]);
  run.release(); // A transaction that hangs must not hold up the end; without its slot it commits nothing.
  if (run.lost) throw new LostRun(run.facts.id);
}

/** Runs that a step still waits for end with it. Told before the end is written, so that a crash in between tells them again. */
export async function stopChildren(engine: Engine, run: LiveRun): Promise<void> {
  const waiting = stepsAwaitingRuns(run.facts.plan.definition, run.state);
  if (waiting.length === 0) return;
  await run.settled();
  const told = await engine.database.db.transaction((tx) => signalChildren(tx, run.facts.id, waiting, run.lastWord ?? { id: null, name: 'Millrace' }));
  for (const id of told) hintNewWork(engine.database.sql, id);
}

export async function end(engine: Engine, run: LiveRun, drafts: readonly Draft[]): Promise<'ended'> {
  run.emit(drafts, { search: run.excerpt });
  return leave(engine, run);
}

/** The end is said; until it is written another run may be claimed. */
async function leave(engine: Engine, run: LiveRun): Promise<'ended'> {
  engine.relay.pass(run);
  engine.madeRoom();
  await run.settled();
  return 'ended';
}

/** Deferred writes that no step applied are dropped. */
async function unapplied(engine: Engine, run: LiveRun): Promise<Text | null> {
  const filled = queuesBefore(run.facts.plan, run.state, null);
  const count = filled.length === 0 ? 0 : (await deferredWrites(engine.database, run, filled)).length;
  return count === 0 ? null : text(`${count} deferred operations were dropped: no step applied them.`, `${count} opérations différées ont été abandonnées : aucune étape ne les a appliquées.`);
}

export async function succeed(engine: Engine, run: LiveRun, decision: Extract<Decision, { do: 'succeed' }>): Promise<'ended'> {
  const output = run.facts.kind === 'workflow' ? { ...run.model?.model, state: decision.state } : unanswered(run);
  const unsaved = decision.state === 'finished' && run.model && JSON.stringify(run.model.model['data']) !== JSON.stringify(run.model.loaded['data'])
    ? text('The model was changed and not saved: no "Update model" ran after the change.', 'Le modèle a été changé sans être enregistré : aucune étape « Mettre à jour le modèle » ensuite.') : null;
  const warnings = [decision.warning, unsaved, await unapplied(engine, run)].filter((each) => each !== null);
  run.endsAsDraft = decision.state === 'draft';
  const blob = output === undefined ? null : blobOf(output);
  if (output !== undefined) run.excerpt ||= JSON.stringify(output).slice(0, 2_000);
  const inline = blob ? await storeBlobs(engine, run.facts.workspaceId, [blob]) : [];
  run.emit([
    ...warnings.map((each): Draft => ({ type: 'step.logged', data: { level: 'warning', message: each.en, text: each } })),
    { type: 'run.succeeded', data: { warnings: run.state.warnings + warnings.length, ...(decision.state ? { state: decision.state } : {}) } },
  ], { blobs: inline, search: run.excerpt, ...(blob ? { outputRef: blob.sha256 } : {}) });
  return leave(engine, run);
}

/** A dataflow whose answering steps got no item answers `[]` where many were due, else null (undefined: nothing to store). */
function unanswered(run: LiveRun): Json | undefined {
  if (run.state.responded) return undefined;
  const { plan } = run.facts;
  const answering = [...plan.types].find(([, type]) => answers(type))?.[0];
  const source = answering === undefined ? undefined : plan.graph.sourcesOf(answering)[0];
  return source && isMany(source.stepId, run.state, plan) ? [] : undefined;
}

/** Fails the run whatever is open: its time is over, or its log is full. */
export function cutOff(run: LiveRun, error: Failure): Draft[] {
  const open = Object.entries(run.state.steps).filter(([, each]) => each.status === 'running' || each.status === 'waiting' || each.status === 'retrying');
  return [...open.map(([stepId, each]): Draft => ({ type: 'step.failed', stepId, attempt: each.attempt, iteration: each.iteration, data: { error: { ...error, stepId }, retryable: false } })), { type: 'run.failed', data: { error } }];
}
