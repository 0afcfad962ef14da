import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Runs begin one after the other: who holds the baton goes on until its end is said, then the next begins. A short run is
 * so written whole, instead of in as many pieces as others run beside it. Whoever waits for the network, a person or a
 * disk, or takes longer than its turn, has passed the baton on by then and goes on beside the others.
 */
const turnMs = 5;
const longestTurnMs = 10;

export class Relay {
  private readonly waiting: { run: object; begin: () => void }[] = [];
  private holder: object | null = null;
  private heldSinceMs = 0;
  private turnSinceMs = 0;
  private breath: Promise<void> | null = null;
  private isWatched = false;

  /** How many wait to begin. */
  get queued(): number {
    return this.waiting.length;
  }

  /** Until it is this run's turn to begin. */
  async take(run: object): Promise<void> {
    if (this.holder === null && this.waiting.length === 0) this.hold(run);
    else await new Promise<void>((begin) => this.waiting.push({ run, begin }));
  }

  pass(run: object): void {
    if (this.holder !== run) return;
    this.holder = null;
    if (this.waiting.length > 0) void this.next();
  }

  /** Runs are taken up right after a wait: their turn begins now. */
  beginTurn(): void {
    this.turnSinceMs = performance.now();
  }

  /** Lets sockets and timers have their turn, once a few milliseconds and between two runs where that is soon, for all together. */
  async breathe(longestMs = longestTurnMs): Promise<void> {
    if (this.breath === null && performance.now() - this.turnSinceMs < longestMs) return;
    this.breath ??= nextTurn().then(() => {
      this.breath = null;
      this.beginTurn();
    });
    await this.breath;
  }

  private async next(): Promise<void> {
    await this.breathe(turnMs);
    const first = this.holder === null ? this.waiting.shift() : undefined;
    if (!first) return;
    this.hold(first.run);
    first.begin();
  }

  private hold(run: object): void {
    this.holder = run;
    this.heldSinceMs = performance.now();
    this.watch();
  }

  /** When the loop turns, whoever holds the baton is either breathing or waits for something else. */
  private watch(): void {
    if (this.isWatched) return;
    this.isWatched = true;
    setImmediate(() => {
      this.isWatched = false;
      if (this.holder === null) return;
      if (this.breath !== null && performance.now() - this.heldSinceMs < longestTurnMs) this.watch();
      else this.pass(this.holder);
    });
  }
}
