import type { Random } from '#flow/testing-random';
import type { RunEvent } from '#flow/run-event';
import type { Answer, Append, EventRow } from './append-statement';

/**
 * The database of a simulated world, and the network before it: the append statement as a model, slots and logs in memory.
 * Messages are held up and overtake one another, and the answers to some are lost.
 */
export type World = { runs: number; events: number; effects: number; crashes: number; zombies: number; lost: number; fenced: number; cancelled: number; open: number };
/** Which guards the model's append has: taken out by the test that shows what each is for. */
export type Guards = { fence: boolean; position: boolean; lease: boolean };
export type Row = EventRow;
export type Slot = { fence: number; owner: number | null; state: 'ready' | 'leased' | 'waiting'; headSeq: number; headHash: string; wakes: number; cancel: boolean };
type Snapshot = { runId: string; fence: number; oldSeq: number; newSeq: number; headHash: string; rows: Row[]; ended: boolean };
type Message = { appends: Snapshot[]; resolve: (answers: Answer[]) => void; reject: (error: Error) => void };

export type SimulatedDatabase = {
  slots: Map<string, Slot>;
  logs: Map<string, Row[]>;
  /** What appenders write with. */
  send(appends: readonly Append[]): Promise<Answer[]>;
  /** How many messages are under way. */
  underWay(): number;
  deliver(place: number, isCalm: boolean): Promise<void>;
};

export function simulatedDatabase(random: Random, guards: Guards, world: World): SimulatedDatabase {
  const slots = new Map<string, Slot>();
  const logs = new Map<string, Row[]>();
  const network: Message[] = [];
  const send = (appends: readonly Append[]) => new Promise<Answer[]>((resolve, reject) => network.push({ appends: appends.map(snapshot), resolve, reject }));
  return { slots, logs, send, underWay: () => network.length, deliver };

  /** Some message reaches the database, or its answer does not come back. */
  async function deliver(place: number, isCalm: boolean): Promise<void> {
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
}

export function free(slot: Slot): void {
  slot.state = 'ready';
  slot.owner = null;
}

function snapshot(append: Append): Snapshot {
  return { runId: append.run.facts.id, fence: append.run.fence, oldSeq: append.oldSeq, newSeq: append.newSeq, headHash: append.headHash, rows: [...append.rows], ended: append.ended };
}

export function eventOf(row: Row): RunEvent {
  return { seq: row.seq, at: row.at, type: row.type, data: row.data, ...(row.stepId === null ? {} : { stepId: row.stepId }), ...(row.attempt === null ? {} : { attempt: row.attempt }), ...(row.iteration === null ? {} : { iteration: row.iteration }) } as RunEvent; // the model keeps what the engine wrote
}

const cut = () => Object.assign(new Error('connection closed'), { code: 'CONNECTION_CLOSED' });

/** Everything that follows from what has just happened, without time passing. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) await Promise.resolve();
}
