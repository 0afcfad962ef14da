import postgres from 'postgres';
import type { Random } from '#flow/testing-random';
import { failure } from '#flow/failure';
import { text } from '#flow/text';
import { foldEvents, initialRunState, isEnded } from '#flow/run-state';
import { Appender } from './append';
import { decide } from './decide';
import { LiveRun, type Draft, type RunFacts } from './live-run';
import { acts, computes } from './plan';
import { eventOf, free, settle, type SimulatedDatabase, type World } from './simulated-database';

/** The workers of a simulated world: the engine's own decisions, folds, runs and appender, carried on a step at a time. */
type Began = { attempt: number; iteration: number; settled: boolean };
type Held = { run: LiveRun; began: Map<string, Began>; parking: boolean; ending: boolean };
export type SimulatedWorker = { id: number; stalled: number; lapsed: boolean; appender: Appender; held: Map<string, Held> };
/** Every effect that happened, by its key: under which claim and attempt. */
export type Ledger = Map<string, { fence: number; attempt: number }[]>;

/** Never connected. */
const nobody = postgres('postgres://nobody@127.0.0.1:1/none');

/** The appender is the real one; only what it sends to is a model. */
export function simulatedWorker(id: number, database: SimulatedDatabase): SimulatedWorker {
  const appender = new Appender(nobody, () => {}, { write: (_sql, appends) => database.send(appends), report: () => {}, soon: queueMicrotask });
  return { id, stalled: 0, lapsed: false, appender, held: new Map() };
}

export function carrier(random: Random, world: World, { slots, logs }: SimulatedDatabase, facts: ReadonlyMap<string, RunFacts>, ledger: Ledger) {
  return { claim, carry };

  function claim(worker: SimulatedWorker): void {
    if (worker.stalled > 0 || worker.lapsed) return;
    const due = [...slots].filter(([id, slot]) => slot.state === 'ready' && !worker.held.has(id));
    const chosen = due[random.below(Math.max(1, due.length))];
    if (!chosen) return;
    const [id, slot] = chosen;
    const own = facts.get(id);
    if (!own) return;
    slot.state = 'leased';
    slot.owner = worker.id;
    slot.fence += 1;
    const state = foldEvents(initialRunState, (logs.get(id) ?? []).map(eventOf));
    const run = new LiveRun(own, { fence: slot.fence, headSeq: slot.headSeq, headHash: slot.headHash, wakes: slot.wakes, stalls: 0 }, state, worker.appender, null);
    run.called = slot.cancel;
    const first: Draft[] = slot.headSeq === 0 ? [{ type: 'run.requested', data: { trigger: 'api', startedBy: { id: null, name: 'x' }, version: 1, draft: false } }] : [];
    run.emit([...first, { type: 'lease.taken', data: { worker: String(worker.id), fence: slot.fence } }, ...(state.status === 'queued' ? [{ type: 'run.started' as const, data: { worker: String(worker.id) } }] : [])]);
    worker.held.set(id, { run, began: new Map(), parking: false, ending: false });
  }

  /** One step of one run that this worker holds: decide, do, say. */
  async function carry(worker: SimulatedWorker): Promise<void> {
    if (worker.stalled > 0) return;
    const entries = [...worker.held];
    const entry = entries[random.below(Math.max(1, entries.length))];
    if (!entry) return;
    const [id, held] = entry;
    const { run } = held;
    if (run.lost) {
      worker.held.delete(id);
      // What was dropped is handed back, should it still be ours: as the worker's strays are.
      const slot = slots.get(id);
      if (slot && slot.owner === worker.id && slot.fence === run.fence && slot.state === 'leased') free(slot);
      return;
    }
    if (isEnded(run.state.status)) {
      if (!held.ending) {
        held.ending = true;
        void run.settled().then(() => worker.held.delete(id), () => {});
      }
      return settle();
    }
    const slot = slots.get(id);
    if (run.called && slot?.fence === run.fence) {
      run.called = false;
      run.wakes = slot.wakes;
      for (const [stepId, step] of Object.entries(run.state.steps)) if (step.status === 'waiting') run.due.add(stepId);
      if (slot.cancel && !run.state.cancelRequested) run.emit([{ type: 'cancel.requested', data: { by: { id: null, name: 'x' } } }]);
      return settle();
    }
    decided(worker, id, held);
    await settle();
  }

  function decided(worker: SimulatedWorker, id: string, held: Held): void {
    const { run } = held;
    // What was begun goes on first, when its start is durable.
    for (const [stepId, turn] of held.began) if (turn.settled && random.below(2) === 0) return finish(worker, held, stepId, turn);
    const decision = decide(run.state, run.facts.plan, { due: run.due, now: '9999', busy: held.began });
    switch (decision.do) {
      case 'start': return start(held, decision);
      case 'continue':
        run.due.delete(decision.stepId);
        held.began.set(decision.stepId, { attempt: run.state.steps[decision.stepId]?.attempt ?? 1, iteration: 0, settled: true });
        return;
      case 'skip': return run.emit([{ type: 'step.skipped', stepId: decision.stepId, data: { reason: decision.reason, text: decision.text } }]);
      case 'fail': return run.emit([{ type: 'run.failed', data: { error: decision.error } }]);
      case 'cancel': return run.emit([{ type: 'run.cancelled', data: {} }]);
      case 'succeed': return run.emit([{ type: 'run.succeeded', data: { warnings: run.state.warnings } }]);
      case 'park':
        if (held.began.size > 0 || held.parking) return;
        held.parking = true;
        void run.settled().then(() => park(worker, id, held), () => {});
    }
  }

  /** Only if nobody left word since the run last looked. */
  function park(worker: SimulatedWorker, id: string, held: Held): void {
    held.parking = false;
    const slot = slots.get(id);
    if (!slot || slot.fence !== held.run.fence || slot.state !== 'leased') return;
    if (slot.wakes !== held.run.wakes || slot.cancel) {
      held.run.called = true;
      return;
    }
    slot.state = 'waiting';
    slot.owner = null;
    worker.held.delete(id);
  }

  function start(held: Held, { stepId, attempt, iteration }: { stepId: string; attempt: number; iteration: number }): void {
    const { run } = held;
    run.emit([{ type: 'step.started', stepId, attempt, iteration, data: { itemsIn: 1 } }]);
    if (computes(run.facts.plan, stepId)) return outcome(held, stepId, { attempt, iteration });
    const turn = { attempt, iteration, settled: false };
    held.began.set(stepId, turn);
    // Nothing happens outside before the start is in the log.
    void run.settled().then(() => (turn.settled = true), () => {});
  }

  function finish(worker: SimulatedWorker, held: Held, stepId: string, turn: { attempt: number; iteration: number }): void {
    held.began.delete(stepId);
    if (held.run.lost || worker.lapsed) return held.run.lose();
    if (acts(held.run.facts.plan, stepId)) {
      const key = `${held.run.facts.id}/${stepId}/${turn.iteration}`;
      ledger.set(key, [...(ledger.get(key) ?? []), { fence: held.run.fence, attempt: turn.attempt }]);
      world.effects += 1;
    }
    outcome(held, stepId, turn);
  }

  function outcome(held: Held, stepId: string, own: Omit<Began, 'settled'>): void {
    const { run } = held;
    const place = { stepId, attempt: own.attempt, iteration: own.iteration };
    const fate = random.below(20);
    if (fate === 0) run.emit([{ type: 'step.failed', ...place, data: { error: failure('INTERNAL', text('x', 'x'), { stepId }), retryable: false } }]);
    else if (fate < 3 && own.attempt < 3) run.emit([{ type: 'step.failed', ...place, data: { error: failure('HTTP_TIMEOUT', text('x', 'x')), retryable: true } }, { type: 'step.retry_scheduled', ...place, data: { at: '2000', attempt: own.attempt + 1, of: 3 } }]);
    else if (fate < 5 && !computes(run.facts.plan, stepId) && run.state.steps[stepId]?.status === 'running') run.emit([{ type: 'step.waiting', ...place, data: { reason: 'x' } }]);
    else run.emit([{ type: 'step.succeeded', ...place, data: { itemsIn: 1, itemsOut: random.below(4), durationMs: 0, warnings: 0, many: true } }]);
  }
}
