import type postgres from 'postgres';
import { writeAppends, type Answer, type Append } from './append-statement';
import { log, reasonOf } from '#db/log';
import { isRefused } from '#db/refused';
import type { Figures } from './figures';
import { LostRun, type LiveRun } from './live-run';

/**
 * The only way events are written: one statement for many runs proves fence and position of each, inserts the rows,
 * moves the projections and tells who asked to cancel. One flush at a time; what arrives meanwhile forms the next one,
 * so a lone run pays one commit and a crowd shares them. Slot rows of two workers never overlap but for a zombie's.
 */
export type Flushed = { appends: number; events: number; fenced: number };

const mostRuns = 256;
const mostBytes = 4_000_000;
const remembered = 20_000;
const rememberedMs = 1_800_000;

/** `write`, `report` and `soon` are for tests that stand in for PostgreSQL. */
type AppenderParts = { figures?: Figures | null; write?: typeof writeAppends; report?: typeof dropped; soon?: (work: () => void) => void };

export class Appender {
  readonly totals: Flushed & { flushes: number } = { appends: 0, events: 0, fenced: 0, flushes: 0 };
  private readonly sql: postgres.Sql;
  private readonly after: (appends: readonly Append[]) => void;
  private readonly figures: Figures | null;
  private readonly write: typeof writeAppends;
  private readonly report: typeof dropped;
  private readonly soon: (work: () => void) => void;
  private queue: Append[] = [];
  private flushing = false;
  private readonly open = new Map<LiveRun, number>();
  private readonly waiters = new Map<LiveRun, { resolve: () => void; reject: (error: Error) => void }[]>();
  /** When blobs were stored or touched, so that the same content is sent once an hour (see `sweepBlobs`). */
  private readonly stored = new Map<string, number>();

  constructor(sql: postgres.Sql, after: (appends: readonly Append[]) => void, { figures = null, write = writeAppends, report = dropped, soon = setImmediate }: AppenderParts = {}) {
    this.sql = sql;
    this.after = after;
    this.figures = figures;
    this.write = write;
    this.report = report;
    this.soon = soon;
  }

  push(append: Append): void {
    this.queue.push(append);
    this.open.set(append.run, (this.open.get(append.run) ?? 0) + 1);
    if (this.flushing) return;
    this.flushing = true;
    // At the end of this turn of the loop: what its runs still compute and emit travels along, nearly always a short run whole.
    this.soon(() => void this.drain());
  }

  settled(run: LiveRun): Promise<void> {
    if (run.lost) return Promise.reject(new LostRun(run.facts.id));
    if (!this.open.has(run)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const waiting = this.waiters.get(run) ?? [];
      waiting.push({ resolve, reject });
      this.waiters.set(run, waiting);
    });
  }

  remember(workspaceId: string, sha256: string): void {
    if (this.stored.size >= remembered) this.stored.clear();
    this.stored.set(`${workspaceId}/${sha256}`, Date.now());
  }

  knows(workspaceId: string, sha256: string): boolean {
    return (this.stored.get(`${workspaceId}/${sha256}`) ?? 0) > Date.now() - rememberedMs;
  }

  private async drain(): Promise<void> {
    while (this.queue.length > 0) await this.flush(this.take());
    this.flushing = false;
  }

  private take(): Append[] {
    const runs = new Set<LiveRun>();
    let bytes = 0;
    let end = 0;
    for (const append of this.queue) {
      if (end > 0 && (bytes > mostBytes || (runs.size >= mostRuns && !runs.has(append.run)))) break;
      runs.add(append.run);
      bytes += append.rows.reduce((sum, row) => sum + row.json.length, 0) + append.blobs.reduce((sum, blob) => sum + blob.body.byteLength, 0);
      end += 1;
    }
    return this.queue.splice(0, end);
  }

  private async flush(taken: Append[]): Promise<void> {
    const alive = taken.filter((append) => !append.run.lost);
    const merged = merge(alive);
    const measured = this.figures?.appendSeconds.startTimer();
    try {
      const answers = merged.length === 0 ? [] : await this.write(this.sql, merged, (workspaceId, sha256) => this.knows(workspaceId, sha256));
      measured?.();
      this.settle(merged, answers);
    } catch (error) {
      if (isRefused(error) && merged.length > 1) {
        // One bad run must not harm the others: halves until it stands alone.
        const half = new Set(merged.slice(0, Math.ceil(merged.length / 2)).map((append) => append.run));
        await this.flush(alive.filter((append) => half.has(append.run)));
        await this.flush(alive.filter((append) => !half.has(append.run)));
        this.forget(taken.filter((append) => append.run.lost && !alive.includes(append)));
        return;
      }
      // Refused for good, or a connection lost after COMMIT may have been sent: never send again. The runs are dropped,
      // claimed once more and read from the log.
      this.report(merged, error);
      for (const append of merged) {
        append.run.refused = isRefused(error);
        append.run.lose();
      }
    }
    this.forget(taken);
  }

  private settle(merged: readonly Append[], answers: readonly Answer[]): void {
    const kept = new Map(answers.map((answer) => [answer.runId, answer]));
    const written: Append[] = [];
    for (const append of merged) {
      const answer = kept.get(append.run.facts.id);
      if (!answer) {
        this.totals.fenced += 1;
        this.figures?.fenced.inc();
        append.run.lose();
        continue;
      }
      written.push(append);
      this.totals.events += append.rows.length;
      for (const blob of append.blobs) this.remember(append.run.facts.workspaceId, blob.sha256);
      if (answer.cancel || answer.wakes !== append.run.wakes) call(append.run, answer.cancel);
    }
    this.totals.flushes += 1;
    this.figures?.appendRuns.observe(written.length);
    this.figures?.appendEvents.observe(written.reduce((sum, append) => sum + append.rows.length, 0));
    this.totals.appends += written.length;
    if (written.length > 0) this.after(written);
  }

  private forget(taken: readonly Append[]): void {
    for (const { run } of taken) {
      const left = (this.open.get(run) ?? 1) - 1;
      if (left > 0) this.open.set(run, left);
      else this.open.delete(run);
      if (left > 0 && !run.lost) continue;
      for (const waiter of this.waiters.get(run) ?? []) if (run.lost) waiter.reject(new LostRun(run.facts.id)); else waiter.resolve();
      this.waiters.delete(run);
    }
  }
}

/** Several appends of one run in one flush are one: from the first position to the last. */
function merge(appends: readonly Append[]): Append[] {
  const byRun = new Map<LiveRun, Append>();
  for (const append of appends) {
    const before = byRun.get(append.run);
    byRun.set(append.run, before ? joined(before, append) : append);
  }
  return [...byRun.values()].toSorted((a, b) => (a.run.facts.id < b.run.facts.id ? -1 : 1));
}

function joined(first: Append, then: Append): Append {
  const older = first.projection;
  const newer = then.projection;
  const projection = older && newer
    ? { ...newer, responded: older.responded || newer.responded, outputRef: newer.outputRef ?? older.outputRef, instanceState: newer.instanceState ?? older.instanceState }
    : (newer ?? older);
  return {
    ...then, oldSeq: first.oldSeq, rows: [...first.rows, ...then.rows], progressed: first.progressed || then.progressed, projection,
    blobs: [...first.blobs, ...then.blobs], consumed: [...first.consumed, ...then.consumed],
  };
}

export function call(run: LiveRun, cancel: boolean): void {
  run.called = true;
  if (cancel) run.step.abort(new Error('cancelled'));
}

function dropped(appends: readonly Append[], error: unknown): void {
  log('error', `${appends.length} appends dropped`, { reason: reasonOf(error), ...(appends.length === 1 ? { runId: appends[0]?.run.facts.id } : {}) });
}
