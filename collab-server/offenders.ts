import { setTimeout as pause } from 'node:timers/promises';

/**
 * Who sends what no client of ours and no stock client would is let in again, each time a little later: opening a socket
 * costs a sign-in, a copy of the flow and a frame to decode, which everybody else in the process would pay for.
 * One offence a second is forgiven, and the first few cost nothing: a reload after a refused update is no attack.
 */
const free = 5;
const msEach = 20;
const mostMs = 1_000;
const forgivenMs = 1_000;
const mostKept = 10_000;

export class Offenders {
  private readonly offences = new Map<string, { count: number; atMs: number }>();
  private readonly now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.now = now;
  }

  note(writer: string): void {
    if (this.offences.size >= mostKept) for (const each of this.offences.keys()) if (this.countOf(each) === 0) this.offences.delete(each);
    this.offences.set(writer, { count: this.countOf(writer) + 1, atMs: this.now() });
  }

  /** Milliseconds until a socket of theirs is let in. */
  waitMs(writer: string): number {
    return Math.min(mostMs, Math.max(0, this.countOf(writer) - free) * msEach);
  }

  async patience(writer: string): Promise<void> {
    const ms = this.waitMs(writer);
    if (ms > 0) await pause(ms, undefined, { ref: false });
  }

  private countOf(writer: string): number {
    const known = this.offences.get(writer);
    return known ? Math.max(0, known.count - (this.now() - known.atMs) / forgivenMs) : 0;
  }
}
