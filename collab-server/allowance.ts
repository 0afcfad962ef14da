/** A token bucket: `perSecond` on average, `burst` at once. */
export class Allowance {
  private left: number;
  private at = performance.now();
  private readonly perSecond: number;
  private readonly burst: number;

  constructor(perSecond: number, burst: number) {
    this.perSecond = perSecond;
    this.burst = burst;
    this.left = burst;
  }

  /** False when that is more than there is. */
  spend(amount: number): boolean {
    const now = performance.now();
    this.left = Math.min(this.burst, this.left + ((now - this.at) / 1_000) * this.perSecond);
    this.at = now;
    this.left -= amount;
    return this.left >= 0;
  }
}
