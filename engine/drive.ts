import { setImmediate as breathe, setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { blobOf, getValue } from '#db/blobs';
import { readEntry } from '#db/entries';
import { isUnreachable } from '#db/refused';
import { hintNewWork } from '#db/run-hint';
import { signalChildren } from '#db/run-signal';
import { failure, type Failure } from '#flow/failure';
import type { EntryModel } from '#flow/component-model';
import { isJsonObject, type Json } from '#flow/json';
import { isEnded } from '#flow/run-state';
import { stepsAwaitingRuns } from '#flow/steps/awaited-runs';
import { text, type Text } from '#flow/text';
import { reloaded } from '#flow/workflow-model';
import { parkSlot, readInbox, returnSlot, type Slot } from './claim';
import { decide, isMany, type Decision } from './decide';
import { deferredWrites, queuesBefore } from './deferred';
import { storeBlobs, type Engine } from './engine';
import { LostRun, type Draft, type LiveRun } from './live-run';
import { perform, type Turn } from './perform';
import { answers, computes } from './plan';
import { deadlineOf, exceeded } from './run-limits';

/** Carries one claimed run on until it ends, parks or belongs to somebody else. */
const mostStalls = 8;
const longestRestMs = 30_000;
const stopMs = 700;
const left = z.object({ by: z.object({ id: z.string().nullable(), name: z.string() }), stepId: z.string().optional() });
export type Outcome = 'ended' | 'parked' | 'returned' | 'lost';

export async function drive(engine: Engine, run: LiveRun, slot: Slot): Promise<Outcome> {
  try {
    await begin(engine, run, slot);
    for (;;) {
      if (run.lost) throw new LostRun(run.facts.id);
      if (run.broken !== null) throw run.broken;
      if (isEnded(run.state.status)) return await end(engine, run, []);
      if (run.called) await readWords(engine, run);
      const outcome = engine.isDraining() ? await drain(engine, run, slot) : await step(engine, run, nextDecision(run));
      if (outcome !== null) return outcome;
      await yieldTurn();
    }
  } catch (error) {
    if (error instanceof LostRun || run.lost) {
      if (run.refused) await returnSlot(engine.control, slot, true);
      return 'lost';
    }
    console.error(`engine: run ${run.facts.id} stumbled:`, error);
    run.lose();
    await returnSlot(engine.control, slot, !isUnreachable(error));
    return 'returned';
  }
}

let lastTurnMs = 0;
const turnMs = 5;

/** Runs are taken up right after a wait: their turn begins now. */
export function beginTurn(): void {
  lastTurnMs = performance.now();
}

let breath: Promise<void> | null = null;

/** Lets sockets and timers have their turn, once a few milliseconds rather than after every step, for all runs together. */
async function yieldTurn(): Promise<void> {
  if (breath === null && performance.now() - lastTurnMs < turnMs) return;
  breath ??= breathe().then(() => {
    breath = null;
    beginTurn();
  });
  await breath;
}

function nextDecision(run: LiveRun): Decision {
  if (run.resetBy) return { do: 'cancel' };
  const now = run.now();
  for (const [stepId, at] of run.timers) {
    if (at > now) continue;
    run.timers.delete(stepId);
    run.due.add(stepId);
  }
  return decide(run.state, run.facts.plan, { due: run.due, now, busy: run.busy });
}

/** One decision carried out; an outcome when the run leaves this worker. */
async function step(engine: Engine, run: LiveRun, decision: Decision): Promise<Outcome | null> {
  const over = decision.do === 'cancel' || decision.do === 'fail' ? null : exceeded(run);
  if (over) {
    await stopWork(run, 'over its limits');
    await stopChildren(engine, run);
    return end(engine, run, cutOff(run, over));
  }
  switch (decision.do) {
    case 'start':
      return begun(engine, run, { stepId: decision.stepId, attempt: decision.attempt, iteration: decision.iteration, isFresh: true });
    case 'continue': {
      const waits = run.state.steps[decision.stepId];
      return begun(engine, run, { stepId: decision.stepId, attempt: waits?.attempt ?? 1, iteration: waits?.iteration ?? 0, isFresh: false });
    }
    case 'skip':
      run.emit([{ type: 'step.skipped', stepId: decision.stepId, data: { reason: decision.text.en, text: decision.text } }]);
      return null;
    case 'park':
      return run.busy.size > 0 ? rest(engine, run, decision.until) : park(engine, run, decision.until);
    case 'fail':
      await stopChildren(engine, run);
      return end(engine, run, [{ type: 'run.failed', data: { error: decision.error } }]);
    case 'cancel':
      await stopWork(run, 'cancelled');
      await stopChildren(engine, run);
      return end(engine, run, [run.resetBy ? { type: 'run.reset', data: { by: run.resetBy } } : { type: 'run.cancelled', data: {} }]);
    case 'succeed':
      return succeed(engine, run, decision);
  }
}

/** What only computes is done at once; the rest goes side by side with what is decided next. */
async function begun(engine: Engine, run: LiveRun, turn: Turn): Promise<null> {
  if (run.busy.size === 0 && run.step.signal.aborted) run.step = new AbortController();
  if (computes(run.facts.plan, turn.stepId)) {
    await perform(engine, run, turn);
    return null;
  }
  const performed = perform(engine, run, turn).catch((error: unknown) => {
    run.broken = error;
  }).finally(() => {
    run.busy.delete(turn.stepId);
    run.wake();
  });
  run.busy.set(turn.stepId, performed);
  return null;
}

/** Until something under way moves, a word arrives or a timer is due. Who only waits for others gives up its place meanwhile. */
async function rest(engine: Engine, run: LiveRun, until: string | null): Promise<null> {
  run.isResting = run.state.status === 'waiting' || run.state.status === 'paused';
  if (run.isResting) engine.madeRoom();
  const at = firstOf(run, until);
  await run.sleep(at === null ? longestRestMs : Math.min(longestRestMs, Math.max(1, Date.parse(at) - Date.now())));
  run.isResting = false;
  return null;
}

/** Closing: what is under way may end, nothing new begins. The worker loses its patience with those that take too long. */
async function drain(engine: Engine, run: LiveRun, slot: Slot): Promise<Outcome | null> {
  if (run.busy.size === 0) return handBack(engine, run, slot);
  await run.sleep(longestRestMs);
  return null;
}

/** Stops what is under way and gives it a moment to say what it has done. */
async function stopWork(run: LiveRun, why: string): Promise<void> {
  run.step.abort(new Error(why));
  if (run.busy.size > 0) await Promise.race([Promise.all(run.busy.values()), pause(stopMs, undefined, { ref: false })]);
  run.release(); // A transaction that hangs must not hold up the end; without its slot it commits nothing.
  if (run.lost) throw new LostRun(run.facts.id);
}

/** Runs that a step still waits for end with it. Told before the end is written, so that a crash in between tells them again. */
async function stopChildren(engine: Engine, run: LiveRun): Promise<void> {
  const waiting = stepsAwaitingRuns(run.facts.plan.definition, run.state);
  if (waiting.length === 0) return;
  await run.settled();
  const told = await engine.database.db.transaction((tx) => signalChildren(tx, run.facts.id, waiting, run.lastWord ?? { id: null, name: 'Millrace' }));
  for (const id of told) hintNewWork(engine.database.sql, id);
}

async function end(engine: Engine, run: LiveRun, drafts: readonly Draft[]): Promise<Outcome> {
  run.emit(drafts, { search: run.excerpt });
  return leave(engine, run);
}

/** The end is said; until it is written another run may be claimed. */
async function leave(engine: Engine, run: LiveRun): Promise<Outcome> {
  engine.madeRoom();
  await run.settled();
  return 'ended';
}

async function begin(engine: Engine, run: LiveRun, slot: Slot): Promise<void> {
  const taken: Draft = { type: 'lease.taken', data: { worker: engine.workerId, fence: run.fence } };
  if (slot.stalls >= mostStalls) {
    const reason = `Its worker died or stumbled ${slot.stalls} times at the same place.`;
    return run.emit([taken, { type: 'run.quarantined', data: { reason } }]);
  }
  if (run.state.status !== 'queued') return run.emit([taken]);
  const model = run.facts.kind === 'workflow' ? await modelAtStart(engine, run) : null;
  const blob = model ? blobOf(model) : null;
  if (model) run.model = model;
  const inline = blob ? await storeBlobs(engine, run.facts.workspaceId, [blob]) : [];
  run.startedAtMs = Date.now();
  run.emit([taken, { type: 'run.started', data: { worker: engine.workerId }, ...(blob ? { blob: blob.sha256 } : {}) }], { blobs: inline });
  if (run.facts.kind === 'workflow' && run.model === null) run.emit([{ type: 'run.failed', data: { error: failure('ENTRY_NOT_FOUND', text('The entry was deleted before the workflow began.', 'L’entrée a été supprimée avant le début du workflow.')) } }]);
}

/** Who resumes may have corrected the entry first: what the workflow did not change itself is read again. */
async function modelAtStart(engine: Engine, run: LiveRun): Promise<LiveRun['model']> {
  if (run.model === null) {
    return initialModel(engine, run);
  }
  const isResumed = run.state.startedAt !== null;
  const fresh = isResumed && run.entryId !== null ? await readEntry(engine.database.db, run.facts.component.id, run.entryId) : null;
  return fresh ? reloaded(run.model, fresh) : null;
}

/** A workflow's model as it is at the start: the entry, with the fields its starter gave, or what that gave alone. */
async function initialModel(engine: Engine, run: LiveRun): Promise<LiveRun['model']> {
  const { facts } = run;
  const given = facts.inputRef === null ? undefined : await getValue(engine.database.db, facts.workspaceId, facts.inputRef);
  if (run.entryId === null) return isJsonObject(given) ? { model: given, loaded: given } : null;
  const entry = await readEntry(engine.database.db, facts.component.id, run.entryId);
  return entry && givenOver(entry, given);
}

/** "Update model" writes the fields that were given differently, unless somebody changed them since they were loaded. */
function givenOver(entry: EntryModel, given: Json | undefined): NonNullable<LiveRun['model']> {
  const own = isJsonObject(given ?? null) && isJsonObject(given) && given['id'] === entry.id ? given : {};
  const data = own['data'] ?? null;
  const loaded = { ...entry, updateDate: own['updateDate'] ?? entry.updateDate };
  return { model: { ...loaded, data: { ...entry.data, ...(isJsonObject(data) ? data : {}) } }, loaded };
}

/** Turns what others left into events; only the owner does. */
async function readWords(engine: Engine, run: LiveRun): Promise<void> {
  run.called = false;
  // Who cancels does not wait for a transaction that hangs.
  const early = run.isHeld ? await readInbox(engine.control, run) : null;
  const isOver = early?.words.some(({ kind }) => kind === 'cancel' || kind === 'reset') ?? false;
  if (!isOver) await run.settled();
  const inbox = isOver ? early : await readInbox(engine.control, run);
  if (inbox === null) throw new LostRun(run.facts.id);
  run.wakes = inbox.wakes;
  if (inbox.words.length === 0) return;
  const drafts: Draft[] = [];
  let isPaused = run.state.status === 'paused';
  for (const { kind, payload } of inbox.words) {
    const parsed = left.safeParse(payload);
    const by = parsed.success ? parsed.data.by : { id: null, name: 'Millrace' };
    if (kind === 'cancel' || kind === 'reset') run.lastWord = by;
    if (kind === 'cancel') drafts.push({ type: 'cancel.requested', data: { by } });
    if ((kind === 'pause' && !isPaused) || (kind === 'unpause' && isPaused)) {
      isPaused = !isPaused;
      drafts.push({ type: isPaused ? 'run.paused' : 'run.unpaused', data: { by } });
    }
    if (kind === 'reset') run.resetBy = by;
    if (kind === 'answer') {
      run.lastWord = by;
      if (parsed.success && parsed.data.stepId !== undefined) run.due.add(parsed.data.stepId);
    }
    if (kind === 'child_done') for (const [id, each] of Object.entries(run.state.steps)) if (each.status === 'waiting') run.due.add(id);
  }
  const consumed = inbox.words.map((word) => word.id);
  if (drafts.length > 0) run.emit(drafts, { consumed });
  else await engine.control`update run_inbox set consumed_seq = ${run.headSeq} where id = any(${consumed}::bigint[])`;
}

async function park(engine: Engine, run: LiveRun, until: string | null): Promise<Outcome | null> {
  await run.settled();
  if (await parkSlot(engine.control, run, firstOf(run, until))) return 'parked';
  run.called = true;
  return null;
}

/** When the run has to look again at the latest: a retry, a timer, its time limit. */
function firstOf(run: LiveRun, until: string | null): string | null {
  const times = [...run.timers].filter(([id]) => run.state.steps[id]?.status === 'waiting').map(([, at]) => at);
  const deadline = deadlineOf(run);
  const limit = deadline === null ? [] : [new Date(deadline + 1_000).toISOString()];
  return [...times, ...limit, ...(until === null ? [] : [until])].toSorted()[0] ?? null;
}

async function handBack(engine: Engine, run: LiveRun, slot: Slot): Promise<Outcome> {
  await run.settled();
  await returnSlot(engine.control, slot, false);
  return 'returned';
}

/** Deferred writes that no step applied are dropped. */
async function unapplied(engine: Engine, run: LiveRun): Promise<Text | null> {
  const filled = queuesBefore(run.facts.plan, run.state, null);
  const count = filled.length === 0 ? 0 : (await deferredWrites(engine.database, run, filled)).length;
  return count === 0 ? null : text(`${count} deferred operations were dropped: no step applied them.`, `${count} opérations différées ont été abandonnées : aucune étape ne les a appliquées.`);
}

async function succeed(engine: Engine, run: LiveRun, decision: Extract<Decision, { do: 'succeed' }>): Promise<Outcome> {
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
function cutOff(run: LiveRun, error: Failure): Draft[] {
  const open = Object.entries(run.state.steps).filter(([, each]) => each.status === 'running' || each.status === 'waiting' || each.status === 'retrying');
  return [...open.map(([stepId, each]): Draft => ({ type: 'step.failed', stepId, attempt: each.attempt, iteration: each.iteration, data: { error: { ...error, stepId }, retryable: false } })), { type: 'run.failed', data: { error } }];
}
