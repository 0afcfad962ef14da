import type * as Y from 'yjs';
import type { ChangeRow } from '#db/flow-documents';
import { changesOf } from '#flow/changes';
import type { MetaState } from '#flow/document';
import { readingOf, type FlowReading } from '#flow/document-reading';
import type { FlowDefinition, Stage } from '#flow/flow';

/**
 * Turns edits into the rows people read: step, key, old, new, author. Each update is compared on its own: a value set
 * and a step removed in one commit would otherwise leave no trace of who set the value that an undo brings back. Only
 * what an update touched is read again, and only stages in which something is another now are compared.
 */
export class ChangeRecord {
  private open: { userId: string | null; seq: number } | null = null;
  private rows: ChangeRow[] = [];
  private readonly reading: FlowReading;

  constructor(doc: Y.Doc) {
    this.reading = readingOf(doc);
  }

  /** As of the last rows taken. */
  get meta(): MetaState {
    return this.reading.meta();
  }

  get definition(): FlowDefinition {
    return this.reading.definition();
  }

  /** Reads the whole document, which the first edit would wait for otherwise. */
  prepare(): void {
    this.reading.definition();
  }

  /** Before an update is applied: what was done until now is told. */
  beforeEdit(): void {
    this.prepare();
    this.cut();
  }

  edited(userId: string | null, seq: number): void {
    this.open = { userId, seq };
  }

  take(): ChangeRow[] {
    this.cut();
    const rows = this.rows;
    this.rows = [];
    return rows;
  }

  private cut(): void {
    if (!this.open) return;
    const { userId, seq } = this.open;
    this.open = null;
    const told = this.reading.definition();
    const now = this.reading.update();
    if (told === now) return;
    changesOf(without(told, stepsBy(now)), without(now, stepsBy(told))).forEach((change, idx) => {
      this.rows.push({ seq, idx, userId, stepId: change.stepId, key: change.key, op: change.op, old: change.old, new: change.new });
    });
  }
}

const stepsBy = ({ lanes }: FlowDefinition): Map<string, Stage['steps']> => new Map(lanes.flatMap((lane) => lane.stages.map((stage) => [stage.id, stage.steps] as const)));

/** Stages that hold the same steps in the same order on both sides are compared without them. */
function without(definition: FlowDefinition, others: ReadonlyMap<string, Stage['steps']>): FlowDefinition {
  const isSame = ({ id, steps }: Stage) => {
    const other = others.get(id);
    return steps === other || (steps.length === other?.length && steps.every((step, at) => step === other[at]));
  };
  return { ...definition, lanes: definition.lanes.map((lane) => ({ ...lane, stages: lane.stages.map((stage) => (isSame(stage) ? { ...stage, steps: [] } : stage)) })) };
}
