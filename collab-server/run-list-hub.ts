import type { Database } from '#db/client';
import { runsContaining } from '#db/run-search';
import { runChangesAfter, runsHead, summariesOf, type RunChange, type TailCursor } from '#db/run-tail';

/** What lists show of a run, and when it last changed. */
export type RunNews = RunChange['run'] & { runId: string; at: string };
export type RunFilter = {
  flowId?: string | undefined; componentId?: string | undefined; status?: readonly string[] | undefined; startedBy?: string | undefined;
  trigger?: readonly string[] | undefined; from?: string | undefined; to?: string | undefined; q?: string | undefined;
};
type Follower = { workspaceId: string; filter: RunFilter; sink: (news: RunNews) => void };

const pollMs = 1_000;
const mostRemembered = 10_000;

/** Tells followers of a flow or a list of every run that appears or changes, whoever or whatever started it. */
export class RunListHub {
  private readonly followers = new Set<Follower>();
  private readonly hinted = new Set<string>();
  /** What was last told of a run, so that a hint and the tail do not say it twice. */
  private readonly told = new Map<string, string>();
  private readonly timer: NodeJS.Timeout;
  private cursor: TailCursor | null = null;
  private isBusy = false;
  private readonly database: Database;

  constructor(database: Database) {
    this.database = database;
    this.timer = setInterval(() => void this.look([]), pollMs);
  }

  async start(): Promise<void> {
    this.cursor = await runsHead(this.database.sql);
  }

  follow(workspaceId: string, filter: RunFilter, sink: Follower['sink']): () => void {
    const follower = { workspaceId, filter, sink };
    this.followers.add(follower);
    return () => void this.followers.delete(follower);
  }

  /** Hinted runs are read at once; the tail behind them misses none. */
  async look(hinted: Iterable<string>): Promise<void> {
    for (const runId of hinted) this.hinted.add(runId);
    if (this.isBusy) return;
    this.isBusy = true;
    try {
      do await this.round();
      while (this.hinted.size > 0);
    } catch (error) {
      console.error('changes of runs could not be read:', error); // the next poll reads on from the same place
    } finally {
      this.isBusy = false;
    }
  }

  close(): void {
    clearInterval(this.timer);
    this.followers.clear();
  }

  private async round(): Promise<void> {
    const runIds = [...this.hinted];
    this.hinted.clear();
    if (runIds.length > 0 && this.followers.size > 0) {
      const at = new Date().toISOString();
      await this.tell((await summariesOf(this.database, runIds)).map((each) => ({ ...each, at })));
    }
    for (let isMore = true; isMore && this.cursor; ) {
      const changes = await runChangesAfter(this.database, this.cursor);
      this.cursor = changes.cursor;
      isMore = changes.isMore;
      await this.tell(changes.items);
    }
  }

  private async tell(changes: RunChange[]): Promise<void> {
    const news = changes.filter((change) => this.isNew(change));
    for (const follower of this.followers) {
      const { q, ...filter } = follower.filter;
      const matching = news.filter((change) => change.workspaceId === follower.workspaceId && matches(change.run, filter));
      if (matching.length === 0) continue;
      const found = q?.trim() ? await runsContaining(this.database.sql, matching.map((change) => change.run.id), q) : null;
      for (const { run, at } of matching) if (!found || found.has(run.id)) follower.sink({ ...run, runId: run.id, at });
    }
  }

  private isNew({ run }: RunChange): boolean {
    const said = JSON.stringify([run.status, run.attempt, run.stepsDone, run.warnings, run.finishedAt]);
    if (this.told.get(run.id) === said) return false;
    this.told.delete(run.id);
    this.told.set(run.id, said);
    for (const oldest of this.told.keys()) {
      if (this.told.size <= mostRemembered) break;
      this.told.delete(oldest);
    }
    return true;
  }
}

function matches(run: RunNews | RunChange['run'], filter: RunFilter): boolean {
  return (filter.flowId === undefined || run.flowId === filter.flowId)
    && (filter.componentId === undefined || run.componentId === filter.componentId)
    && (filter.status === undefined || filter.status.length === 0 || filter.status.includes(run.status))
    && (filter.startedBy === undefined || run.startedBy.id === filter.startedBy)
    && (filter.trigger === undefined || filter.trigger.length === 0 || filter.trigger.includes(run.trigger))
    && (filter.from === undefined || run.createdAt >= new Date(filter.from).toISOString())
    && (filter.to === undefined || run.createdAt <= new Date(filter.to).toISOString());
}
