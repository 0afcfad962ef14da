import type postgres from 'postgres';

/**
 * Numbers for new entries, given out ahead of the transactions that use them. A transaction that counts up by itself keeps
 * the component's row until its commit is on the disk, so that no two runs create entries of one component at the same
 * time. The price: a transaction that is taken back leaves a gap, as with any sequence. A number is never given twice:
 * the log of PostgreSQL is written in order, so whoever commits with one has made its count durable too.
 */
type Asked = { count: number; resolve: (first: number | null) => void; reject: (error: unknown) => void };

const lockNotAvailable = '55P03';

export class EntryNumbers {
  private readonly sql: postgres.Sql;
  private readonly waiting = new Map<string, Asked[]>();
  private readonly asking = new Set<string>();

  /** `sql`: of its own, with a `lock_timeout`: the one who asks may hold what somebody waits for who holds the row. */
  constructor(sql: postgres.Sql) {
    this.sql = sql;
  }

  /** The first of `count` numbers in a row; null when the component's row is locked or not committed yet: count within the transaction then. */
  take(componentId: string, count: number): Promise<number | null> {
    return new Promise((resolve, reject) => {
      const list = this.waiting.get(componentId);
      if (list) list.push({ count, resolve, reject });
      else this.waiting.set(componentId, [{ count, resolve, reject }]);
      if (!this.asking.has(componentId)) void this.ask(componentId);
    });
  }

  /** What is asked for while a statement is under way shares the next. */
  private async ask(componentId: string): Promise<void> {
    this.asking.add(componentId);
    await Promise.resolve();
    for (let asked = this.waiting.get(componentId); asked !== undefined; asked = this.waiting.get(componentId)) {
      this.waiting.delete(componentId);
      const count = asked.reduce((sum, each) => sum + each.count, 0);
      try {
        const [row] = await this.sql<{ last: number }[]>`update components set last_entry_id = last_entry_id + ${count} where id = ${componentId} returning last_entry_id as last`;
        let next = row ? row.last - count + 1 : null;
        for (const each of asked) {
          each.resolve(next);
          if (next !== null) next += each.count;
        }
      } catch (error) {
        const isLocked = error instanceof Error && 'code' in error && error.code === lockNotAvailable;
        for (const each of asked) {
          if (isLocked) each.resolve(null);
          else each.reject(error);
        }
      }
    }
    this.asking.delete(componentId);
  }
}
