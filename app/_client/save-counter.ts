/**
 * Knows which of this device's edits the server has committed. Edits are counted as they are made; each document frame
 * sent is marked with how many edits it completes, and an acknowledgement of n frames settles the n-th mark.
 */
export class SaveCounter {
  private made: number;
  private committed = 0;
  private marks: number[] = [];
  private hasSentAll = false;
  private readonly onChange: () => void;

  constructor(keptFromBefore: number, onChange: () => void) {
    this.made = keptFromBefore;
    this.onChange = onChange;
  }

  get unsaved(): number {
    return this.made - this.committed;
  }

  get saved(): number {
    return this.committed;
  }

  edited(): void {
    this.made += 1;
    this.onChange();
  }

  keptFromBefore(count: number): void {
    this.made += count;
    this.onChange();
  }

  connected(): void {
    this.marks = [];
    this.hasSentAll = false;
  }

  /** Until the answer to the server's first question is sent, an update carries only itself and not what came before. */
  sent(frame: Uint8Array): void {
    if (frame[0] !== 0 || (frame[1] !== 1 && frame[1] !== 2)) return;
    if (frame[1] === 1) this.hasSentAll = true;
    this.marks.push(this.hasSentAll ? this.made : this.committed);
  }

  acknowledged(frames: number): void {
    const mark = this.marks[frames - 1];
    if (mark === undefined || mark <= this.committed) return;
    this.committed = mark;
    this.onChange();
  }
}
