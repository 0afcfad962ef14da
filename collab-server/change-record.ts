import type * as Y from 'yjs';
import type { ChangeRow } from '#db/flow-documents';
import { changesOf } from '#flow/changes';
import { definitionOf } from '#flow/document';
import type { FlowDefinition } from '#flow/flow';

/**
 * Turns edits into the rows people read: step, key, old, new, author. The document is compared with how it was when
 * the author last changed or the last rows were taken, so the cost follows the commits and not the keystrokes.
 */
export class ChangeRecord {
  private told: FlowDefinition;
  private open: { userId: string | null; seq: number } | null = null;
  private rows: ChangeRow[] = [];
  private readonly doc: Y.Doc;

  constructor(doc: Y.Doc) {
    this.doc = doc;
    this.told = definitionOf(doc);
  }

  /** Before an author's update is applied: what somebody else did until now is theirs. */
  beforeEdit(userId: string | null): void {
    if (this.open && this.open.userId !== userId) this.cut();
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

  /** As of the last rows taken. */
  get definition(): FlowDefinition {
    return this.told;
  }

  private cut(): void {
    if (!this.open) return;
    const { userId, seq } = this.open;
    this.open = null;
    const now = definitionOf(this.doc);
    changesOf(this.told, now).forEach((change, idx) => {
      this.rows.push({ seq, idx, userId, stepId: change.stepId, key: change.key, op: change.op, old: change.old, new: change.new });
    });
    this.told = now;
  }
}
