import { seeded, type Random } from '#flow/testing-random';
import { flowDefinition, type Step } from '#flow/flow';
import { defaultLimits } from '#flow/limits';
import { checkWorld } from './check-world';
import type { RunFacts } from './live-run';
import { planOf } from './plan';
import { free, settle, simulatedDatabase, type Guards, type World } from './simulated-database';
import { carrier, simulatedWorker, type Ledger, type SimulatedWorker } from './simulated-workers';

/**
 * A world of workers, a log and a queue in memory, moved by one seed: the real decisions, folds, runs and appender of the
 * engine over a model of the two statements that matter (append, claim). Messages to the database are held up and overtake
 * one another, their answers are lost, workers stall past their lease and wake up again, or die. Whatever the order, the
 * rules of RULES.md hold; `simulate` throws with the rule that did not. The same seed plays the same world.
 */
const workerCount = 3;
const mostTicks = 900;

export async function simulate(seed: number, guards: Guards = { fence: true, position: true, lease: true }): Promise<World> {
  const random = seeded(seed);
  const world: World = { runs: 0, events: 0, effects: 0, crashes: 0, zombies: 0, lost: 0, fenced: 0, cancelled: 0, open: 0 };
  const database = simulatedDatabase(random, guards, world);
  const { slots, logs, underWay } = database;
  const facts = new Map<string, RunFacts>();
  const cancelAsked = new Set<string>();
  const ledger: Ledger = new Map();
  const { claim, carry } = carrier(random, world, database, facts, ledger);
  let isCalm = false;

  for (let count = 1 + random.below(3); count > 0; count--) {
    const made = aRun(random, count);
    facts.set(made.id, made);
    logs.set(made.id, []);
    slots.set(made.id, { fence: 0, owner: null, state: 'ready', headSeq: 0, headHash: '', wakes: 0, cancel: false });
    world.runs += 1;
  }
  const workers: SimulatedWorker[] = Array.from({ length: workerCount }, (_, at) => fresh(at, 0));

  for (let tick = 0; tick < mostTicks && slots.size > 0; tick++) {
    isCalm = tick > mostTicks * 0.5;
    if (isCalm) for (const worker of workers) worker.stalled = Math.min(worker.stalled, 3);
    await act(tick);
  }
  for (let tick = 0; tick < 200 && underWay() > 0; tick++) await database.deliver(0, isCalm);
  checkWorld(world, database, cancelAsked, ledger);
  return world;

  function fresh(at: number, epoch: number): SimulatedWorker {
    return simulatedWorker(at * 1_000_000 + epoch, database);
  }

  async function act(tick: number): Promise<void> {
    const choice = random.below(100);
    const at = random.below(workerCount);
    const worker = workers[at];
    if (!worker) return;
    if (worker.stalled > 0) worker.stalled -= 1;
    if (choice < 30) await database.deliver(random.below(Math.max(1, underWay())), isCalm);
    else if (choice < 42) claim(worker);
    else if (choice < 84) await carry(worker);
    else if (choice < 88) reapAll();
    else if (choice < 91) await someoneSpeaks();
    else if (isCalm) await database.deliver(0, isCalm);
    else if (choice < 94) {
      // Stalled past its lease: the others may take its runs, it knows nothing of it.
      worker.stalled = 10 + random.below(60);
      worker.lapsed = true;
      world.zombies += 1;
    } else if (choice < 96) {
      world.crashes += 1;
      worker.held.clear();
      workers[at] = fresh(at, tick + 1);
      for (const slot of slots.values()) if (slot.owner === worker.id) slot.owner = -1;
    } else worker.lapsed = false;
  }

  /** Slots of workers whose lease is over go back into the queue. */
  function reapAll(): void {
    for (const slot of slots.values()) {
      const owner = slot.state === 'leased' ? workers.findIndex((each) => slot.owner === each.id) : -2;
      if (slot.state === 'leased' && (owner === -1 || workers[owner]?.lapsed)) free(slot);
    }
  }

  /** A person asks for the end of a run, or leaves word for it; a waiting one is woken in the same transaction. */
  async function someoneSpeaks(): Promise<void> {
    const all = [...slots];
    const entry = all[random.below(Math.max(1, all.length))];
    if (!entry) return;
    const [id, slot] = entry;
    if (random.below(30) === 0 && !slot.cancel) {
      slot.cancel = true;
      cancelAsked.add(id);
    }
    slot.wakes += 1;
    if (slot.state === 'waiting') slot.state = 'ready';
    for (const worker of workers) if (random.below(2) === 0) for (const held of worker.held.values()) if (held.run.facts.id === id) held.run.called = true;
    await settle();
  }
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
