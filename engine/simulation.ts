import postgres from 'postgres';
import { seeded, type Random } from '#flow/testing-random';
import { flowDefinition, type Step } from '#flow/flow';
import { failure } from '#flow/failure';
import { defaultLimits } from '#flow/limits';
import { text } from '#flow/text';
import { foldEvents, initialRunState, isEnded } from '#flow/run-state';
import type { RunEvent } from '#flow/run-event';
import { Appender } from './append';
import type { Answer, Append, EventRow } from './append-statement';
import { decide } from './decide';
import { LiveRun, type Draft, type RunFacts } from './live-run';
import { acts, computes, planOf } from './plan';

/**
 * A world of workers, a log and a queue in memory, moved by one seed: the real decisions, folds, runs and appender of the
 * engine over a model of the two statements that matter (append, claim). Messages to the database are held up and overtake
 * one another, their answers are lost, workers stall past their lease and wake up again, or die. Whatever the order, the
 * rules of RULES.md hold; `simulate` throws with the rule that did not. The same seed plays the same world.
 */
export type World = { runs: number; events: number; effects: number; crashes: number; zombies: number; lost: number; fenced: number; cancelled: number; open: number };
/** Which guards the model's append has: taken out by the test that shows what each is for. */
export type Guards = { fence: boolean; position: boolean; lease: boolean };

type Slot = { fence: number; owner: number | null; state: 'ready' | 'leased' | 'waiting'; headSeq: number; headHash: string; wakes: number; cancel: boolean };
type Row = EventRow;
type Message = { appends: Snapshot[]; resolve: (answers: Answer[]) => void; reject: (error: Error) => void };
type Snapshot = { runId: string; fence: number; oldSeq: number; newSeq: number; headHash: string; rows: Row[]; ended: boolean };
type Held = { run: LiveRun; began: Map<string, { attempt: number; iteration: number; settled: boolean }>; settling: boolean; parking: boolean; ending: boolean };
type Worker = { epoch: number; alive: boolean; stalled: number; lapsed: boolean; appender: Appender; held: Map<string, Held> };
type Told = { cancel: boolean };

/** Never connected. */
const nobody = postgres('postgres://nobody@127.0.0.1:1/none');
const workerCount = 3;
const mostTicks = 900;

export async function simulate(seed: number, guards: Guards = { fence: true, position: true, lease: true }): Promise<World> {
  const random = seeded(seed);
  const world: World = { runs: 0, events: 0, effects: 0, crashes: 0, zombies: 0, lost: 0, fenced: 0, cancelled: 0, open: 0 };
  const slots = new Map<string, Slot>();
  const logs = new Map<string, Row[]>();
  const facts = new Map<string, RunFacts>();
  const told = new Map<string, Told>();
  const ledger = new Map<string, { fence: number; epoch: number }[]>();
  const network: Message[] = [];
  let isCalm = false;

  for (let count = 1 + random.below(3); count > 0; count--) {
    const made = aRun(random, count);
    facts.set(made.id, made);
    told.set(made.id, { cancel: false });
    logs.set(made.id, []);
    slots.set(made.id, { fence: 0, owner: null, state: 'ready', headSeq: 0, headHash: '', wakes: 0, cancel: false });
    world.runs += 1;
  }
  const workers: Worker[] = Array.from({ length: workerCount }, () => fresh(0));

  for (let tick = 0; tick < mostTicks && slots.size > 0; tick++) {
    isCalm = tick > mostTicks * 0.5;
    if (isCalm) for (const worker of workers) worker.stalled = Math.min(worker.stalled, 3);
    await act(tick);
  }
  for (let tick = 0; tick < 200 && network.length > 0; tick++) await deliver(0);
  check();
  return world;

  function fresh(epoch: number): Worker {
    // The appender is the real one; only what it sends to is a model.
    const write = (_sql: unknown, appends: readonly Append[]) => new Promise<Answer[]>((resolve, reject) => network.push({ appends: appends.map(snapshot), resolve, reject }));
    const appender = new Appender(nobody, () => {}, { write, report: () => {}, soon: queueMicrotask });
    return { epoch, alive: true, stalled: 0, lapsed: false, appender, held: new Map() };
  }

  async function act(tick: number): Promise<void> {
    const choice = random.below(100);
    const at = random.below(workerCount);
    const worker = workers[at];
    if (!worker) return;
    if (worker.stalled > 0) worker.stalled -= 1;
    if (choice < 30) await deliver(random.below(Math.max(1, network.length)));
    else if (choice < 42) claim(at, worker);
    else if (choice < 84) await carry(at, worker);
    else if (choice < 88) reapAll();
    else if (choice < 91) await someoneSpeaks();
    else if (isCalm) await deliver(0);
    else if (choice < 94) {
      // Stalled past its lease: the others may take its runs, it knows nothing of it.
      worker.stalled = 10 + random.below(60);
      worker.lapsed = true;
      world.zombies += 1;
    } else if (choice < 96) {
      world.crashes += 1;
      worker.held.clear();
      workers[at] = fresh(worker.epoch + 1 + tick);
      for (const slot of slots.values()) if (slot.owner === ownerId(at, worker)) slot.owner = -1;
    } else worker.lapsed = false;
  }

  /** Some message reaches the database, or its answer does not come back. */
  async function deliver(place: number): Promise<void> {
    const [message] = network.splice(place, 1);
    if (!message) return;
    const fate = isCalm ? 100 : random.below(100);
    if (fate < 6) message.reject(cut()); // lost on the way
    else {
      const answers = apply(message.appends);
      world.fenced += message.appends.length - answers.length;
      if (fate < 14) {
        world.lost += 1;
        message.reject(cut()); // done, and nobody knows
      } else message.resolve(answers);
    }
    await settle();
  }

  /** The append statement: fence, position and lease of each run in the same breath as its rows. */
  function apply(appends: readonly Snapshot[]): Answer[] {
    const answers: Answer[] = [];
    for (const append of appends) {
      const slot = slots.get(append.runId);
      if (!slot || (guards.fence && slot.fence !== append.fence) || (guards.position && slot.headSeq !== append.oldSeq) || (guards.lease && slot.state !== 'leased')) continue;
      const log = logs.get(append.runId);
      if (!log) continue;
      log.push(...append.rows);
      world.events += append.rows.length;
      slot.headSeq = append.newSeq;
      slot.headHash = append.headHash;
      if (append.ended) slots.delete(append.runId);
      answers.push({ runId: append.runId, cancel: slot.cancel, wakes: slot.wakes });
    }
    return answers;
  }

  function claim(at: number, worker: Worker): void {
    if (worker.stalled > 0 || worker.lapsed) return;
    const due = [...slots].filter(([id, slot]) => slot.state === 'ready' && !worker.held.has(id));
    const chosen = due[random.below(Math.max(1, due.length))];
    if (!chosen) return;
    const [id, slot] = chosen;
    const own = facts.get(id);
    if (!own) return;
    slot.state = 'leased';
    slot.owner = ownerId(at, worker);
    slot.fence += 1;
    const state = foldEvents(initialRunState, (logs.get(id) ?? []).map(eventOf));
    const run = new LiveRun(own, { fence: slot.fence, headSeq: slot.headSeq, headHash: slot.headHash, wakes: slot.wakes, stalls: 0 }, state, worker.appender, null);
    run.called = slot.cancel;
    const first: Draft[] = slot.headSeq === 0 ? [{ type: 'run.requested', data: { trigger: 'api', startedBy: { id: null, name: 'x' }, version: 1, draft: false } }] : [];
    run.emit([...first, { type: 'lease.taken', data: { worker: String(at), fence: slot.fence } }, ...(state.status === 'queued' ? [{ type: 'run.started' as const, data: { worker: String(at) } }] : [])]);
    worker.held.set(id, { run, began: new Map(), settling: false, parking: false, ending: false });
  }

  /** One step of one run that this worker holds: decide, do, say. */
  async function carry(at: number, worker: Worker): Promise<void> {
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
      if (slot && slot.owner === ownerId(at, worker) && slot.fence === run.fence && slot.state === 'leased') free(slot);
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

  function decided(worker: Worker, id: string, held: Held): void {
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
  function park(worker: Worker, id: string, held: Held): void {
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

  function finish(worker: Worker, held: Held, stepId: string, turn: { attempt: number; iteration: number }): void {
    held.began.delete(stepId);
    if (held.run.lost || worker.lapsed) return held.run.lose();
    if (acts(held.run.facts.plan, stepId)) {
      const key = `${held.run.facts.id}/${stepId}/${turn.iteration}`;
      ledger.set(key, [...(ledger.get(key) ?? []), { fence: held.run.fence, epoch: turn.attempt }]);
      world.effects += 1;
    }
    outcome(held, stepId, turn);
  }

  function outcome(held: Held, stepId: string, own: { attempt: number; iteration: number }): void {
    const { run } = held;
    const place = { stepId, attempt: own.attempt, iteration: own.iteration };
    const fate = random.below(20);
    if (fate === 0) run.emit([{ type: 'step.failed', ...place, data: { error: failure('INTERNAL', text('x', 'x'), { stepId }), retryable: false } }]);
    else if (fate < 3 && own.attempt < 3) run.emit([{ type: 'step.failed', ...place, data: { error: failure('HTTP_TIMEOUT', text('x', 'x')), retryable: true } }, { type: 'step.retry_scheduled', ...place, data: { at: '2000', attempt: own.attempt + 1, of: 3 } }]);
    else if (fate < 5 && !computes(run.facts.plan, stepId) && run.state.steps[stepId]?.status === 'running') run.emit([{ type: 'step.waiting', ...place, data: { reason: 'x' } }]);
    else run.emit([{ type: 'step.succeeded', ...place, data: { itemsIn: 1, itemsOut: random.below(4), durationMs: 0, warnings: 0, many: true } }]);
  }

  /** Slots of workers whose lease is over go back into the queue. */
  function reapAll(): void {
    for (const slot of slots.values()) {
      const owner = slot.state === 'leased' ? workers.findIndex((each, at) => slot.owner === ownerId(at, each)) : -2;
      if (slot.state === 'leased' && (owner === -1 || workers[owner]?.lapsed)) free(slot);
    }
  }

  /** A person asks for the end of a run, or leaves word for it; a waiting one is woken in the same transaction. */
  async function someoneSpeaks(): Promise<void> {
    const all = [...slots];
    const entry = all[random.below(Math.max(1, all.length))];
    if (!entry) return;
    const [id, slot] = entry;
    const asked = told.get(id);
    if (asked && random.below(30) === 0 && !slot.cancel) {
      slot.cancel = true;
      asked.cancel = true;
    }
    slot.wakes += 1;
    if (slot.state === 'waiting') slot.state = 'ready';
    for (const worker of workers) if (random.below(2) === 0) for (const held of worker.held.values()) if (held.run.facts.id === id) held.run.called = true;
    await settle();
  }

  function check(): void {
    for (const [id, log] of logs) {
      const say = (rule: string) => { throw new Error(`${rule} (run ${id})\n${log.map((row) => `${row.seq} f${row.fence} ${row.type} ${row.stepId ?? ''} ${row.attempt ?? ''}`).join('\n')}`); };
      const succeeded = new Set<string>();
      const started = new Set<string>();
      log.forEach((row, place) => {
        if (row.seq !== place + 1) say(`R1: a hole or a double at ${place + 1}`);
        if (row.fence < (log[place - 1]?.fence ?? 0)) say(`R4: the fence falls at ${row.seq}`);
        const attempt = `${row.stepId}/${row.iteration}/${row.attempt}`;
        if (row.type === 'step.started') started.add(attempt);
        if (row.type !== 'step.succeeded') return;
        if (!started.has(attempt)) say(`R9: a success without its start at ${row.seq}`);
        if (succeeded.has(`${row.stepId}/${row.iteration}`)) say(`R8: ${row.stepId} succeeded twice`);
        succeeded.add(`${row.stepId}/${row.iteration}`);
      });
      const ends = log.filter((row) => ['run.succeeded', 'run.failed', 'run.cancelled'].includes(row.type));
      if (ends.length > 1 || (ends.length === 1 && ends[0]?.seq !== log.length)) say('R21: it ends twice, or goes on after its end');
      const state = foldEvents(initialRunState, log.map(eventOf));
      const slot = slots.get(id);
      if (slot && slot.headSeq !== log.length) say(`R2: the head says ${slot.headSeq}, the log has ${log.length}`);
      if (isEnded(state.status) !== (slot === undefined)) say(`R7: it is ${state.status} and ${slot ? 'has a slot' : 'has none'}`);
      if (state.status === 'cancelled') world.cancelled += 1;
      if (slot) world.open += 1;
      if (told.get(id)?.cancel && slot?.state === 'waiting') say('R28: it was asked to stop and waits');
      for (const [key, times] of ledger) if (key.startsWith(`${id}/`)) checkEffects(say, log, key, times);
    }
  }

  /** An effect happens again only after a crash left it in doubt: each time under another claim or attempt. */
  function checkEffects(say: (rule: string) => void, log: readonly Row[], key: string, times: readonly { fence: number; epoch: number }[]): void {
    const stepId = key.split('/')[1];
    for (const time of times) if (!log.some((row) => row.type === 'step.started' && row.stepId === stepId && row.attempt === time.epoch)) say(`R9: ${stepId} acted before its start was in the log`);
  }

  function ownerId(at: number, worker: Worker): number {
    return at * 1_000_000 + worker.epoch;
  }
}

function free(slot: Slot): void {
  slot.state = 'ready';
  slot.owner = null;
}

function snapshot(append: Append): Snapshot {
  return { runId: append.run.facts.id, fence: append.run.fence, oldSeq: append.oldSeq, newSeq: append.newSeq, headHash: append.headHash, rows: [...append.rows], ended: append.ended };
}

function eventOf(row: Row): RunEvent {
  return { seq: row.seq, at: row.at, type: row.type, data: row.data, ...(row.stepId === null ? {} : { stepId: row.stepId }), ...(row.attempt === null ? {} : { attempt: row.attempt }), ...(row.iteration === null ? {} : { iteration: row.iteration }) } as RunEvent; // the model keeps what the engine wrote
}

const cut = () => Object.assign(new Error('connection closed'), { code: 'CONNECTION_CLOSED' });

/** Everything that follows from what has just happened, without time passing. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) await Promise.resolve();
}

/** A dataflow of up to eight steps of all classes, or a workflow in a row. */
function aRun(random: Random, number: number): RunFacts {
  const isWorkflow = random.below(4) === 0;
  const types = isWorkflow ? ['create-new-model', 'update-model', 'http-request', 'delay'] : ['get-raw-model', 'distinct', 'update-entry', 'http-request', 'write-response', 'run-dataflow'];
  const steps: Step[] = Array.from({ length: 1 + random.below(8) }, (_, at) => ({
    id: `s${at}`, name: `s${at}`, type: types[at === 0 ? 0 : random.below(types.length)] ?? 'distinct', params: {},
    ...(isWorkflow || at === 0 ? {} : { sources: { source: `s${random.below(at)}` } }), ...(random.below(12) === 0 ? { disabled: true } : {}),
  }));
  const definition = flowDefinition.parse({ schema: 1, kind: isWorkflow ? 'workflow' : 'dataflow', name: 'F', lanes: [{ id: 'main', stages: [{ id: 'stg', name: 'S', steps }] }] });
  return {
    id: `00000000-0000-7000-8000-00000000000${number}`, workspaceId: 'w', flowId: 'f', flowName: 'F', component: { id: 'c', title: 'C', fields: [], settings: {} }, plan: planOf(definition), kind: isWorkflow ? 'workflow' : 'dataflow', trigger: 'api', startedBy: { id: null, name: 'x' },
    instanceId: null, parentRunId: null, depth: 0, pins: {}, inputRef: null, outputRef: null, limits: defaultLimits, traceparent: null,
  };
}
