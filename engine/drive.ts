import { z } from 'zod';
import { isUnreachable } from '#db/refused';
import { isEnded } from '#flow/run-state';
import { begin } from './begin-run';
import { parkSlot, readInbox, returnSlot, type Slot } from './claim';
import { decide, type Decision } from './decide';
import { cutOff, end, stopChildren, stopWork, succeed } from './end-run';
import type { Engine } from './engine';
import { LostRun, type Draft, type LiveRun } from './live-run';
import { perform, type Turn } from './perform';
import { computes } from './plan';
import { deadlineOf, exceeded } from './run-limits';
import { isCondemned } from './suspects';

/** Carries one claimed run on until it ends, parks or belongs to somebody else. */
const longestRestMs = 30_000;
const left = z.object({ by: z.object({ id: z.string().nullable(), name: z.string() }), stepId: z.string().optional() });
export type Outcome = 'ended' | 'parked' | 'returned' | 'lost';

export async function drive(engine: Engine, run: LiveRun, slot: Slot): Promise<Outcome> {
  try {
    const isOver = slot.stalls > 0 && (await isCondemned(engine.control, slot.stalls));
    if (slot.stalls > 0) await engine.suspects.turn(run, () => slot.cancel || isOver || engine.isDraining());
    await engine.relay.take(run);
    await begin(engine, run, isOver ? slot.stalls : null);
    if (slot.stalls > 0) await run.settled();
    for (;;) {
      if (run.lost) throw new LostRun(run.facts.id);
      if (run.broken !== null) throw run.broken;
      if (isEnded(run.state.status)) return await end(engine, run, []);
      if (run.called) await readWords(engine, run);
      const outcome = engine.isDraining() ? await drain(engine, run, slot) : await step(engine, run, nextDecision(run));
      if (outcome !== null) return outcome;
      await engine.relay.breathe();
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
  } finally {
    engine.relay.pass(run);
  }
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
