import * as Y from 'yjs';
import type { ChangeRow } from '#db/flow-documents';
import { changesOf } from '#flow/changes';
import { definitionOf, readStep } from '#flow/document';
import type { FlowDefinition, Step } from '#flow/flow';

/**
 * Turns edits into the rows people read: step, key, old, new, author. Each update is compared on its own: a value set
 * and a step removed in one commit would otherwise leave no trace of who set the value that an undo brings back. Where
 * only values inside of steps changed, the most frequent case by far, only those steps are read again.
 */
export class ChangeRecord {
  private told: FlowDefinition;
  private open: { userId: string | null; seq: number } | null = null;
  private rows: ChangeRow[] = [];
  private touched = new Set<string>();
  private isWhole = false;
  private readonly doc: Y.Doc;

  constructor(doc: Y.Doc) {
    this.doc = doc;
    this.told = definitionOf(doc);
    doc.on('afterTransaction', (transaction: Y.Transaction) => this.note(transaction));
  }

  /** As of the last rows taken. */
  get definition(): FlowDefinition {
    return this.told;
  }

  /** Before an update is applied: what was done until now is told. */
  beforeEdit(): void {
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

  private note(transaction: Y.Transaction): void {
    const steps = this.doc.getMap('steps');
    for (const [type, keys] of transaction.changed) {
      const entry = type instanceof Y.Text ? type.parent : type;
      const id = entry?.parent === steps ? entry._item?.parentSub : null;
      if (id && (type instanceof Y.Text || [...keys].every(isInside))) this.touched.add(id);
      else this.isWhole = true;
    }
  }

  private cut(): void {
    if (!this.open) return;
    const { userId, seq } = this.open;
    this.open = null;
    const changes = this.isWhole ? this.compareAll() : (this.compareTouched() ?? this.compareAll());
    this.touched = new Set();
    this.isWhole = false;
    changes.forEach((change, idx) => {
      this.rows.push({ seq, idx, userId, stepId: change.stepId, key: change.key, op: change.op, old: change.old, new: change.new });
    });
  }

  private compareAll(): ReturnType<typeof changesOf> {
    const now = definitionOf(this.doc);
    const changes = changesOf(this.told, now);
    this.told = now;
    return changes;
  }

  /** null when a touched step is none that the definition shows. */
  private compareTouched(): ReturnType<typeof changesOf> | null {
    const now = new Map<string, Step>();
    for (const id of this.touched) {
      const state = readStep(this.doc, id);
      if (!state || state.deleted) return null;
      now.set(id, state.step);
    }
    const before: Step[] = [];
    const lanes = this.told.lanes.map((lane) => ({ ...lane, stages: lane.stages.map((stage) => {
      if (!stage.steps.some((step) => now.has(step.id))) return stage;
      return { ...stage, steps: stage.steps.map((step) => {
        const read = now.get(step.id);
        if (!read) return step;
        before.push(step);
        // Sources did not change; in the definition they are resolved, in the document not.
        const { sources: _unresolved, ...rest } = read;
        return step.sources ? { ...rest, sources: step.sources } : rest;
      }) };
    }) }));
    if (before.length !== now.size) return null;
    const told = { ...this.told, lanes };
    const after = lanes.flatMap((lane) => lane.stages.flatMap((stage) => stage.steps.filter((step) => now.has(step.id))));
    this.told = told;
    return changesOf(alone(told, before), alone(told, after));
  }
}

/** Keys of a step whose change shows in that step alone. */
function isInside(key: string | null): boolean {
  return key !== null && /^(?:[prt]:|name$|disabled$|note$|onError$|retry(?:$|:)|timeoutMs$)/.test(key);
}

function alone(definition: FlowDefinition, steps: Step[]): FlowDefinition {
  return { ...definition, lanes: [{ id: 'main', stages: [{ id: 'touched', name: 'touched', steps }] }] };
}
