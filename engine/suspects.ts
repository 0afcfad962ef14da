import type { LiveRun } from './live-run';

/**
 * A worker that dies makes suspects of all the runs it had. A worker takes up a few suspects at once but begins them one
 * at a time, each only after its lease is in the log and the one before it has got further or has left. So a second death
 * and every later one counts against the one run that had begun and got no further (see `reap`), and a run whose workers
 * are killed by somebody else would have to meet four deaths within the milliseconds of its turn.
 */
export const mostStalls = 5;
export const mostSuspects = 16;

const longestWaitMs = 1_000;

/** The suspects of one worker. */
export class Suspects {
  private readonly held = new Set<LiveRun>();
  private begun: LiveRun | null = null;

  /** How many more may be claimed. */
  get room(): number {
    return Math.max(0, mostSuspects - this.held.size);
  }

  take(run: LiveRun): void {
    this.held.add(run);
  }

  /** Waits for its turn. Who is to be cancelled, handed back or lost begins nothing and need not wait. */
  async turn(run: LiveRun, mayPass: () => boolean): Promise<void> {
    while (this.begun !== null && this.begun !== run && !run.lost && !run.step.signal.aborted && !mayPass()) await run.sleep(longestWaitMs);
    this.begun ??= run;
  }

  /** It got further, or left: the next may begin. Whether it was one. */
  acquit(run: LiveRun): boolean {
    if (!this.held.delete(run)) return false;
    if (this.begun !== run) return true;
    this.begun = null;
    for (const each of this.held) each.wake();
    return true;
  }
}
