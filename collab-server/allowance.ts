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

  /** False when that is more than there is; what is refused costs nothing, so that who was told to wait a second is heard after it. */
  spend(amount: number): boolean {
    const now = performance.now();
    this.left = Math.min(this.burst, this.left + ((now - this.at) / 1_000) * this.perSecond);
    this.at = now;
    if (amount > this.left) return false;
    this.left -= amount;
    return true;
  }
}
