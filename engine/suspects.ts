import type postgres from 'postgres';
import type { LiveRun } from './live-run';

/**
 * A worker that dies makes suspects of all the runs it had. A worker takes up a few suspects at once and begins them in
 * company that gets smaller with every death they meet: eight, two, alone. The next begins when one before it has got
 * further or has left, each only after its lease is in the log. So from the second death on one counts only against runs
 * that had begun and got no further (see `reap`): the one to blame is among them each time, while a run whose workers are
 * killed by somebody else would have to meet two of five deaths within the milliseconds of a turn that it has to itself.
 * Where workers die so often that even this comes about, it takes eight.
 */
const mostStalls = 5;
const mostStallsAmongMany = 8;
const manyDeaths = 20; // within a minute, more than three runs to blame can cause
export const mostSuspects = 16;

const longestWaitMs = 1_000;
/** How many may be at their turn beside a run that has met so many deaths: its own place counts. */
const companyAfter = (stalls: number) => (stalls <= 1 ? 8 : stalls === 2 ? 2 : 1);

/** To be quarantined. Leases that ended without being given back stay on record for an hour. */
export async function isCondemned(sql: postgres.Sql, stalls: number): Promise<boolean> {
  if (stalls < mostStalls) return false;
  if (stalls >= mostStallsAmongMany) return true;
  const [row] = await sql<{ deaths: number }[]>`select count(*)::int as deaths from workers where lease_until between now() - interval '1 minute' and now()`;
  return (row?.deaths ?? 0) < manyDeaths;
}

/** The suspects of one worker. */
export class Suspects {
  private readonly held = new Map<LiveRun, number>();
  private readonly begun = new Set<LiveRun>();
  /** In the order they were taken up: the first waits for room, the others for it, so that nobody who needs more room is passed by. */
  private readonly waiting = new Set<LiveRun>();

  /** How many more may be claimed. */
  get room(): number {
    return Math.max(0, mostSuspects - this.held.size);
  }

  take(run: LiveRun, stalls: number): void {
    this.held.set(run, stalls);
    this.waiting.add(run);
  }

  /** Waits for its turn. Who is to be cancelled, handed back or lost begins nothing and need not wait. */
  async turn(run: LiveRun, mayPass: () => boolean): Promise<void> {
    while (!this.begun.has(run)) {
      if (run.lost || run.step.signal.aborted || mayPass()) break;
      if (this.isNext(run)) this.begun.add(run);
      else await run.sleep(longestWaitMs);
    }
    this.waiting.delete(run);
    this.callNext();
  }

  /** It got further, or left: the next may begin. Whether it was one. */
  acquit(run: LiveRun): boolean {
    if (!this.held.delete(run)) return false;
    this.begun.delete(run);
    this.waiting.delete(run);
    this.callNext();
    return true;
  }

  private isNext(run: LiveRun): boolean {
    const [first] = this.waiting;
    return first === run && this.begun.size < Math.min(...[run, ...this.begun].map((each) => companyAfter(this.held.get(each) ?? 1)));
  }

  private callNext(): void {
    const [first] = this.waiting;
    if (first && this.isNext(first)) first.wake();
  }
}
