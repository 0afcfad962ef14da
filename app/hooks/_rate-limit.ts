/** A bucket of tokens per key: so many at once, so many a second. Each process counts for itself. */
export class RateLimit {
  private readonly buckets = new Map<string, { tokens: number; at: number }>();
  private readonly rate: { burst: number; perSecond: number };
  private readonly most: number;

  constructor(rate: { burst: number; perSecond: number }, most = 10_000) {
    this.rate = rate;
    this.most = most;
  }

  get size(): number {
    return this.buckets.size;
  }

  /** 0 when it may pass, else for how long to wait. */
  waitMs(key: string, nowMs: number): number {
    const { burst, perSecond } = this.rate;
    const before = this.buckets.get(key) ?? { tokens: burst, at: nowMs };
    const tokens = Math.min(burst, before.tokens + ((nowMs - before.at) / 1_000) * perSecond);
    const passes = tokens >= 1;
    this.buckets.delete(key);
    this.buckets.set(key, { tokens: passes ? tokens - 1 : tokens, at: nowMs });
    if (this.buckets.size > this.most) this.forget();
    return passes ? 0 : Math.ceil(((1 - tokens) / perSecond) * 1_000);
  }

  /** The one that has been quiet the longest: keys stand in the order of their last use. */
  private forget(): void {
    for (const key of this.buckets.keys()) return void this.buckets.delete(key);
  }
}
